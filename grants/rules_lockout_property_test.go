package grants

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"grantree/catalog"
)

var lockouts = flag.Int("lockouts", 3000, "how many random policies aim at locking out the last administrator, and as many the runner")

// TestNoPlanLosesTheLastAdministrator draws sites and policies that aim at
// locking everybody out. Whatever passes rule 5 leaves an administrator where
// there was one, by a reading of the rule that shares nothing with it.
func TestNoPlanLosesTheLastAdministrator(t *testing.T) {
	draw := rapid.Custom(drawLockout)
	had, refused, kept, lent, forged := 0, 0, 0, 0, 0
	for seed := range *lockouts {
		d := draw.Example(seed)
		plan := Diff(d.from, d.to, DiffOptions{})
		findings := Lockout(d.from, d.to, plan, Guard{MaxLoss: 1, Administrators: "m1"})
		before := naiveAdministrators(d.less(d.from), d.to)
		if len(before) > 0 {
			had++
		}
		if plan.Findings.HasErrors() {
			continue
		}
		end, err := d.from.With(plan.Changes)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		lost := len(before) > 0 && len(naiveAdministrators(d.less(end), d.to)) == 0
		if found := codes(findings) == "last-administrator"; found != lost {
			t.Fatalf("seed %d: findings %v; administrators before %q, after %q; the rule says %q and %q\n%s", seed, findings, before, naiveAdministrators(d.less(end), d.to), administrators(d.from, d.to, "m1"), administrators(end, d.to, "m1"), show(plan.Changes))
		}
		if len(d.lent) > 0 && len(before) < len(naiveAdministrators(d.from, d.to)) {
			lent++
		}
		if lost && slices.ContainsFunc(before, func(name string) bool { return d.from.OpeningOf(name) != "" }) {
			forged++
		}
		if lost {
			refused++
		} else if len(before) > 0 && !plan.Empty() {
			kept++
		}
	}
	if had < 200 || refused < 60 || kept < 60 || lent < 20 || forged < 20 {
		t.Errorf("%d sites had an administrator, %d plans were refused and %d kept one, %d sites had one for a while, %d who are lost had a property that counts for nothing: the test does not reach the rule", had, refused, kept, lent, forged)
	}
}

// TestNoPlanNarrowsTheRunner lets one of the site's people run each of these
// policies. Whoever may do less at the end of a plan that no rule stopped, by a
// reading of access that shares nothing with the model, is somebody else.
func TestNoPlanNarrowsTheRunner(t *testing.T) {
	draw := rapid.Custom(drawLockout)
	refused, kept := 0, 0
	for seed := range *lockouts {
		d := draw.Example(seed)
		runner, ok := runBySomebody(d.from, seed)
		if !ok {
			continue
		}
		plan := Diff(d.from, d.to, DiffOptions{})
		if plan.Empty() || plan.Findings.HasErrors() {
			continue
		}
		if strings.Contains(codes(Lockout(d.from, d.to, plan, Guard{MaxLoss: 1, Administrators: "m1"})), "runner-narrowed") {
			refused++
			continue
		}
		kept++
		end, err := d.from.With(plan.Changes)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		after := naiveAccess(end)
		for may := range naiveAccess(d.from) {
			if who, _, _ := strings.Cut(may, " "); who == runner && !after[may] {
				t.Fatalf("seed %d: %q runs it and loses %q\n%s", seed, runner, may, show(plan.Changes))
			}
		}
	}
	if refused < 200 || kept < 30 {
		t.Errorf("%d plans were refused and %d kept what the runner may: the test does not reach the rule", refused, kept)
	}
}

// runBySomebody makes one of the site's people who enter the runner.
func runBySomebody(s *Snapshot, seed int) (name string, ok bool) {
	var people []Principal
	for _, p := range s.Principals {
		if p.Type == SQLUser && p.ID >= FirstUserID && naiveEnters(s, p.Name) {
			people = append(people, p)
		}
	}
	if len(people) == 0 {
		return "", false
	}
	p := people[seed%len(people)]
	s.Runner = Runner{Login: p.Name, User: p.Name, UserID: p.ID, CanControl: true, CanLogin: true}
	return p.Name, true
}

type lockoutCase struct {
	from *Snapshot
	to   *Wanted
	lent []WantedMember // for a while, by what the policy gives, and by that alone
}

