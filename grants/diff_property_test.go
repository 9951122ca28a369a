package grants

import (
	"fmt"
	"maps"
	"math/rand"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"grantree/catalog"
	"grantree/finding"
)

// TestPlanKeepsItsPromises draws a site and a policy and holds the plan
// between them to everything that is promised of plans.
func TestPlanKeepsItsPromises(t *testing.T) {
	bridges := 0
	rapid.Check(t, func(t *rapid.T) {
		from, to := drawProperties(t, drawSite(t)), drawRenames(t, drawWanted(t))
		plan := Diff(from, to, DiffOptions{})
		end, err := from.With(plan.Changes)
		if err != nil {
			t.Fatalf("the plan cannot be applied: %v\n%s", err, show(plan.Changes))
		}
		if !plan.Findings.HasErrors() {
			arrives(t, end, to)
			wantedEnter(t, end, to)
		}
		again := Diff(end, to, DiffOptions{})
		if !again.Empty() {
			t.Fatalf("the plan leaves something to do:\n%s\nafter\n%s", show(again.Changes), show(plan.Changes))
		}
		unmanagedStays(t, from, end, to, plan)
		if !slices.ContainsFunc(plan.Findings, func(f finding.Finding) bool { return f.Code == "no-safe-order" }) {
			prefixesAreSafe(t, from, end, plan)
		} else if !ownedByRole(from) {
			t.Fatalf("there is a safe order where no role owns a view:\n%s", show(plan.Changes))
		}
		leastStatements(t, plan)
		back, err := end.With(plan.Reverse())
		if err != nil {
			t.Fatalf("the reverse cannot be applied: %v\n%s", err, show(plan.Reverse()))
		}
		if diff := cmp.Diff(propertiesOf(from), propertiesOf(back)); diff != "" {
			t.Fatalf("the reverse does not restore the properties:\n%s\n%s", diff, show(plan.Changes))
		}
		if diff := cmp.Diff(facts(from), facts(back)); diff != "" || back.Fingerprint() != from.Fingerprint() {
			t.Fatalf("the reverse does not restore the site:\n%s\n%s", diff, show(plan.Changes))
		}
		shuffled := Diff(shuffleSnapshot(from), shuffleWanted(to), DiffOptions{})
		if !reflect.DeepEqual(plan, shuffled) {
			t.Fatalf("another order of input gives another plan:\n%s", cmp.Diff(plan, shuffled))
		}
		if slices.ContainsFunc(plan.Changes, func(c Change) bool { return c.Temporary }) {
			bridges++
		}
	})
	if bridges == 0 && !t.Failed() && !testing.Short() {
		t.Error("no drawn plan needed a bridge: the test does not reach that case")
	}
}

// ownedByRole reports whether a role owns a view.
func ownedByRole(s *Snapshot) bool {
	ix := newIndex(s)
	return slices.ContainsFunc(s.Views, func(v SiteView) bool { return ix.principals[ix.byID[v.Owner]].Type == DatabaseRole })
}

// show prints changes one a line.
func show(changes []Change) string {
	out := ""
	for _, c := range changes {
		out += fmt.Sprintf("%s %s %s.%s role=%q %q temporary=%t before=%v\n", c.Kind, c.Permissions, c.Schema, c.View, c.Role, c.Principals, c.Temporary, c.Before)
	}
	return out
}

// facts says by name, sorted, what a snapshot holds.
func facts(s *Snapshot) []string {
	f := &printer{ix: newIndex(s)}
	var out []string
	for _, p := range s.Principals {
		out = append(out, fmt.Sprintf("principal %s %s managed=%t sid=%s", p.Type, p.Name, p.Managed, p.SID))
	}
	for _, m := range s.Members {
		out = append(out, fmt.Sprintf("member %s of %s", f.name(m.Member), f.name(m.Role)))
	}
	for _, r := range s.Permissions {
		out = append(out, fmt.Sprintf("row %s %s class %d on %d.%d to %s by %s", r.State, r.Name, r.Class, r.Major, r.Minor, f.name(r.Grantee), f.name(r.Grantor)))
	}
	slices.Sort(out)
	return out
}

