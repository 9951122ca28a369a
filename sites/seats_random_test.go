package sites

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestSeatsRandomAccounts: whatever accounts the sites hold, orphans, users with
// somebody else's name, marked or not, with a login that is disabled, and whatever
// a policy wants to be made of them, there are never more people than seats whose
// login lets them into a site, if there were not before.
func TestSeatsRandomAccounts(t *testing.T) {
	t.Parallel()
	places := []place{{"A", 0}, {"B", 0}, {"C", 1}}
	w := newWorld(t, 2, places...)
	if _, _, err := w.run(w.fleet(w.policy(6))); err != nil {
		t.Fatal(err)
	}
	fleets := 120
	if testing.Short() {
		fleets = 25
	}
	let := 0
	for i := range fleets {
		r := rand.New(rand.NewPCG(11, uint64(i)))
		w.empty()
		w.allLogins()
		seats := 1 + r.IntN(4)
		people := w.accounts(r, seats)
		before := w.entering()
		var only []string
		if r.IntN(3) == 0 {
			only = []string{places[r.IntN(len(places))].name}
		}
		f := w.fleet(w.policy(seats, people...), only...)
		fp := w.plan(f)
		_, err := w.apply(f, fp)
		f.Close()
		after := w.entering()
		if len(after) > seats && len(after) > len(before) {
			t.Fatalf("fleet %d: %d people on %d seats, --site %v\nbefore %v\nafter  %v\ncounted %v: %+v\n%v\n%s", i, len(after), seats, only, before, after, fp.Seats.Count, fp.Seats.Lines, err, strings.Join(people, ""))
		}
		for name := range after {
			if before[name] == nil {
				let++
			}
		}
	}
	t.Logf("let in %d", let)
	if let == 0 {
		t.Error("the test shows nothing")
	}
}

// allLogins gives everybody of the crowd a login again, one that is enabled.
func (w *world) allLogins() {
	w.Helper()
	for i := range w.servers {
		var text strings.Builder
		for _, name := range crowd {
			fmt.Fprintf(&text, "IF SUSER_ID(N'%[1]s') IS NULL CREATE LOGIN %[1]s WITH PASSWORD = N'Kj3-lkj2-Lkj9', CHECK_POLICY = OFF;\nALTER LOGIN %[1]s ENABLE;\n", name)
		}
		w.exec(i, "master", text.String())
	}
}

// entering asks the servers whose login lets them into which sites. Who has
// another name now, with an x before it, is the same person.
func (w *world) entering() map[string][]string {
	w.Helper()
	out := map[string][]string{}
	for name, sites := range w.everywhere("SELECT l.name FROM sys.database_principals AS u JOIN sys.server_principals AS l ON l.sid = u.sid WHERE u.type = 'S' AND u.principal_id BETWEEN 5 AND 16383 AND l.is_disabled = 0") {
		who := strings.TrimPrefix(name, "x")
		out[who] = append(out[who], sites...)
	}
	return out
}

// accounts makes users of at most so many logins, by their own name or by another,
// takes some of the logins away, and returns the people of a policy.
func (w *world) accounts(r *rand.Rand, seats int) []string {
	w.Helper()
	var people, named []string
	for _, name := range crowd {
		make := member
		if r.IntN(2) == 0 {
			make = person
		}
		sites := []string{"*", "A", "B", "C"}[r.IntN(4)]
		kind := r.IntN(6)
		switch kind {
		case 0, 1:
			people = append(people, make(name, sites))
		case 2:
			people = append(people, make(name, "*", "inactive = true"))
		case 3:
			people = append(people, make("x"+name, sites, fmt.Sprintf("was = %q", name)))
		}
		if kind <= 3 { // of others, two accounts of one name are one person
			named = append(named, name)
		}
	}
	in := map[string]map[string]bool{} // names by site
	for _, p := range w.places {
		in[p.name] = map[string]bool{}
	}
	gone := map[string]int{}
	for _, login := range crowd {
		if seats == 0 || r.IntN(3) == 0 {
			continue
		}
		seats--
		for _, p := range w.places {
			name := login
			if len(named) > 0 && r.IntN(5) == 0 {
				name = named[r.IntN(len(named))]
			}
			if in[p.name][name] || r.IntN(2) == 0 {
				continue
			}
			in[p.name][name] = true
			w.in(p.name, fmt.Sprintf("CREATE USER %s FOR LOGIN %s;", name, login))
			if r.IntN(2) == 0 {
				w.in(p.name, fmt.Sprintf("EXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'%s';", name))
			}
		}
		if r.IntN(3) == 0 {
			gone[login] = r.IntN(len(w.servers))
		}
	}
	for _, login := range slices.Sorted(maps.Keys(gone)) {
		w.exec(gone[login], "master", []string{"DROP LOGIN " + login, "ALTER LOGIN " + login + " DISABLE"}[r.IntN(2)])
	}
	return people
}
