package review

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"grantree/grants"
	"grantree/report"

	"pgregory.net/rapid"
)

// accepting is a policy that accepts a role of the sites and a power of ann's, and has
// somebody who is gone.
var accepting = strings.Replace(base, "[[user]]\nname = \"ann\"\n", "[[outsider]]\nname = \"Techs\"\nmay = [\"select\"]\nreason = \"of the workshop\"\n"+
	"[[user]]\nname = \"zoe\"\ngroups = [\"Crew\"]\nsites = [\"North\"]\ninactive = true\n[[user]]\nname = \"ann\"\nalso = [\"db_owner\"]\nalso_reason = \"she mends it\"\n", 1) +
	"[[group]]\nname = \"Everyone\"\nrole = \"everyone\"\nbaseline = true\n[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\"]\n"

// hand is something that somebody did in a site by hand.
type hand struct {
	what string
	do   func(s *grants.Snapshot)
}

const techs = 5000

// id is that of a principal, of which a site has to have one.
func id(s *grants.Snapshot, name string) int {
	i := slices.IndexFunc(s.Principals, func(p grants.Principal) bool { return p.Name == name })
	if i < 0 {
		return -1
	}
	return s.Principals[i].ID
}

// granted is a permission on a view by hand: on all of it, on a column, on its table, on
// its schema.
func granted(s *grants.Snapshot, to, name, on string) {
	v := slices.IndexFunc(s.Views, func(v grants.SiteView) bool { return v.Name == "imvw_pay_type" })
	row := grants.PermissionRow{Class: grants.ClassObject, Major: s.Views[v].ID, Grantee: id(s, to), Grantor: grants.DboID, Name: name, State: grants.Granted}
	switch on {
	case "column":
		s.Views = slices.Clone(s.Views)
		s.Views[v].Columns = []grants.SiteColumn{{ID: 1, Name: "rate"}, {ID: 2, Name: "code"}}
		row.Minor = 1
	case "table":
		s.Objects = append(s.Objects, grants.Object{ID: 90000, Schema: s.Views[v].Schema, Name: "tb_pay_type", Type: grants.Table, Owner: grants.DboID})
		s.Dependencies = append(s.Dependencies, grants.Dependency{From: row.Major, To: 90000, Schema: "dbo", Name: "tb_pay_type"})
		row.Major = 90000
	case "schema":
		row.Class, row.Major = grants.ClassSchema, s.Views[v].Schema
	}
	if row.Grantee >= 0 {
		s.Permissions = append(s.Permissions, row)
	}
}

func member(s *grants.Snapshot, role, of int) {
	if of >= 0 && role >= 0 {
		s.Members = append(s.Members, grants.Member{Role: role, Member: of})
	}
}

// stranger makes a user of the site whom the policy does not name.
func stranger(s *grants.Snapshot, n int, name string) {
	s.Principals = append(s.Principals, grants.Principal{ID: n, Name: name, Type: grants.SQLUser, AuthType: grants.AuthDatabase})
	s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassDatabase, Grantee: n, Grantor: 1, Name: "CONNECT", State: grants.Granted})
}

// hands are what can be done by hand, one of each kind.
func hands() []hand {
	out := []hand{
		{"techs", func(s *grants.Snapshot) {
			member(s, techs, id(s, "ann"))
			member(s, techs, id(s, "bob"))
		}},
		{"eve and zoe", func(s *grants.Snapshot) { stranger(s, 6001, "zoe"); stranger(s, 6002, "eve") }},
		{"bob in Crew", func(s *grants.Snapshot) {
			if s.Site == "South" {
				member(s, id(s, "Crew"), id(s, "bob"))
			}
		}},
		{"Crew in db_datawriter", func(s *grants.Snapshot) { member(s, grants.DBDataWriterID, id(s, "Crew")) }},
		{"Crew in Techs", func(s *grants.Snapshot) { member(s, techs, id(s, "Crew")) }},
	}
	for _, who := range []string{"ann", "bob", "zoe", "eve", "Crew", "everyone", "public", "Techs"} {
		for _, on := range []string{"view", "column", "table", "schema"} {
			for _, name := range []string{"SELECT", "UPDATE"} {
				out = append(out, hand{who + " " + name + " on the " + on, func(s *grants.Snapshot) { granted(s, who, name, on) }})
			}
		}
	}
	for _, who := range []string{"ann", "bob", "zoe", "eve"} {
		for role, name := range map[int]string{grants.DBOwnerID: "db_owner", grants.DBDataReaderID: "db_datareader", grants.DBSecurityAdminID: "db_securityadmin"} {
			out = append(out, hand{who + " in " + name, func(s *grants.Snapshot) { member(s, role, id(s, who)) }})
		}
	}
	slices.SortStableFunc(out[5:], func(x, y hand) int { return strings.Compare(x.what, y.what) })
	return out
}

// done are sites in which some things were done by hand.
func done(list []hand) func(*grants.Snapshot) {
	return func(s *grants.Snapshot) {
		s.Views = slices.DeleteFunc(slices.Clone(s.Views), func(v grants.SiteView) bool { // few are as good as all, and sooner asked about
			return !slices.Contains([]string{"imvw_actual_cost", "imvw_asset", "imvw_pay_type", "imvw_project", "imvw_site"}, v.Name)
		})
		s.Principals = append(s.Principals, grants.Principal{ID: techs, Name: "Techs", Type: grants.DatabaseRole, Owner: grants.DboID})
		s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassObject, Major: s.Views[0].ID, Grantee: techs, Grantor: 1, Name: "SELECT", State: grants.Granted})
		for _, h := range list {
			h.do(s)
		}
	}
}