// arrives checks the end against what is wanted, name by name.
func arrives(t *rapid.T, end *Snapshot, to *Wanted) {
	ix := newIndex(end)
	var got, want []string
	wanted := map[string]bool{}
	for _, r := range to.Roles {
		wanted[r.Name] = true
		want = append(want, "principal "+r.Name)
	}
	for _, u := range to.Users {
		wanted[u.Name] = true
		want = append(want, "principal "+u.Name)
	}
	for _, m := range to.Members {
		want = append(want, m.User+" in "+m.Role)
	}
	for _, e := range to.Entries {
		want = append(want, fmt.Sprint(e.State, e.Permission, e.Schema, e.View, e.Grantee))
	}
	for _, p := range end.Principals {
		if p.Managed && !wanted[p.Name] && isAccount(p) && held(end, p) {
			leftWithNothing(t, end, p, wanted)
			continue
		}
		if p.Managed || wanted[p.Name] {
			got = append(got, "principal "+p.Name)
		}
	}
	for _, m := range end.Members {
		if role := ix.principals[ix.byID[m.Role]].Name; wanted[role] {
			got = append(got, ix.principals[ix.byID[m.Member]].Name+" in "+role)
		}
	}
	for _, r := range end.Permissions {
		grantee := ix.principals[ix.byID[r.Grantee]].Name
		if v, ok := ix.viewByID[r.Major]; ok && wanted[grantee] && r.Class == ClassObject && r.Minor == 0 && plain(r.Name) {
			got = append(got, fmt.Sprint(r.State, r.Name, ix.schemaName(ix.views[v].Schema), ix.views[v].Name, grantee))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("the plan does not arrive (-want +got):\n%s", diff)
	}
}

// wantedEnter checks that everybody who is wanted may connect, unless a DENY
// says otherwise.
func wantedEnter(t *rapid.T, end *Snapshot, to *Wanted) {
	denies := slices.ContainsFunc(end.Permissions, func(r PermissionRow) bool {
		return r.Class == ClassDatabase && r.State == Denied && (r.Name == "CONNECT" || r.Name == "CONTROL")
	})
	for _, u := range to.Users {
		if !denies && !naiveEnters(end, u.Name) {
			t.Fatalf("%s may not connect at the end", u.Name)
		}
	}
}

// held reports whether something that no policy gives is a user's, so that they
// stay when they leave.
func held(s *Snapshot, p Principal) bool {
	if slices.ContainsFunc(s.Schemas, func(x Schema) bool { return x.Owner == p.ID }) {
		return true
	}
	return slices.ContainsFunc(s.Permissions, func(r PermissionRow) bool {
		whole := r.Class == ClassObject && r.Minor == 0 && plain(r.Name)
		return r.Grantor == p.ID || r.Grantee == p.ID && !whole && r.Name != "CONNECT"
	})
}

// leftWithNothing checks a leaver who stays.
func leftWithNothing(t *rapid.T, end *Snapshot, p Principal, wanted map[string]bool) {
	for _, r := range end.Permissions {
		whole := r.Class == ClassObject && r.Minor == 0 && plain(r.Name) && r.State != GrantedWithGrant
		if r.Grantee == p.ID && (whole || r.Name == "CONNECT" && r.State == Granted) {
			t.Fatalf("the leaver %s keeps %s %s", p.Name, r.State, r.Name)
		}
	}
	for _, m := range end.Members {
		for _, role := range end.Principals {
			if m.Member == p.ID && m.Role == role.ID && (role.Managed || wanted[role.Name]) {
				t.Fatalf("the leaver %s stays in %s", p.Name, role.Name)
			}
		}
	}
}

// unmanagedStays compares what the policy does not speak of: strangers, and
// rows of its own principals that are not on a whole view.
func unmanagedStays(t *rapid.T, from, end *Snapshot, to *Wanted, plan *Plan) {
	wanted := map[string]bool{}
	for _, r := range to.Roles {
		wanted[r.Name] = true
	}
	for _, u := range to.Users {
		wanted[u.Name] = true
	}
	for _, l := range to.Leavers {
		wanted[l.Name] = true
	}
	for _, c := range plan.Changes {
		wanted[c.Was] = true
	}
	strangers := func(s *Snapshot) []string {
		mine := map[int]bool{}
		for _, p := range s.Principals {
			mine[p.ID] = p.Managed || wanted[p.Name]
		}
		kept := *s
		kept.Principals = slices.DeleteFunc(slices.Clone(s.Principals), func(p Principal) bool { return mine[p.ID] })
		kept.Members = slices.DeleteFunc(slices.Clone(s.Members), func(m Member) bool { return mine[m.Role] || mine[m.Member] })
		kept.Permissions = slices.DeleteFunc(slices.Clone(s.Permissions), func(r PermissionRow) bool {
			whole := r.Class == ClassObject && r.Minor == 0 && plain(r.Name) && r.State != GrantedWithGrant
			return mine[r.Grantee] && (whole || r.Name == "CONNECT")
		})
		return facts(&kept)
	}
	if diff := cmp.Diff(strangers(from), strangers(end)); diff != "" {
		t.Fatalf("something unmanaged changed:\n%s", diff)
	}
}

// prefixesAreSafe checks every prefix with the naive reading of the rules.
func prefixesAreSafe(t *rapid.T, from, end *Snapshot, plan *Plan) {
	renamed := 0
	for renamed < len(plan.Changes) && plan.Changes[renamed].Was != "" {
		renamed++
	}
	named, err := from.With(plan.Changes[:renamed]) // who has which name is not what may be done
	if err != nil {
		t.Fatal(err)
	}
	before, after := naiveEntered(named), naiveEntered(end)
	for i, c := range plan.Changes {
		if c.Kind == CreateUser { // begins with what public has, see bound
			made, err := from.With(plan.Changes[:i+1])
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range made.Views {
				for _, name := range catalog.All.Names() {
					schema := newIndex(made).schemaName(v.Schema)
					if naiveMay(made, c.Principals[0], schema, v.Name, name) {
						before[c.Principals[0]+" "+name+" "+schema+"."+v.Name] = true
					}
				}
			}
		}
	}
	effectsAreTrue(t, naiveEntered(named), after, plan)
	for i := renamed; i < len(plan.Changes); i++ {
		at, err := from.With(plan.Changes[:i+1])
		if err != nil {
			t.Fatal(err)
		}
		now := naiveEntered(at)
		for tuple := range now {
			if !before[tuple] && !after[tuple] {
				t.Fatalf("after change %d somebody is allowed %s for a moment:\n%s", i+1, tuple, show(plan.Changes))
			}
		}
		for tuple := range before {
			if after[tuple] && !now[tuple] && !created(plan.Changes, tuple) {
				t.Fatalf("after change %d somebody is denied %s for a moment:\n%s", i+1, tuple, show(plan.Changes))
			}
		}
	}
}

// effectsAreTrue compares what the plan says of people with who may do what
// before and after. Who is made again in place of another is compared with the
// other, and left out here.
func effectsAreTrue(t *rapid.T, before, after map[string]bool, plan *Plan) {
	of := map[Kind]map[string]bool{CreateUser: {}, DropUser: {}}
	for _, c := range plan.Changes {
		if of[c.Kind] != nil {
			of[c.Kind][c.Principals[0]] = true
		}
	}
	again := func(name string) bool {
		return of[CreateUser][name] && len(of[DropUser]) > 0 || of[DropUser][name] && len(of[CreateUser]) > 0
	}
	only := func(some, others map[string]bool) map[string]bool {
		out := map[string]bool{}
		for tuple := range some {
			user, rest, _ := strings.Cut(tuple, " ")
			permission, view, _ := strings.Cut(rest, " ")
			if !others[tuple] && !again(user) {
				out[user+" "+permission+" "+view[strings.LastIndex(view, ".")+1:]] = true
			}
		}
		return out
	}
	gain, lose := map[string]bool{}, map[string]bool{}
	for _, e := range plan.People.Effects {
		for _, name := range e.People {
			for said, views := range map[*map[string]bool]map[string]catalog.Permissions{&gain: e.Gain, &lose: e.Lose} {
				for view, p := range views {
					for _, permission := range p.Names() {
						if !again(name) {
							(*said)[name+" "+permission+" "+view] = true
						}
					}
				}
			}
		}
	}
	if d := cmp.Diff(only(after, before), gain); d != "" {
		t.Fatalf("who gains (-is +said):\n%s\n%s", d, show(plan.Changes))
	}
	if d := cmp.Diff(only(before, after), lose); d != "" {
		t.Fatalf("who loses (-is +said):\n%s\n%s", d, show(plan.Changes))
	}
}

// naiveEntered returns every tuple that somebody is allowed who may connect.
func naiveEntered(s *Snapshot) map[string]bool {
	out := naiveAccess(s)
	for _, p := range s.Principals {
		if !isAccount(p) || naiveEnters(s, p.Name) {
			continue
		}
		maps.DeleteFunc(out, func(tuple string, _ bool) bool { return strings.HasPrefix(tuple, p.Name+" ") })
	}
	return out
}

// created reports whether the tuple is of a user that the plan makes, who
// keeps nothing because there was nothing before.
func created(changes []Change, tuple string) bool {
	return slices.ContainsFunc(changes, func(c Change) bool {
		return c.Kind == CreateUser && len(tuple) > len(c.Principals[0]) && tuple[:len(c.Principals[0])+1] == c.Principals[0]+" "
	})
}

// leastStatements compares the statements of each view and kind with the
// least number that brute force finds.
func leastStatements(t *rapid.T, plan *Plan) {
	type about struct {
		kind Kind
		view string
	}
	count := map[about]int{}
	needs := map[about]map[string]catalog.Permissions{}
	for _, c := range plan.Changes {
		if c.View == "" || c.Temporary {
			continue
		}
		k := about{c.Kind, c.Schema + "." + c.View}
		count[k]++
		if needs[k] == nil {
			needs[k] = map[string]catalog.Permissions{}
		}
		for _, p := range c.Principals {
			needs[k][p] |= c.Permissions
		}
	}
	for k, n := range count {
		var list []need
		for _, permissions := range needs[k] {
			list = append(list, need{int32(len(list)), permissions})
		}
		if least := bruteMinimum(list); n != least {
			t.Fatalf("%s on %s takes %d statements, %d would do:\n%s", k.kind, k.view, n, least, show(plan.Changes))
		}
	}
}

func shuffleSnapshot(s *Snapshot) *Snapshot {
	out := *s
	out.Principals, out.Members, out.Permissions = shuffled(s.Principals), shuffled(s.Members), shuffled(s.Permissions)
	out.Schemas, out.Views, out.Logins = shuffled(s.Schemas), shuffled(s.Views), shuffled(s.Logins)
	return &out
}

func shuffleWanted(w *Wanted) *Wanted {
	out := *w
	out.Roles, out.Users, out.Leavers, out.Members = shuffled(w.Roles), shuffled(w.Users), shuffled(w.Leavers), shuffled(w.Members)
	out.Entries, out.Views = shuffled(w.Entries), shuffled(w.Views)
	return &out
}

func shuffled[T any](list []T) []T {
	out := slices.Clone(list)
	rand.New(rand.NewSource(int64(len(list)))).Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}
