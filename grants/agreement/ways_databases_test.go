package agreement

import "grantree/grants"

// databasesIn are what the server and its other databases say of this one; they
// are made on the sandbox in TestOtherDatabases and TestEntering.
func databasesIn() []way {
	other := func(d grants.Database) func(*grants.Snapshot) {
		return func(s *grants.Snapshot) { s.Databases = append(s.Databases, d) }
	}
	chained := func(owner string) func(*grants.Snapshot) {
		return func(s *grants.Snapshot) {
			s.Chaining = true
			s.Databases = append(s.Databases, grants.Database{Name: "Tools", OwnerSID: owner, Chaining: true})
		}
	}
	sid := func(s *grants.Snapshot, login string) string {
		for _, l := range s.Logins {
			if l.Name == login {
				return l.SID
			}
		}
		return ""
	}
	return []way{
		way{name: "a login of another kind under the same SID", section: "A.8", code: "login-differs", words: []string{`the user "gtw_ann" belongs to the Windows account "X\\gtw_ann" and not to the login "gtw_ann": somebody else enters as it`, "name the right login"},
			snapshot: func(s *grants.Snapshot) { kind(s, "gtw_ann", `X\gtw_ann`, grants.WindowsUser) }}.
			gets("gtw_ann", "v_order", "SELECT", `the user gtw_ann belongs to the Windows account "X\\gtw_ann" and not to the login "gtw_ann": somebody else enters as it`).login(`X\gtw_ann`).exits(4, 3, stopped),
		way{name: "a login of another kind under the same name", section: "A.1", code: "login-differs", words: []string{`the user "gtw_ann" belongs to the certificate's login "gtw_ann"`, "nobody enters as it"},
			snapshot: func(s *grants.Snapshot) { kind(s, "gtw_ann", "gtw_ann", grants.CertificateUser) }}.
			loses("gtw_ann", "v_order", "SELECT", `the user gtw_ann belongs to the certificate's login "gtw_ann" and not to the login "gtw_ann": nobody enters as it`).exits(4, 3, stopped),
		in("dbcreator", "server-role", "ALTER SERVER ROLE dbcreator ADD MEMBER gtw_ann", `the login "gtw_ann" is a member of dbcreator, and may change and restore every database`, "ALTER SERVER ROLE [dbcreator] DROP MEMBER [gtw_ann],").
			could("gtw_ann", "v_pay", "the server role dbcreator, which may change and restore every database"),
		way{name: "RESTRICTED_USER", section: "H.2", code: "restricted-access", words: []string{`only db_owner, dbcreator and sysadmin may enter: "gtw_ann", "gtw_boss" cannot; ALTER DATABASE [`, "SET MULTI_USER ("},
			snapshot: func(s *grants.Snapshot) { s.Access = grants.RestrictedUser }}.
			loses("gtw_ann", "v_order", "SELECT", "the database is in RESTRICTED_USER, and gtw_ann is in none of"),
		way{name: "RESTRICTED_USER, and a person in dbcreator", section: "H.2", code: "restricted-access", words: []string{`may enter: "gtw_boss" cannot`},
			snapshot: func(s *grants.Snapshot) {
				s.Access = grants.RestrictedUser
				for _, l := range s.Logins {
					if l.Name == "gtw_ann" {
						s.ServerMembers = append(s.ServerMembers, grants.Member{Role: loginID(s, "dbcreator"), Member: l.ID})
					}
				}
			}}.gets("gtw_ann", "v_order", "SELECT", "the role Crew is granted SELECT"),
		way{name: "RESTRICTED_USER, and a login that may become one that it keeps out", section: "H.2", code: "impersonate", words: []string{`the login "gtw_eve" may act as another: it is granted IMPERSONATE on the login "gtw_boss"`},
			snapshot: func(s *grants.Snapshot) {
				s.Access = grants.RestrictedUser
				s.ServerPermissions = append(s.ServerPermissions, grants.ServerPermissionRow{Class: grants.ClassServerPrincipal, Major: loginID(s, "gtw_boss"), Grantee: loginID(s, "gtw_eve"), Grantor: 1, Name: "IMPERSONATE", State: grants.Granted})
			}}.loses("gtw_eve", "v_pay", "SELECT", "the login gtw_eve has no user here"),
		way{name: "SINGLE_USER", section: "H.2", code: "restricted-access", words: []string{"which one session at a time may enter", `"gtw_ann"`, "SET MULTI_USER ("},
			snapshot: func(s *grants.Snapshot) { s.Access = grants.SingleUser },
			who:      "gtw_ann", view: "v_order", answer: grants.NotVerified, listed: true, because: "the database is in SINGLE_USER"},
		way{name: "DB_CHAINING with a database of the same owner", section: "C.3", code: "other-database", words: []string{`DB_CHAINING is on here and in the database "Tools"`, "SET DB_CHAINING OFF, or accept it with [[outsider]] name = \"DATABASE::Tools\""},
			snapshot: func(s *grants.Snapshot) { chained(s.OwnerSID)(s) }}.
			unread("gtw_ann", "v_pay", `DB_CHAINING is on here and in the database "Tools"`).exits(0, 3, warned),
		way{name: "DB_CHAINING with a database of another owner", note: true, section: "C.3", code: "runner", snapshot: chained("0777")}.reachesNobody(),
		way{name: "DB_CHAINING here alone", note: true, section: "C.3", code: "runner", snapshot: func(s *grants.Snapshot) {
			s.Chaining = true
			s.Databases = append(s.Databases, grants.Database{Name: "Tools", OwnerSID: s.OwnerSID})
		}}.reachesNobody(),
		way{name: "DB_CHAINING, where other databases cannot be read", section: "C.3", code: "other-database", words: []string{"which other databases chain into this one", `"DATABASE::*"`},
			snapshot: func(s *grants.Snapshot) {
				s.Chaining = true
				s.Unread = append(s.Unread, grants.Unread{What: grants.WhatDatabases, Why: "it needs VIEW ANY DATABASE"})
			}}.
			unread("gtw_ann", "v_pay", `DB_CHAINING is on: which other databases chain into this one`).exits(0, 3, warned),
		way{name: "cross db ownership chaining", section: "C.3", code: "other-database", words: []string{`server "main": the option "cross db ownership chaining" is on`, "EXEC sys.sp_configure N'cross db ownership chaining', 0; RECONFIGURE,"},
			snapshot: func(s *grants.Snapshot) { s.ServerChaining = true }}.
			unread("gtw_ann", "v_pay", `the option "cross db ownership chaining" is on`).exits(0, 3, warned),
		way{name: "a trusted database of a sysadmin", section: "C.6", code: "trusted-database", words: []string{`server "main": the database "Tools" is TRUSTWORTHY and its owner is trusted in every database`, "ALTER DATABASE [Tools] SET TRUSTWORTHY OFF, or accept it"},
			snapshot: other(grants.Database{Name: "Tools", OwnerSID: grants.SASID, Trustworthy: true})}.
			unread("gtw_ann", "v_pay", `the database "Tools" is TRUSTWORTHY and its owner is trusted in every database`).exits(0, 3, warned),
		way{name: "a trusted database of this one's owner", section: "C.6", code: "trusted-database", words: []string{`site "North": the database "Tools"`, "is trusted in this one"},
			snapshot: func(s *grants.Snapshot) {
				s.OwnerSID = sid(s, "gtw_mid")
				s.Databases = append(s.Databases, grants.Database{Name: "Tools", OwnerSID: s.OwnerSID, Trustworthy: true})
			}}.
			unread("gtw_ann", "v_pay", `the database "Tools" is TRUSTWORTHY and its owner is trusted in this one`),
		way{name: "a trusted database of this one's owner, who is not shown", section: "C.6", code: "trusted-database", words: []string{"TRUSTWORTHY and its owner is trusted in this one"},
			snapshot: func(s *grants.Snapshot) {
				s.OwnerSID = "0777"
				s.Databases = append(s.Databases, grants.Database{Name: "Tools", OwnerSID: "0777", Trustworthy: true})
			}}.
			unread("gtw_ann", "v_pay", `the database "Tools" is TRUSTWORTHY and its owner is trusted in this one`).exits(0, 3, warned),
		way{name: "a trusted database of one who may AUTHENTICATE", section: "C.6", code: "trusted-database", words: []string{`site "North": the database "Tools"`, "is trusted in this one"},
			snapshot: func(s *grants.Snapshot) {
				s.Permissions = append(s.Permissions, grants.PermissionRow{Grantee: idOf(s, "gtw_ann"), Grantor: grants.DboID, Name: "AUTHENTICATE", State: grants.Granted})
				s.Databases = append(s.Databases, grants.Database{Name: "Tools", OwnerSID: sid(s, "gtw_ann"), Trustworthy: true})
			}}.
			unread("gtw_ann", "v_pay", `the database "Tools" is TRUSTWORTHY and its owner is trusted in this one`).exits(0, 3, warned),
		way{name: "a trusted database of one who may AUTHENTICATE SERVER", section: "C.6", code: "trusted-database", words: []string{`server "main": the database "Tools"`},
			snapshot: func(s *grants.Snapshot) {
				for _, l := range s.Logins {
					if l.Name == "gtw_eve" {
						s.ServerPermissions = append(s.ServerPermissions, grants.ServerPermissionRow{Class: grants.ClassServer, Grantee: l.ID, Grantor: 1, Name: "AUTHENTICATE SERVER", State: grants.Granted})
						s.Databases = append(s.Databases, grants.Database{Name: "Tools", OwnerSID: l.SID, Trustworthy: true})
					}
				}
			}}.
			unread("gtw_ann", "v_pay", `the database "Tools" is TRUSTWORTHY and its owner is trusted in every database`).exits(0, 3, warned),
		way{name: "a trusted database of nobody who is trusted here", note: true, section: "C.6", code: "runner",
			snapshot: func(s *grants.Snapshot) {
				s.Databases = append(s.Databases, grants.Database{Name: "Tools", OwnerSID: sid(s, "gtw_eve"), Trustworthy: true})
			}}.reachesNobody(),
		way{name: "a trusted database whose owner is not known", section: "C.6", code: "trusted-database", words: []string{"whether its owner is trusted in this one cannot be read"},
			snapshot: other(grants.Database{Name: "Tools", OwnerSID: "0777", Trustworthy: true})}.
			unread("gtw_ann", "v_pay", `whether its owner is trusted in this one cannot be read`).exits(0, 3, warned),
	}
}

// kind makes the login and the user of a name of another kind.
func kind(s *grants.Snapshot, name, login string, of grants.PrincipalType) {
	for i := range s.Logins {
		if s.Logins[i].Name == name {
			s.Logins[i].Name, s.Logins[i].Type = login, of
		}
	}
	for i := range s.Principals {
		if s.Principals[i].Name == name {
			s.Principals[i].Type = of
		}
	}
}

func loginID(s *grants.Snapshot, name string) int {
	for _, l := range s.Logins {
		if l.Name == name {
			return l.ID
		}
	}
	return 0
}
