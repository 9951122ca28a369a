package review

import (
	"fmt"
	"strings"
	"testing"

	"grantree/policy"
	"grantree/report"

	"pgregory.net/rapid"
)

// drawPolicy draws people with groups, groups elsewhere and lines of their own.
func drawPolicy(t *rapid.T) string {
	groups := []string{"G1", "G2", "G3"}
	var b strings.Builder
	b.WriteString("[server.main]\nurl = \"sqlserver://sql01.example\"\n[policy]\nadministrators = \"G1\"\n[[review]]\nreviewer = \"auditor\"\n")
	for _, s := range []string{"North", "South", "East"} {
		fmt.Fprintf(&b, "[[site]]\nname = %q\nserver = \"main\"\ndatabase = %q\n", s, s)
	}
	for i, g := range groups {
		fmt.Fprintf(&b, "[[group]]\nname = %q\n[[group.allow]]\nview = %q\npermissions = [\"select\"]\n", g, []string{"imvw_asset", "imvw_site", "imvw_pay_type"}[i])
		if i == 2 && rapid.Bool().Draw(t, "G3 denies") {
			b.WriteString("[[group.deny]]\nview = \"imvw_site\"\npermissions = [\"select\"]\noverrides = true\nreason = \"x\"\n")
		}
	}
	some := func(label string) string {
		return fmt.Sprintf("%q", rapid.SliceOfNDistinct(rapid.SampledFrom(groups), 1, 3, rapid.ID[string]).Draw(t, label))
	}
	list := func(text string) string { return strings.ReplaceAll(text, `" "`, `", "`) }
	for u := range rapid.IntRange(1, 4).Draw(t, "people") {
		fmt.Fprintf(&b, "[[user]]\nname = \"u%d\"\ngroups = %s\nsites = %s\n", u, list(some("groups")), rapid.SampledFrom([]string{`["*"]`, `["North"]`, `["North", "South"]`}).Draw(t, "sites"))
		if rapid.Bool().Draw(t, "line") {
			b.WriteString("[[user.allow]]\nview = \"imvw_work_order\"\npermissions = [\"select\"]\nreason = \"x\"\n")
		}
		if rapid.Bool().Draw(t, "deny") {
			b.WriteString("[[user.deny]]\nview = \"imvw_work_order\"\npermissions = [\"delete\"]\nreason = \"x\"\n")
		}
		if rapid.Bool().Draw(t, "at") {
			fmt.Fprintf(&b, "[[user.at]]\nsites = %s\ngroups = %s\n", rapid.SampledFrom([]string{`["East"]`, `["South", "East"]`}).Draw(t, "elsewhere"), list(some("groups elsewhere")))
		}
	}
	return b.String()
}

// TestKeptStays: whatever is answered, what was kept is there afterwards as it was, what
// was revoked is not, unless it is left for somebody to do by hand, and nobody has
// anything that they had not.
func TestKeptStays(t *testing.T) {
	revoked := 0
	rapid.Check(t, func(rt *rapid.T) {
		text := drawPolicy(rt)
		p, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(text)}, nil)
		if found.HasErrors() {
			rt.Fatal(found, text)
		}
		pack := Make(p, bare(p))
		file := Returned{Reviewer: "auditor"}
		for i, r := range pack.Reviewers[0].Rows {
			file.Answers = append(file.Answers, Answer{Row: r.ID, Pack: pack.ID, About: r.about(), Number: i + 2, Decision: rapid.SampledFrom([]Decision{Keep, Revoke, Revoke, ""}).Draw(rt, r.Person+" "+r.What)})
		}
		verdicts, err := pack.Judge(Rows(p, bare(p)), []Returned{file}, nil)
		if err != nil {
			rt.Fatal(err)
		}
		done, err := Edit(func() (*policy.Editor, error) {
			return policy.NewEditor(policy.Source{File: "p.toml", Data: []byte(text)}, nil)
		}, verdicts, "auditor", day)
		if err != nil || done.Brought.HasErrors() {
			rt.Fatal(err, text)
		}
		if more := gains(p, done.Policy, day); len(more) > 0 {
			rt.Fatal("a revocation gives ", more, text)
		}
		had, has := map[string]bool{}, map[string]bool{}
		for _, r := range Rows(p, bare(p)) {
			had[r.ID] = true
		}
		for _, r := range Rows(done.Policy, bare(done.Policy)) {
			if has[r.ID] = true; !had[r.ID] {
				rt.Fatalf("%s has %s, and had not\n%s", r.Person, r.What, text)
			}
		}
		for _, v := range verdicts {
			if want := v.Outcome != Revoked; has[v.Row.ID] != want {
				rt.Fatalf("%s %s is %s, and is there afterwards: %t\n%s", v.Row.Person, v.Row.What, v.Outcome, has[v.Row.ID], text)
			}
			if v.Outcome == Revoked {
				revoked++
			}
		}
	})
	if revoked == 0 && !t.Failed() {
		t.Error("nothing was revoked: the test does not reach it")
	}
}

// bare is a report of sites of which nothing but the names is known: rows are the
// policy's then.
func bare(p *policy.Policy) *report.Report {
	r := report.New(report.Source{Made: day, Basis: report.Policy, Policy: p})
	for _, s := range p.SitesInUse() {
		r.Sites = append(r.Sites, report.Site{Site: s.Name})
	}
	return r
}
