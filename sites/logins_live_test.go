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

// TestOrphanIsLetInAfterTheSites: the login that a user waits for is made when the
// sites are as the policy says that it lets them into. Where one failed, or is left
// as it is, it is not made, though the others are done, and that is said.
func TestOrphanIsLetInAfterTheSites(t *testing.T) {
	for name, tt := range map[string]struct {
		before, between string // in South
		want            string
	}{
		"done":    {"", "", ""},
		"failed":  {"", "CREATE ROLE [Somebody else's] AUTHORIZATION dbo;", `server "s0": login "ann" was not made, because site "South" is not done`},
		"refused": {"CREATE ROLE Other AUTHORIZATION dbo;", "", `it lets its owner into site "South", which is left as it is`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
			if _, _, err := w.run(w.fleet(w.policy(5, member("ann", "*")))); err != nil {
				t.Fatal(err)
			}
			w.exec(0, "master", "DROP LOGIN ann")
			if tt.before != "" {
				w.in("South", tt.before)
			}
			f := w.fleet(w.policy(5, person("ann", "*"), member("ben", "*")) + "[[group]]\nname = \"Other\"\n")
			fp := w.plan(f)
			if tt.between != "" {
				w.in("South", tt.between)
			}
			_, err := w.apply(f, fp)
			sids, failed := mssql.LoginSIDs(context.Background(), w.pool(w.place("North")), []string{"ann"})
			if failed != nil {
				t.Fatal(failed)
			}
			made := sids[0]
			if (made != "") != (tt.want == "") || tt.want == "" && err != nil || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("made %q, %v", made, err)
			}
			if in := w.inside(); !slices.Contains(in["ben"], "North") || len(in["ann"]) != 2 {
				t.Errorf("inside are %v", in)
			}
		})
	}
}

// TestOneWithoutALoginIsLeftOut: whose login is missing does not keep a leaver of
// the same site in, nor anybody else out. The run says who was left out, and is
// not done.
func TestOneWithoutALoginIsLeftOut(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0})
	if _, _, err := w.run(w.fleet(w.policy(5, member("ann", "North"), member("ben", "North")))); err != nil {
		t.Fatal(err)
	}
	text := w.policy(5, member("ann", "North"), member("ben", "North", "inactive = true"), member("zed", "North"), member("cid", "North"))
	f := w.fleet(text)
	fp := w.plan(f)
	if fp.Refusal() != nil || fp.Sites[0].Refused() || fp.AsWanted() || !fp.Sends() || len(found(fp, "login-missing")) != 1 {
		t.Errorf("refusal %v, %v", fp.Refusal(), fp.Findings)
	}
	want := `"zed" is left out for want of a login: site "North": the server has no login "zed" for user "zed"`
	for name, err := range map[string]error{"plan": fp.Err(false), "apply": func() error { _, err := w.apply(f, fp); return err }()} {
		if left := (*LeftOutError)(nil); !errors.As(err, &left) || err.Error() != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if in := w.inside(); len(in) != 2 || in["ann"] == nil || in["cid"] == nil {
		t.Errorf("inside are %v", in)
	}
	again := w.plan(w.fleet(text))
	if !again.Empty() || again.AsWanted() || again.Err(false) == nil {
		t.Errorf("again: %v, %v", again.Err(false), again.Findings)
	}
}

// TestSIDOfSomebodyElse: a login is not made with the SID of an orphan where
// that lets its owner into another site of the server, as somebody else or where
// the policy does not have them, nor where nobody knows whether it does. Whoever
// waits for it is left out, and the rest is done.
func TestSIDOfSomebodyElse(t *testing.T) {
	for name, tt := range map[string]struct {
		south func(w *world)
		sites string // of the policy's person
		only  []string
		away  bool
		want  string // "" where the login is made
	}{
		"hers there too":                     {func(w *world) { w.in("South", "CREATE USER ann") }, "*", nil, false, ""},
		"hers there too, past this run":      {func(w *world) { w.in("South", "CREATE USER ann") }, "*", []string{"North"}, false, ""},
		"nobody's there":                     {func(*world) {}, "North", nil, false, ""},
		"another's there":                    {func(w *world) { w.in("South", "CREATE USER ann"); w.in("South", "ALTER USER ann WITH NAME = walt") }, "North", nil, false, `lets whoever has it into site "South" as the user "walt"`},
		"another's there, past this run":     {func(w *world) { w.in("South", "CREATE USER ann"); w.in("South", "ALTER USER ann WITH NAME = walt") }, "North", []string{"North"}, false, `lets whoever has it into site "South" as the user "walt"`},
		"hers, where the policy has her not": {func(w *world) { w.in("South", "CREATE USER ann") }, "North", nil, false, `lets whoever has it into site "South" as the user "ann"`},
		"unread":                             {func(*world) {}, "North", []string{"North"}, true, `site "South" could not be read, and may have another user of that SID`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
			unlimited := func(people ...string) string {
				return strings.Replace(w.policy(1, people...), "[license]\nseats = 1\n", "", 1)
			}
			if _, _, err := w.run(w.fleet(unlimited(member("ann", "North")))); err != nil {
				t.Fatal(err)
			}
			tt.south(w)
			w.exec(0, "master", "DROP LOGIN ann")
			back := func() {}
			if tt.away {
				back = w.offline(w.place("South"))
			}
			_, _, err := w.run(w.fleet(unlimited(person("ann", tt.sites), member("ben", "North")), tt.only...))
			back()
			made := loginSID(t, w.pool(w.place("North")), "ann")
			switch left := (*LeftOutError)(nil); {
			case tt.want == "":
				if err != nil || made == "" {
					t.Errorf("made %q, %v", made, err)
				}
			case made != "" || !errors.As(err, &left) || !slices.Equal(left.Names, []string{"ann"}) || !strings.Contains(err.Error(), tt.want):
				t.Errorf("made %q, %v", made, err)
			}
			if in := w.inside(); !slices.Equal(in["ben"], []string{"North"}) || in["ann"] == nil {
				t.Errorf("inside are %v", in)
			}
		})
	}
}

// TestDenyThatARoleTakesAlong: who is denied CONNECT by a role enters once the
// plan takes them out of it, or drops it, and that takes a seat.
func TestDenyThatARoleTakesAlong(t *testing.T) {
	const shut = "[[group]]\nname = \"Shut\"\n"
	for name, more := range map[string]string{"emptied": shut, "dropped": ""} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1, place{"North", 0})
			inBoth := strings.Replace(member("ann", "North"), `["Reader"]`, `["Reader", "Shut"]`, 1)
			if _, _, err := w.run(w.fleet(w.policy(5, inBoth, member("ben", "North")) + shut)); err != nil {
				t.Fatal(err)
			}
			w.in("North", "DENY CONNECT TO Shut")
			fp := w.plan(w.fleet(w.policy(1, member("ann", "North"), member("ben", "North")) + more))
			if fp.Seats.Now != 1 || fp.Seats.Used != 2 || !slices.Equal(fp.Seats.New, []string{"ann"}) || fp.Refusal() == nil {
				t.Errorf("%d seats now, %d then, new %v: %v", fp.Seats.Now, fp.Seats.Used, fp.Seats.New, fp.Refusal())
			}
		})
	}
}
