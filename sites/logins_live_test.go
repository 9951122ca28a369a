package sites

import (
	"context"
	"errors"
	"slices"
	"strings"
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

// TestLoginWaitsForItsSites: who comes back is let in where every site that
// concerns them is as the policy says. Where one failed their login stays
// disabled, though the others are done, and that is said.
func TestLoginWaitsForItsSites(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
	w.exec(0, "master", "DROP LOGIN ann")
	active, away := w.policy(5, person("ann", "*")), w.policy(5, person("ann", "*", "inactive = true"))
	for _, text := range []string{active, away} {
		if _, _, err := w.run(w.fleet(text)); err != nil {
			t.Fatal(err)
		}
	}
	off := func() (off bool) {
		if err := w.pool(w.places[0]).QueryRow("SELECT is_disabled FROM sys.server_principals WHERE name = N'ann'").Scan(&off); err != nil {
			t.Fatal(err)
		}
		return off
	}
	f := w.fleet(active)
	fp := w.plan(f)
	if len(fp.Servers) != 1 || !off() {
		t.Fatalf("the login is disabled (%t), and to be enabled: %v", off(), fp.Servers)
	}
	w.in("South", "CREATE ROLE [Somebody else's] AUTHORIZATION dbo;") // South moved: its plan is stale
	_, err := w.apply(f, fp)
	if want := `server "s0": ALTER LOGIN [ann] ENABLE; was not sent, because site "South" is not done`; !off() || err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("disabled %t, %v", off(), err)
	}
	if _, _, err := w.run(w.fleet(active)); err != nil || off() {
		t.Errorf("run again: disabled %t, %v", off(), err)
	}
}
