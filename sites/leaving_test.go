package sites

import (
	"errors"
	"strings"
	"testing"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// TestOpenSessions: what people who are put out have open, in the whole server or
// in the database that they leave, and that nobody knows.
func TestOpenSessions(t *testing.T) {
	ann := leaving{name: "ann", login: grants.Login{Name: "ann", SID: "AA"}}
	ben := leaving{name: "Ben $(B)", login: grants.Login{Name: "ben", SID: "BB"}, database: "North"}
	seen := func(see bool, sessions ...grants.Session) *mssql.ServerAccounts {
		return &mssql.ServerAccounts{SeesSessions: see, Sessions: sessions, Logins: &grants.Snapshot{Runner: grants.Runner{Login: "runner"}}}
	}
	in := func(sid, database string, open int) grants.Session {
		return grants.Session{SID: sid, Database: database, OpenTransactions: open}
	}
	fp := &FleetPlan{Policy: &policy.Policy{File: policy.DefaultFile}}
	for name, tt := range map[string]struct {
		seen *mssql.ServerAccounts
		err  error
		want []string
	}{
		"nobody is connected": {seen(true, in("CC", "North", 0), in("BB", "South", 0)), nil, nil},
		"both are": {seen(true, in("AA", "master", 0), in("AA", "North", 1), in("BB", "north", 0), in("BB", "South", 0)), nil, []string{
			`session-open server "main": "ann", who is put out, has 2 sessions open, 1 with an open transaction, which that does not end grantree site sessions --user ann --end`,
			`session-open server "main": "Ben $(B)", who is put out, has 1 session open in database "North", which that does not end grantree site sessions --user "Ben \$(B)" --end`}},
		"nobody may see them": {seen(false), nil, []string{`sessions-unseen server "main": who of those that are put out ("ann", "Ben $(B)") has a session open cannot be seen USE master; GRANT VIEW SERVER STATE TO [runner];`}},
		"no answer":           {nil, errors.New("gone"), []string{`sessions-unseen server "main": who of those that are put out ("ann", "Ben $(B)") has a session open could not be asked: gone `}},
	} {
		var got []string
		for _, f := range fp.openOf("main", []leaving{ann, ben, ann}[:2], tt.seen, tt.err) {
			if f.Severity != finding.Warning {
				t.Errorf("%s: %s", name, f.Severity)
			}
			got = append(got, f.Code+" "+f.Message+" "+f.Fix+strings.Join(f.Statements, " "))
		}
		if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
		}
	}
}
