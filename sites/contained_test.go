package sites

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"grantree/policy"
	"grantree/sql/mssql"
)

// containedFleet is a contained site with people whose accounts are its own.
func containedFleet(t *testing.T, people ...string) (live, *Fleet) {
	l := newLive(t)
	l.master(mssql.Contain("Site"))
	text := fmt.Sprintf("[server.main]\nurl = %q\nuser = \""+runner()+"\"\npassword_env = \"X\"\n[[site]]\nname = \"Site\"\nserver = \"main\"\ndatabase = \"Site\"\ncontained = true\n"+
		"[policy]\nmax_loss = 1.0\n[[group]]\nname = \"Reader\"\n[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\"]\n", l.url)
	for _, name := range people {
		text += fmt.Sprintf("[[user]]\nname = %q\ngroups = [\"Reader\"]\nsites = [\"*\"]\n", name)
	}
	f, err := Open(parsed(t, text), Options{Whole: *whole, Password: func(policy.Server) (string, error) { return livePassword, nil }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return l, f
}

// users counts the users of the site that have a password.
func (l live) passwordUsers() (n int) {
	l.Helper()
	db, err := mssql.Open(mssql.Address{URL: l.url, User: "sa", Password: livePassword, Database: "Site"})
	if err != nil {
		l.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow("SELECT COUNT(*) FROM sys.database_principals WHERE authentication_type = 2").Scan(&n); err != nil {
		l.Fatal(err)
	}
	return n
}

// enters runs a statement as somebody with a password.
func (l live) enters(user, password string) error {
	l.Helper()
	db, err := mssql.Open(mssql.Address{URL: l.url, User: user, Password: password, Database: "Site"})
	if err != nil {
		l.Fatal(err)
	}
	defer db.Close()
	var n int
	return db.QueryRow("SELECT COUNT(*) FROM dbo.imvw_site").Scan(&n)
}

// TestContainedPasswords: a user of a contained site is made with the password
// that was kept for them, or not at all, and what became of one that was kept
// for nothing is said.
func TestContainedPasswords(t *testing.T) {
	type note struct {
		place, user string
		unknown     bool
	}
	odd := `o'hara]; DROP`
	people := []string{"ann", odd, "cid"}
	t.Run("kept before anything is sent, and theirs", func(t *testing.T) {
		l, f := containedFleet(t, people...)
		kept := map[string]string{}
		err := applyTo(t, f, Events{Login: func(place, user, password string) error {
			if place != "main/Site" || l.passwordUsers() != 0 {
				t.Errorf("%s: %d users were there before their password was kept", place, l.passwordUsers())
			}
			kept[user] = password
			return nil
		}})
		if err != nil || len(kept) != 3 {
			t.Fatalf("%d kept, %v", len(kept), err)
		}
		for _, name := range people {
			if err := l.enters(name, kept[name]); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := l.enters("ann", kept["cid"]); err == nil {
			t.Error("ann enters by cid's password")
		}
	})
	run := func(t *testing.T, fault func(live), keep func(user string) error) (l live, notes []note, err error) {
		l, f := containedFleet(t, people...)
		r := f.Read(context.Background())
		fp := Plan(f.Policy, r, PlanOptions{ExpectLoss: -1})
		fault(l)
		_, err = f.Apply(context.Background(), fp, Events{
			Login: func(_, user, _ string) error { return keep(user) },
			NotMade: func(place, user string, unknown bool, _ error) error {
				notes = append(notes, note{place, user, unknown})
				return nil
			},
		})
		return l, notes, err
	}
	t.Run("where one cannot be kept", func(t *testing.T) {
		l, notes, err := run(t, func(live) {}, func(user string) error {
			if user == "cid" {
				return errors.New("disk full")
			}
			return nil
		})
		if err == nil || !strings.Contains(err.Error(), `the password of user "cid" could not be kept, so nothing was sent: disk full`) || l.passwordUsers() != 0 ||
			!slices.Equal(notes, []note{{"main/Site", "ann", false}}) {
			t.Errorf("%d users, notes %v, %v", l.passwordUsers(), notes, err)
		}
	})
	t.Run("where the site moved meanwhile", func(t *testing.T) {
		l, notes, err := run(t, func(l live) { l.master("EXEC sp_configure 'contained database authentication', 0; RECONFIGURE") }, func(string) error { return nil })
		if err == nil || l.passwordUsers() != 0 || len(notes) != 3 || notes[0].unknown {
			t.Errorf("%d users, notes %v, %v", l.passwordUsers(), notes, err)
		}
	})
	t.Run("where nobody knows", func(t *testing.T) {
		var unknowns []bool
		ev := Events{NotMade: func(_, _ string, unknown bool, _ error) error { unknowns = append(unknowns, unknown); return nil }}
		f := &Fleet{}
		f.sent(ev, []NewLogin{{Server: "main", Database: "Site", Login: "ann"}}, Result{Outcome: Unknown, Err: errors.New("lost")})
		if !slices.Equal(unknowns, []bool{true}) {
			t.Error(unknowns)
		}
	})
}

// TestResetsOfContainedUsers: a reset sets the password that was kept, in the
// site and for the person that it is about.
func TestResetsOfContainedUsers(t *testing.T) {
	l, f := containedFleet(t, "ann", "cid")
	kept := map[string]string{}
	keep := func(_, user, password string) error { kept[user] = password; return nil }
	if err := applyTo(t, f, Events{Login: keep}); err != nil {
		t.Fatal(err)
	}
	before := kept["ann"]
	people, _, err := f.Persons(context.Background(), f.Policy.Users[:1], false)
	if err != nil {
		t.Fatal(err)
	}
	k := PasswordKeeper{Keep: keep, NotSet: func(_, user string, _ bool, why error) error { t.Errorf("%s: %v", user, why); return nil }}
	changes, err := f.ResetPlan(people, false, k)
	if err != nil || len(changes) != 1 || !slices.Equal(changes[0].Statements, []string{"USE [Site]; ALTER USER [ann] WITH PASSWORD = N'…';"}) {
		t.Fatalf("%v, %v", changes, err)
	}
	if _, err := f.Change(context.Background(), changes); err != nil {
		t.Fatal(err)
	}
	if l.enters("ann", before) == nil || l.enters("ann", kept["ann"]) != nil || l.enters("cid", kept["cid"]) != nil {
		t.Error("the new password is not ann's, or more was changed")
	}
	if _, err := f.ResetPlan(people, true, k); err == nil || !strings.Contains(err.Error(), `site "Site" is contained: a password there cannot be made to be changed`) {
		t.Errorf("must change: %v", err)
	}
	if _, err := UnlockPlan(people); err == nil || !strings.Contains(err.Error(), "ann has no login there") {
		t.Errorf("unlock: %v", err)
	}
}
