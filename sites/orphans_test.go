package sites

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"grantree/sql/mssql"
)

// orphan leaves a person's user in a site behind without its login, with or
// without grantree's mark.
func (w *world) orphan(name, site string, marked bool) {
	w.Helper()
	w.in(site, "CREATE USER "+name)
	if marked {
		w.in(site, "EXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'"+name+"'")
	}
	w.exec(w.place(site).server, "master", "DROP LOGIN "+name)
}

// TestOrphanWhoseLoginIsMade: a user whose login is missing enters once the plan
// makes it, so that takes a seat; and the login that the run itself makes is no
// move of the site, whatever else the site has to change.
func TestOrphanWhoseLoginIsMade(t *testing.T) {
	for name, marked := range map[string]bool{"marked": true, "unmarked": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
			if _, _, err := w.run(w.fleet(w.policy(1, member("ben", "South")))); err != nil {
				t.Fatal(err)
			}
			w.orphan("ann", "North", marked)
			fp := w.plan(w.fleet(w.policy(1, member("ben", "South"), person("ann", "North"))))
			if fp.Seats.Used != 2 || !slices.Equal(fp.Seats.New, []string{"ann"}) || fp.Refusal() == nil {
				t.Errorf("one seat, and ben has it: %v, new %v, refused %v", fp.Seats.Count, fp.Seats.New, fp.Refusal())
			}
			_, left, err := w.run(w.fleet(w.policy(2, member("ben", "South"), person("ann", "North"))))
			if stale := (*mssql.StaleError)(nil); left != nil || err != nil || errors.As(err, &stale) {
				t.Errorf("two seats: left out %v, %v", left, err)
			}
			again := w.fleet(w.policy(2, member("ben", "South"), person("ann", "North")))
			if fp := w.plan(again); !fp.Empty() || fp.Seats.Now != 2 {
				t.Errorf("something is left to do: %v, %d logins, %v", fp.Seats.Count, len(fp.Logins), fp.Findings)
			}
		})
	}
}

// TestOrphanInTwoPasses: what the first pass did to logins is no move of a site
// that the second one changes.
func TestOrphanInTwoPasses(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
	if _, _, err := w.run(w.fleet(w.policy(1, member("ben", "*")))); err != nil {
		t.Fatal(err)
	}
	w.orphan("ann", "North", true)
	instead := w.policy(1, member("ben", "*", "inactive = true"), person("ann", "*"))
	fp, left, err := w.run(w.fleet(instead))
	if err != nil || left != nil || !slices.Equal(fp.Seats.Freed, []string{"ben"}) {
		t.Errorf("freed %v, left out %v, %v", fp.Seats.Freed, left, err)
	}
	if in := w.inside(); len(in) != 1 || len(in["ann"]) != 2 {
		t.Errorf("inside are %v", in)
	}
	if again := w.plan(w.fleet(instead)); !again.Empty() {
		t.Errorf("something is left to do: %v", again.Findings)
	}
}

// TestWhoWaitsKeepsWhatTheyHave: who is left out for want of a seat gets nothing,
// and loses nothing either: neither the site that they are in, nor the user that
// waits in one for a login.
func TestWhoWaitsKeepsWhatTheyHave(t *testing.T) {
	t.Run("another site", func(t *testing.T) {
		w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
		if _, _, err := w.run(w.fleet(w.policy(5, member("ann", "North")))); err != nil {
			t.Fatal(err)
		}
		held, err := w.fleet(w.policy(9)).takeLicence(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		defer held.release()
		f := w.fleet(w.policy(5, member("ann", "*")))
		f.licenceWait, f.options.Warn = time.Millisecond, func(string, ...any) {}
		left, err := w.apply(f, w.plan(f))
		if in := w.inside(); !slices.Equal(left, []string{"ann"}) || !slices.Equal(in["ann"], []string{"North"}) {
			t.Errorf("left out %v, inside are %v: %v", left, in, err)
		}
	})
	t.Run("an orphan", func(t *testing.T) {
		w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
		if _, _, err := w.run(w.fleet(w.policy(2, member("ben", "South"), member("ann", "North")))); err != nil {
			t.Fatal(err)
		}
		w.exec(0, "master", "DROP LOGIN ann")
		back := w.offline(w.place("South"))
		more := "[[group]]\nname = \"Other\"\n"
		_, left, err := w.run(w.fleet(w.policy(2, member("ben", "South"), person("ann", "North"))+more, "North"))
		back()
		if in := w.inside(); !slices.Equal(left, []string{"ann"}) || !slices.Equal(in["ann"], []string{"North"}) {
			t.Errorf("left out %v, inside are %v: %v", left, in, err)
		}
		var roles string
		if err := w.pool(w.place("North")).QueryRow("SELECT STRING_AGG(USER_NAME(m.role_principal_id), ',') FROM sys.database_role_members AS m WHERE USER_NAME(m.member_principal_id) = N'ann'").Scan(&roles); err != nil || roles == "" {
			t.Errorf("ann is in %q: %v", roles, err)
		}
	})
}
