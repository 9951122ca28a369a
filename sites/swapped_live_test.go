package sites

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"grantree/sql/mssql"
)

// TestTheLoginOfThePlanIsTheOneShown: between the plan and its answer the login that
// a user is to be made for becomes another one of the same name, and nothing is sent,
// to one site or to many, of which the run keeps little. Other logins come and go.
func TestTheLoginOfThePlanIsTheOneShown(t *testing.T) {
	six := []place{{"A", 0}, {"B", 0}, {"C", 0}, {"D", 0}, {"E", 0}, {"F", 0}}
	made := "CREATE LOGIN new WITH PASSWORD = N'Kj3-lkj2-Lkj9'"
	tests := []struct{ name, person, meanwhile, why string }{
		{"swapped", member("ann", "*"), "ALTER LOGIN ann WITH NAME = ann_old; ALTER LOGIN ben WITH NAME = ann", `login "ann", which user "ann" is for, is another one by now`},
		{"made again", member("ann", "*"), "DROP LOGIN ann; CREATE LOGIN ann WITH PASSWORD = N'Kj3-lkj2-Lkj9'", `login "ann", which user "ann" is for, is another one by now`},
		{"gone", member("ann", "*"), "DROP LOGIN ann", `login "ann", which user "ann" is for, is gone`},
		{"disabled", member("ann", "*"), "ALTER LOGIN ann DISABLE", `login "ann", which user "ann" is for, was disabled`},
		{"made by somebody else", person("new", "*"), made, `login "new", which user "new" is for, was made by somebody else`},
		{"an old one of grantree's, renamed", person("new", "*"), "ALTER LOGIN kept WITH NAME = new", `login "new", which user "new" is for, was made by somebody else`},
		{"made by another run", person("new", "*"), made + ", SID = 0x" + mssql.NewSID(), ""},
		{"made by this run", person("new", "*"), "", ""},
		{"others", member("ann", "*"), "ALTER LOGIN ben WITH NAME = benny; DROP LOGIN cid; ALTER LOGIN dan DISABLE; " + made, ""},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, whole := range []int{4, -1} {
				places := six[:1]
				if i == 0 && whole < 0 {
					places = six
				}
				w := newWorld(t, 1, places...)
				w.exec(0, "master", "CREATE LOGIN kept WITH PASSWORD = N'Kj3-lkj2-Lkj9', SID = 0x"+mssql.NewSID())
				f := w.fleetOf(whole, w.policy(9, tt.person))
				fp := w.plan(f)
				if tt.meanwhile != "" {
					w.exec(0, "master", tt.meanwhile)
				}
				results, err := f.Apply(context.Background(), fp, Events{})
				for _, r := range results {
					var stale *mssql.StaleError
					switch {
					case tt.why == "" && r.Outcome != Applied:
						t.Errorf("%s: %s: %v", r.Site, r.Outcome, r.Err)
					case tt.why != "" && (r.Outcome != Failed || !errors.As(r.Err, &stale) || !strings.Contains(r.Err.Error(), tt.why)):
						t.Errorf("%s: %s: %v", r.Site, r.Outcome, r.Err)
					}
				}
				if (tt.why == "") != (err == nil) {
					t.Error(err)
				}
				if users := w.inside(); tt.why != "" && len(users) > 0 {
					t.Errorf("users were made: %v", users)
				}
			}
		})
	}
}

// TestUserThatStaysGetsNoOtherLogin: whose user a site has already is who was shown,
// though another login of the same name has it by now.
func TestUserThatStaysGetsNoOtherLogin(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0})
	if _, _, err := w.run(w.fleet(w.policy(9, member("ann", "*")))); err != nil {
		t.Fatal(err)
	}
	f := w.fleet(w.policy(9, member("ann", "*"), member("cid", "*")))
	fp := w.plan(f)
	w.exec(0, "master", "ALTER LOGIN ann WITH NAME = ann_old; ALTER LOGIN ben WITH NAME = ann")
	w.in("North", "ALTER USER ann WITH LOGIN = ann")
	_, err := f.Apply(context.Background(), fp, Events{})
	if stale := (*mssql.StaleError)(nil); !errors.As(err, &stale) {
		t.Error(err)
	}
	if in := w.inside(); slices.Contains(in["cid"], "North") {
		t.Errorf("inside are %v", in)
	}
}
