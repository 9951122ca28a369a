// Package hardening judges how a server and its sites are set up: what the
// hardening guides ask of databases, logins and roles (reference K), and every
// way round the policy, which package grants knows. It is pure: snapshots and a
// few rows more go in, findings with their evidence, their sources and the
// statements that mend them come out. Start with Site and Server.
package hardening
