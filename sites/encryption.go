package sites

import (
	"fmt"
	"slices"

	"grantree/finding"
	"grantree/policy"
	"grantree/sql/mssql"
)

// WeakEncryption warns of each server of a run whose connections can be read
// or redirected on the network, by its url. A server on this machine's
// loopback address has no network between.
func WeakEncryption(p *policy.Policy, run []policy.Site) finding.List {
	var out finding.List
	for _, server := range p.Servers {
		if !slices.ContainsFunc(run, func(s policy.Site) bool { return s.Server == server.Name }) {
			continue
		}
		e := mssql.EncryptionOf(server.URL)
		if e.Loopback {
			continue
		}
		const fix = "write encrypt=true in its url, without TrustServerCertificate"
		switch {
		case e.Nothing:
			out.Warnf(finding.WeakEncryption, server.URLPos, fix, "nothing that is sent to server %q is encrypted, the password included (encrypt=disable)", server.Name)
		case !e.Session:
			out.Warnf(finding.WeakEncryption, server.URLPos, fix, "what is sent to server %q is not encrypted but for the login (encrypt=false)", server.Name)
		case !e.Checked:
			out.Warnf(finding.WeakEncryption, server.URLPos, "remove TrustServerCertificate from its url and name the authority, certificate=FILE",
				"server %q is believed whatever certificate it shows, so whoever stands between reads the password (TrustServerCertificate)", server.Name)
		}
	}
	return out
}

// readableLogins is the obstacles of new logins whose passwords would travel
// so that others can read them: they stop every site that wants one.
// encrypt=disable on loopback is the sandbox.
func readableLogins(fp *FleetPlan) []*ObstacleError {
	var out []*ObstacleError
	for _, l := range fp.Logins {
		for _, s := range fp.Sites {
			server, ok := serverOf(fp.Policy, s.Site)
			if !ok || !s.wants(l) || !l.HasPassword() {
				continue
			}
			if e := mssql.EncryptionOf(server.URL); e.Session || e.Loopback && e.Nothing {
				continue
			}
			out = append(out, &ObstacleError{Site: s.Site.Name, Outcome: NoRight,
				Fix:    fmt.Sprintf("write encrypt=true in the url of [server.%s] (%s), or make the login first", server.Name, server.URLPos),
				Reason: fmt.Sprintf("login %q would get its password over a connection to server %q that is not encrypted", l.Login, server.Name)})
		}
	}
	return out
}