// less is a site without what is lent there.
func (d lockoutCase) less(s *Snapshot) *Snapshot {
	names := map[int]string{}
	for _, p := range s.Principals {
		names[p.ID] = p.Name
	}
	out := *s
	out.Members = slices.DeleteFunc(slices.Clone(s.Members), func(m Member) bool {
		return slices.ContainsFunc(d.lent, func(l WantedMember) bool { return l.Role == names[m.Role] && l.User == names[m.Member] })
	})
	return &out
}

// drawLockout draws a site whose role m1 has most of everything, with logins
// that are disabled, refused or those of rulers of the server.
func drawLockout(t *rapid.T) lockoutCase {
	b := siteBuilder{drawSite(t)}
	w := drawWanted(t)
	if slices.ContainsFunc(b.Principals, func(p Principal) bool { return p.Name == "m1" }) {
		for _, v := range randomViews {
			for _, name := range catalog.All.Names() {
				if rapid.IntRange(0, 9).Draw(t, "m1 "+name+" "+v) > 0 {
					b.Permissions = slices.DeleteFunc(b.Permissions, func(r PermissionRow) bool {
						return r.Grantee == b.id("m1") && r.Major == b.view(v).ID && r.Name == name
					})
					b.row(Granted, name, v, "m1")
				}
			}
		}
	}
	if rapid.Bool().Draw(t, "few DENYs") {
		b.Permissions = slices.DeleteFunc(b.Permissions, func(r PermissionRow) bool { return r.State == Denied })
		w.Entries = slices.DeleteFunc(w.Entries, func(e WantedEntry) bool { return e.State == Denied })
	}
	b.Logins = append(b.Logins, Login{ID: 3, Name: "sysadmin", Type: DatabaseRole, Fixed: true})
	for i := range b.Logins {
		l := &b.Logins[i]
		if l.IsRole() {
			continue
		}
		l.ID = 300 + i
		deny := func(name string) {
			b.ServerPermissions = append(b.ServerPermissions, ServerPermissionRow{Class: ClassServer, Grantee: l.ID, Name: name, State: Denied})
		}
		switch rapid.IntRange(0, 9).Draw(t, "login of "+l.Name) {
		case 0, 1:
			l.Disabled = true
		case 2:
			deny(rapid.SampledFrom([]string{"CONNECT SQL", "CONTROL SERVER"}).Draw(t, "which"))
		case 3:
			b.ServerMembers = append(b.ServerMembers, Member{3, l.ID})
		case 4:
			l.SID = "another " + l.Name
		case 5:
			deny("SELECT ALL USER SECURABLES")
		}
	}
	b.ServerPermissions = append(b.ServerPermissions, ServerPermissionRow{Class: ClassServer, Grantee: 2, Name: "CONNECT SQL", State: Granted})
	drawColumns(t, b)
	return lockoutCase{b.Snapshot, w, drawOpenings(t, b, w)}
}

// drawOpenings writes on some users that they are in m1 for a while. Of those that the
// policy gives some stand, some are over, and some are ended by the run; of the others
// nothing is known to it, and some are opened by it. What is lent by those that count is returned.
func drawOpenings(t *rapid.T, b siteBuilder, w *Wanted) (lent []WantedMember) {
	if !slices.ContainsFunc(b.Principals, func(p Principal) bool { return p.Name == "m1" }) {
		return nil
	}
	for _, p := range b.Principals {
		if p.Type != SQLUser || p.ID < FirstUserID || rapid.IntRange(0, 2).Draw(t, p.Name+" has a property") == 0 {
			continue
		}
		o := hour
		o.User, o.Group, o.Role = p.Name, "m1", "m1"
		b.Openings = append(b.Openings, OpeningRow{p.ID, o.Text()})
		m := Member{b.id("m1"), p.ID}
		if !slices.Contains(b.Members, m) && rapid.Bool().Draw(t, p.Name+" is in m1") {
			b.Members = append(b.Members, m)
		}
		good := slices.ContainsFunc(w.Members, func(x WantedMember) bool { return x.Role == "m1" && x.User == p.Name })
		kind := rapid.SampledFrom([]string{"forged", "forged", "over", "stands", "ended", "over and ended"}).Draw(t, p.Name+"'s")
		if !slices.Contains(b.Members, m) {
			kind = rapid.SampledFrom([]string{"forged", "opened"}).Draw(t, p.Name+"'s, who is not in m1")
		}
		switch kind {
		case "opened":
			b.Openings = b.Openings[:len(b.Openings)-1]
			w.Open(o)
		case "stands":
			w.Excuse(o)
		case "over":
			w.Over = append(w.Over, o)
		case "ended":
			w.Excuse(o)
			w.Close(o)
		case "over and ended":
			w.Over = append(w.Over, o)
			w.Close(o)
		}
		if kind != "forged" && kind != "over" && !good {
			lent = append(lent, WantedMember{Role: "m1", User: p.Name})
		}
	}
	return lent
}