// TestBeyondOfThePolicysPeople: whatever somebody of the policy has beside it is a row of
// its own, with what it gives and who accepts it.
func TestBeyondOfThePolicysPeople(t *testing.T) {
	p, r := changed(t, accepting, done([]hand{
		{"", func(s *grants.Snapshot) {
			granted(s, "bob", "UPDATE", "view")
			granted(s, "bob", "SELECT", "column")
			member(s, grants.DBDataWriterID, id(s, "bob"))
			member(s, grants.DBOwnerID, id(s, "ann"))
			member(s, techs, id(s, "ann"))
			stranger(s, 6001, "zoe")
			member(s, id(s, "Crew"), 6001)
			stranger(s, 6002, "eve")
			granted(s, "eve", "SELECT", "table")
		}},
	}))
	pack := Make(p, r)
	var got []string
	for _, row := range pack.Reviewers[0].Rows {
		if row.Kind == Beyond {
			gives := row.Gives
			if strings.HasSuffix(gives, "views") {
				gives = "much"
			}
			got = append(got, fmt.Sprintf("%s %v %s: %s (%s)", row.Person, row.Sites, row.What, gives, row.Reason))
		}
	}
	want := []string{
		"ann [North South] db_owner: much (the policy accepts it: she mends it)",
		"ann [North South] Techs: select on " + r.Views[0] + " (an outsider whom the policy accepts: of the workshop)",
		"bob [North South] db_datawriter: much ()",
		"bob [North South] their own: update on imvw_pay_type ()",
		"bob [North South] their own, on the columns rate: on some columns: select on imvw_pay_type ()",
		"eve [North South] the table dbo.tb_pay_type: around the view: select on imvw_pay_type ()",
		"zoe [North South] Crew: select, update on imvw_project ()",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	left := ""
	for _, x := range pack.NotAsked {
		left += fmt.Sprintf("%s, %s: %d in %v; ", x.What, x.Why, x.People, x.Sites)
	}
	if want := "everyone, the policy has everybody in it: 3 in [North South]; "; left != want {
		t.Errorf("%s", left)
	}
}

// asked is all that a review says of somebody's access: rows by what they stand for, and
// what no row is about.
func asked(pack *Pack, name string, person int) []string {
	var out []string
	rows := slices.Clone(pack.Nobody)
	for _, x := range pack.Reviewers {
		rows = append(rows, x.Rows...)
	}
	for _, r := range rows {
		if r.Person == name {
			out = append(out, r.ID)
		}
	}
	for _, x := range pack.NotAsked {
		if x.who[person] {
			out = append(out, fmt.Sprint(x.What, x.worth))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// has is all that a report says that somebody has, by what they have themselves: how a
// role comes to what it has is no matter.
func has(r *report.Report, person int) string {
	out := map[string]string{}
	for _, s := range r.Sites {
		for _, m := range s.Members {
			if !slices.Contains(m.People, person) {
				continue
			}
			x := r.Access[m.Access]
			b := &rowBuilder{r: r}
			out[s.Site] = b.gives(b.worthOf(x)) + b.sealOfAll(b.worthOf(x))
			byRole := map[string]worth{}
			for _, w := range x.Ways {
				what := w.Text
				if w.OfRole() {
					what = w.Root()
				}
				if w.Kind == "deny" {
					continue
				}
				if byRole[what] == nil {
					byRole[what] = worth{}
				}
				byRole[what].join(worth{w.How(): b.row(w.Cells)})
			}
			for what, w := range byRole {
				out[s.Site+", "+what] = b.gives(w) + b.sealOfAll(w)
			}
		}
	}
	return strings.ReplaceAll(fmt.Sprint(out), " views", "") // sorted by the key
}

// TestNothingIsLeftOut: where two states of some sites give somebody another access, or the
// same by another way, the review asks something else about them, or says what else it
// does not ask.
func TestNothingIsLeftOut(t *testing.T) {
	all := hands()
	differed := 0
	p, checks := carriedOut(t, accepting)
	rapid.Check(t, func(rt *rapid.T) {
		list := rapid.SliceOfNDistinct(rapid.SampledFrom(all), 1, 6, func(h hand) string { return h.what }).Draw(rt, "by hand")
		last := list[len(list)-1]
		before, after := reportOf(p, checks, done(list[:len(list)-1])), reportOf(p, checks, done(list))
		was, is := Make(p, before), Make(p, after)
		for i, who := range after.People {
			old := slices.IndexFunc(before.People, func(x report.Person) bool { return x.Name == who.Name })
			if old < 0 {
				continue // they came
			}
			if has(before, old) == has(after, i) {
				continue
			}
			differed++
			if slices.Equal(asked(was, who.Name, old), asked(is, who.Name, i)) {
				rt.Fatalf("%s, by %s: nothing else is asked\n%s\n%s", who.Name, last.what, has(before, old), has(after, i))
			}
		}
		if again := Make(p, after); fmt.Sprint(again.NotAsked, rowIDs(again)) != fmt.Sprint(is.NotAsked, rowIDs(is)) {
			rt.Fatal("the same report makes another review")
		}
	})
	if differed == 0 && !t.Failed() {
		t.Error("nobody's access differed: the test does not reach it")
	}
}

func rowIDs(p *Pack) []string {
	var out []string
	for _, x := range p.Reviewers {
		for _, r := range x.Rows {
			out = append(out, r.ID)
		}
	}
	return out
}