// drawColumns denies some users a column of what dbo owns.
func drawColumns(t *rapid.T, b siteBuilder) {
	for _, p := range b.Principals {
		v := rapid.SampledFrom(randomViews).Draw(t, "view of a column")
		if p.Type == SQLUser && p.ID >= FirstUserID && b.view(v).Owner == DboID && rapid.IntRange(0, 4).Draw(t, "a column for "+p.Name) == 0 {
			b.column(Denied, rapid.SampledFrom([]string{"SELECT", "UPDATE"}).Draw(t, "what"), v, 1, p.Name)
		}
	}
}

// naiveAdministrators reads rule 5 aloud.
func naiveAdministrators(s *Snapshot, w *Wanted) []string {
	may := naiveAccess(s)
	// what the role gives: asked of somebody who has nothing else
	probe := *s
	alone := Principal{ID: 9999, Name: "probe", Type: SQLUser}
	probe.Principals = append(slices.Clone(s.Principals), alone)
	role := -1
	for _, p := range s.Principals {
		if p.Name == "m1" {
			role = p.ID
		}
	}
	probe.Members = append(slices.Clone(s.Members), Member{role, 9999})
	probe.Permissions = slices.DeleteFunc(slices.Clone(s.Permissions), func(r PermissionRow) bool { return r.Grantee == PublicID })
	gives := naiveAccess(&probe)
	var out []string
	for _, p := range s.Principals {
		if p.Type != SQLUser || p.ID < FirstUserID || !naiveEnters(s, p.Name) || !naiveLogin(s, p) {
			continue
		}
		in, some, all := naiveIn(s, p.ID, role), false, true
		for _, schemaView := range []string{"dbo.va", "dbo.vb", "app.vc"} {
			for _, name := range catalog.All.Names() {
				has := may[fmt.Sprintf("%s %s %s", p.Name, name, schemaView)] && !naiveShut(s, p, schemaView, name)
				if gives["probe "+name+" "+schemaView] && !naiveShut(&probe, alone, schemaView, name) {
					some = true
					in = in && has
				}
				all = all && has
			}
		}
		if in && some && role >= 0 || all {
			out = append(out, p.Name)
		}
	}
	return out
}

func naiveIn(s *Snapshot, user, role int) bool {
	for _, m := range s.Members {
		if m.Member == user && (m.Role == role || naiveIn(s, m.Role, role)) {
			return true
		}
	}
	return false
}

// naiveShut reads whether the server, or a row on a column, denies somebody what the
// site gives. No DENY binds an owner (reference C.2).
func naiveShut(s *Snapshot, p Principal, schemaView, name string) bool {
	is := func(id int) bool { return id == p.ID || naiveIn(s, p.ID, id) }
	for _, v := range s.Views {
		if !strings.HasSuffix(schemaView, "."+v.Name) || is(v.Owner) {
			continue
		}
		for _, l := range s.Logins {
			for _, r := range s.ServerPermissions {
				if l.SID == p.SID && r.Grantee == l.ID && r.Name == "SELECT ALL USER SECURABLES" && name == "SELECT" {
					return true
				}
			}
		}
		for _, r := range s.Permissions {
			if r.Minor != 0 && r.Major == v.ID && r.State == Denied && r.Name == name && (is(r.Grantee) || r.Grantee == PublicID) {
				return true
			}
		}
	}
	return false
}

// naiveLogin reads whose login can enter, and rules nothing but the site.
func naiveLogin(s *Snapshot, p Principal) bool {
	for _, l := range s.Logins {
		if l.SID != p.SID || l.SID == "" {
			continue
		}
		for _, m := range s.ServerMembers {
			if m.Member == l.ID {
				return false
			}
		}
		for _, r := range s.ServerPermissions {
			if r.Grantee == l.ID && r.Name != "SELECT ALL USER SECURABLES" {
				return false
			}
		}
		return !l.Disabled
	}
	return false
}
