package grants

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"grantree/catalog"
	"grantree/finding"
)

// runsAs says as whom a module runs: "owner", or a user by name.
func (b siteBuilder) runsAs(module, who string) siteBuilder {
	for i := range b.Objects {
		if o := &b.Objects[i]; o.Name == module {
			if o.ExecuteAs = asOwner; who != "owner" {
				o.ExecuteAs = b.id(who)
			}
		}
	}
	return b
}

// owner gives a view, table or module to somebody.
func (b siteBuilder) ownedBy(name, who string) siteBuilder {
	for i := range b.Objects {
		if b.Objects[i].Name == name {
			b.Objects[i].Owner = b.id(who)
			return b
		}
	}
	b.view(name).Owner = b.id(who)
	return b
}

// moduleWays are those reasons of Decide that are modules, without the verbs.
func moduleWays(a *Access, p catalog.Permissions) []string {
	var out []string
	for _, r := range a.Decide("bob", "v", p).Because {
		if r.Kind == "module" {
			out = append(out, r.Text)
		}
	}
	return out
}

// TestModulesLead is what somebody gets at by a module, whom they may run, by what
// it asks of whom it runs as, and not of them (reference C.1, C.3, C.6; EXECUTE AS
// Clause: OWNER is no role).
func TestModulesLead(t *testing.T) {
	base := func() siteBuilder {
		return newSite("v", "w", "x").role("Crew").user("ann", "bob", "eve").object("t", Table, "dbo").refers("v", "t")
	}
	direct := func(owner string) siteBuilder {
		return base().object("m", Procedure, owner).refers("m", "v").on(Granted, "EXECUTE", "m", 0, "bob")
	}
	const m, reaches, mayReach = "dbo.m is open to EXECUTE", ", and reaches dbo.v", ", and may reach dbo.v (granted EXECUTE)"
	chain := func(owner string) siteBuilder { // m, owned by dbo → n → x, no view of the catalog → v
		return base().object("n", Procedure, owner).object("m", Procedure, "dbo").refers("m", "n").refers("n", "x").refers("x", "v").on(Granted, "EXECUTE", "m", 0, "bob")
	}
	below := func() siteBuilder { // the chain of owners breaks below the view
		return direct("dbo").ownedBy("t", "eve")
	}
	joined := func() siteBuilder { // v and t belong to ann, as m does, and u does not
		return direct("ann").ownedBy("v", "ann").ownedBy("t", "ann").object("u", Table, "dbo").refers("v", "u")
	}
	inline := func() siteBuilder { return base().object("m", InlineFunction, "dbo").refers("m", "v") }
	tests := []struct {
		name            string
		site            siteBuilder
		selects, update string
	}{
		{"by a role", base().object("m", Procedure, "dbo").refers("m", "v").member("Crew", "bob").on(Granted, "EXECUTE", "m", 0, "Crew"),
			m + reaches + " (the role Crew is granted EXECUTE)", "="},
		{"by the schema", base().object("m", Procedure, "dbo").refers("m", "v").schemaRow(Granted, "EXECUTE", DboID, "bob"), m + reaches + " (granted EXECUTE on its schema)", "="},
		{"by the database", base().object("m", Procedure, "dbo").refers("m", "v").databaseRow(Granted, "EXECUTE", "public"), m + reaches + " (the role public is granted EXECUTE on the database)", "="},
		{"by CONTROL of it", base().object("m", Procedure, "dbo").refers("m", "v").on(Granted, "CONTROL", "m", 0, "bob"), m + reaches + " (granted CONTROL)", "="},
		{"denied by a role", direct("dbo").member("Crew", "bob").on(Denied, "EXECUTE", "m", 0, "Crew"), "", ""},
		{"denied on the schema", direct("dbo").schemaRow(Denied, "EXECUTE", DboID, "public"), "", ""},
		{"denied below, which a chain of owners ignores", direct("dbo").row(Denied, "SELECT", "v", "bob").on(Denied, "SELECT", "t", 0, "bob"), m + reaches + " (granted EXECUTE)", "="},
		{"a module of another's", direct("ann"), "", ""},
		{"a module of another's, whose owner may read the view", direct("ann").row(Granted, "SELECT", "v", "ann"), "", ""},
		{"and as whom it runs", direct("ann").row(Granted, "SELECT", "v", "ann").runsAs("m", "owner"), m + reaches + ", running as ann (granted EXECUTE)", ""},
		{"as a third, who may change the view", direct("ann").row(Granted, "UPDATE", "v", "eve").runsAs("m", "eve"), "", m + reaches + ", running as eve (granted EXECUTE)"},
		{"as a third, who is denied it", direct("ann").row(Granted, "SELECT", "v", "eve").databaseRow(Denied, "SELECT", "eve").runsAs("m", "eve"), "", ""},
		{"as dbo", direct("ann").runsAs("m", "dbo"), m + reaches + ", running as dbo (granted EXECUTE)", "="},
		{"as its owner, a role, which nobody can be", direct("Crew").row(Granted, "SELECT", "v", "Crew").runsAs("m", "owner"), "", ""},
		{"as somebody whose owner's chain holds anyway", direct("dbo").runsAs("m", "eve"), m + reaches + ", running as eve (granted EXECUTE)", "="},
		{"over another module and a view", chain("dbo"), m + reaches + ", through dbo.n, dbo.x (granted EXECUTE)", "="},
		{"over a module of another's", chain("ann"), "", ""},
		{"over a module of another's, which its caller may run", chain("ann").ownedBy("x", "ann").ownedBy("v", "ann").ownedBy("t", "ann").on(Granted, "EXECUTE", "n", 0, "bob"), m + reaches + ", through dbo.n, dbo.x (granted EXECUTE); dbo.n is open to EXECUTE, and reaches dbo.v, through dbo.x (granted EXECUTE)", "="},
		{"as one who may run the other module", chain("ann").ownedBy("x", "ann").ownedBy("v", "ann").ownedBy("t", "ann").on(Granted, "EXECUTE", "n", 0, "eve").runsAs("m", "eve"), m + reaches + ", through dbo.n, dbo.x, running as eve (granted EXECUTE)", "="},
		{"a chain that breaks below the view", below(), "", ""},
		{"and as whom it runs, who may", below().on(Granted, "SELECT", "t", 0, "ann").runsAs("m", "ann"), m + reaches + ", running as ann (granted EXECUTE)", ""},
		{"a view over what the caller may read and what they may not", joined().on(Granted, "SELECT", "u", 0, "bob"), m + reaches + " (granted EXECUTE)", m + mayReach},
		{"and where they may not: which of the two a statement changes is not known", joined(), "", m + mayReach},
		{"an inline function", inline().on(Granted, "SELECT", "m", 0, "bob"), "dbo.m is open to SELECT" + reaches + " (granted SELECT)", ""},
		{"an inline function to be changed through", inline().on(Granted, "UPDATE", "m", 0, "bob"), "", "dbo.m is open to UPDATE" + reaches + " (granted UPDATE)"},
		{"some columns of an inline function", inline().on(Granted, "SELECT", "m", 1, "bob"), "dbo.m is open to SELECT" + reaches + " (granted SELECT)", ""},
		{"a synonym of a procedure", base().object("p", Procedure, "dbo").refers("p", "v").object("s", Synonym, "dbo").refers("s", "p").on(Granted, "EXECUTE", "s", 0, "bob"),
			"dbo.s is open to EXECUTE" + reaches + ", through dbo.p (granted EXECUTE)", "="},
		{"a synonym of a procedure, to be read, which is nothing", base().object("p", Procedure, "dbo").refers("p", "v").object("s", Synonym, "dbo").refers("s", "p").on(Granted, "SELECT", "s", 0, "bob"), "", ""},
		{"itself and each other", chain("dbo").refers("n", "m").refers("m", "m"), m + reaches + ", through dbo.n, dbo.x (granted EXECUTE)", "="},
		{"a schema's owner runs what another owns in it", base().object("m", Procedure, "dbo").refers("m", "v").with(func(s *Snapshot) {
			s.Schemas = append(s.Schemas, Schema{ID: 9, Name: "app", Owner: s.Principals[len(s.Principals)-2].ID})
			s.Objects[len(s.Objects)-1].Schema = 9
		}), "app.m is open to EXECUTE" + reaches + " (an owner)", "="},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wanted := &Wanted{Views: []string{"v"}}
			a := NewAccessFor(tt.site.Snapshot, wanted)
			if tt.update == "=" {
				tt.update = tt.selects
			}
			peersAgree(t, tt.site.Snapshot, wanted)
			told := func(f finding.Finding) bool { return f.Code == finding.Module && strings.Contains(f.Message, `"bob"`) }
			if j := Judge(tt.site.Snapshot, wanted, Acceptance{}, pen); slices.ContainsFunc(j.Notes, told) != (tt.selects+tt.update != "") {
				t.Errorf("Judge: %v", j.Notes)
			}
			for p, want := range map[catalog.Permissions]string{catalog.Select: tt.selects, catalog.Update: tt.update} {
				if diff := cmp.Diff(want, strings.Join(moduleWays(a, p), "; ")); diff != "" {
					t.Errorf("%s (-want +got):\n%s", p, diff)
				}
			}
		})
	}
}

// TestFunctionsBelowAView: what a function asks that runs as another is asked of that
// one, and whoever reads the view meets what it meets, dbo too.
func TestFunctionsBelowAView(t *testing.T) {
	site := func() siteBuilder {
		return newSite("v").user("ann", "bob", "eve").object("t", Table, "ann").object("f", ScalarFunction, "dbo").refers("v", "f").refers("f", "t").row(Granted, "SELECT", "v", "bob")
	}
	const shut = "dbo.f runs as eve, who lacks SELECT on dbo.t, so nobody may use dbo.v"
	for _, tt := range []struct {
		name string
		site siteBuilder
		want Answer
		says string
	}{
		{"as its caller", site(), No, "the chain of owners breaks below dbo.f: it belongs to dbo, and dbo.t to ann, so bob needs SELECT on dbo.t"},
		{"as its caller, who may", site().on(Granted, "SELECT", "t", 0, "bob"), Yes, ""},
		{"as one who may not", site().runsAs("f", "eve"), No, shut},
		{"as one who may not, whatever the caller may", site().runsAs("f", "eve").on(Granted, "SELECT", "t", 0, "bob"), No, shut},
		{"as one who may", site().runsAs("f", "eve").on(Granted, "SELECT", "t", 0, "eve"), Yes, ""},
		{"as its owner", site().runsAs("f", "owner"), Yes, ""},
	} {
		a := NewAccess(tt.site.Snapshot)
		d := a.Decide("bob", "v", catalog.Select)
		var said []string
		for _, r := range d.Because {
			if r.Kind == "chain" {
				said = append(said, r.Text)
			}
		}
		if d.Allowed != tt.want || strings.Join(said, "; ") != tt.says {
			t.Errorf("%s: bob %s: %q, want %s: %q", tt.name, d.Allowed, said, tt.want, tt.says)
		}
		if ruler := a.Decide("dbo", "v", catalog.Select); (ruler.Allowed == No) != (tt.says == shut) {
			t.Errorf("%s: dbo %s: %v", tt.name, ruler.Allowed, texts(ruler))
		}
	}
	stuck := judgeSite().object("t", Table, "ann").object("f", ScalarFunction, "dbo").refers("va", "f").refers("f", "t").runsAs("f", "ann")
	stuck.Objects[0].Owner = DboID
	stuck.Objects[1].Owner = stuck.id("Mechanic")
	for _, f := range Judge(stuck.Snapshot, judgeWanted(), Acceptance{}, pen).Mismatches {
		if f.Code == finding.ChainBroken && strings.Contains(f.Message, "cannot use dbo.va") {
			return
		}
	}
	t.Error("nobody is told that people of the policy cannot use the view")
}

// TestJudgeModules is what is said of modules on a site as the policy wants it: a
// warning of those that may be run, a mismatch of what is confidential, and not
// verified where it cannot be read.
func TestJudgeModules(t *testing.T) {
	site := func(edit ...func(o *Object)) siteBuilder {
		b := judgeSite().object("usp", Procedure, "dbo").refers("usp", "vb").on(Granted, "EXECUTE", "usp", 0, "Mechanic")
		for _, f := range edit {
			f(&b.Objects[len(b.Objects)-1])
		}
		return b
	}
	secret := Acceptance{Confidential: []ConfidentialView{{Name: "vb"}}}
	dynamic := func(o *Object) { o.Dynamic = true }
	for _, tt := range []struct {
		name string
		site siteBuilder
		acc  Acceptance
		want []string
	}{
		{"nobody may run it", site().on(Denied, "EXECUTE", "usp", 0, "public"), Acceptance{}, nil},
		{"somebody may", site(), Acceptance{}, []string{`note warning module: dbo.usp reaches dbo.vb, and "bob" may run it`}},
		{"and others in their role may not", site().member("Mechanic", "ann").on(Denied, "EXECUTE", "usp", 0, "ann"), Acceptance{}, []string{`note warning module: dbo.usp reaches dbo.vb, and "bob" may run it`}},
		{"and others in their role", site().member("Mechanic", "ann"), Acceptance{}, []string{`note warning module: dbo.usp reaches dbo.vb, and "ann", "bob" may run it`}},
		{"it is accepted", site(), Acceptance{Modules: []AcceptedModule{{Name: "dbo.usp"}}}, nil},
		{"another is accepted", site(), Acceptance{Modules: []AcceptedModule{{Name: "app.usp"}}}, []string{`note warning module: dbo.usp reaches dbo.vb, and "bob" may run it`}},
		{"it runs as another", site().runsAs("usp", "owner"), Acceptance{}, []string{`note warning module: dbo.usp reaches dbo.vb, running as "dbo", and "bob" may run it`}},
		{"by acting as who may", judgeSite().user("eve").object("usp", Procedure, "dbo").refers("usp", "vb").on(Granted, "EXECUTE", "usp", 0, "eve").onAUser(Granted, "IMPERSONATE", "eve", "bob").databaseRow(Denied, "CONNECT", "eve"), Acceptance{},
			[]string{`note warning module: dbo.usp reaches dbo.vb, and "bob" may run it`}},
		{"a confidential view", site(), secret, []string{`mismatch warning module-confidential: dbo.usp reaches the confidential view dbo.vb, and "bob", who may not read that, may run it`}},
		{"its text is made at run time", site(dynamic), Acceptance{}, []string{`unverified warning module-not-verified: what dbo.usp reaches cannot be read (it runs text made at run time, or acts as somebody else), and "bob" may run it; that it reaches dbo.vb is known`}},
		{"and a confidential view is known", site(dynamic), secret, []string{`mismatch warning module-confidential: dbo.usp reaches the confidential view dbo.vb, and "bob", who may not read that, may run it`,
			`unverified warning module-not-verified: what dbo.usp reaches cannot be read (it runs text made at run time, or acts as somebody else), and "bob" may run it; that it reaches dbo.vb is known`}},
		{"a synonym of one that is hidden", judgeSite().object("usp", Procedure, "dbo").with(func(s *Snapshot) { s.Objects[len(s.Objects)-1].Hidden = true }).object("s", Synonym, "dbo").refers("s", "usp").on(Granted, "EXECUTE", "s", 0, "Mechanic"), Acceptance{},
			[]string{`unverified warning module-not-verified: what dbo.s reaches cannot be read (its text is hidden), and "bob" may run it`}},
		{"and what it stands for is accepted", judgeSite().object("usp", Procedure, "dbo").with(func(s *Snapshot) { s.Objects[len(s.Objects)-1].Hidden = true }).object("s", Synonym, "dbo").refers("s", "usp").on(Granted, "EXECUTE", "s", 0, "Mechanic"), Acceptance{Modules: []AcceptedModule{{Name: "dbo.usp"}}}, nil},
		{"it runs one that is hidden", judgeSite().object("in", Procedure, "dbo").with(func(s *Snapshot) { s.Objects[len(s.Objects)-1].Hidden = true }).object("usp", Procedure, "dbo").refers("usp", "in").on(Granted, "EXECUTE", "usp", 0, "Mechanic"), Acceptance{},
			[]string{`unverified warning module-not-verified: what dbo.usp reaches cannot be read (it runs dbo.in, of which nobody knows either), and "bob" may run it`}},
		{"it runs one that is hidden of another's", judgeSite().object("in", Procedure, "ann").with(func(s *Snapshot) { s.Objects[len(s.Objects)-1].Hidden = true }).object("usp", Procedure, "dbo").refers("usp", "in").on(Granted, "EXECUTE", "usp", 0, "Mechanic"), Acceptance{}, nil},
		{"an inline function that may be changed through", judgeSite().object("fn", InlineFunction, "dbo").refers("fn", "vb").on(Granted, "DELETE", "fn", 0, "Mechanic"), Acceptance{},
			[]string{`note warning module: dbo.fn reaches dbo.vb, and "bob" may run it`}},
		{"its owner, who runs it as another", judgeSite().object("usp", Procedure, "bob").refers("usp", "vb").runsAs("usp", "dbo"), Acceptance{}, []string{`note warning module: dbo.usp reaches dbo.vb, running as "dbo", and "bob" may run it`}},
		{"its owner, as themselves", judgeSite().object("usp", Procedure, "bob").refers("usp", "vb").runsAs("usp", "owner"), Acceptance{}, nil},
		{"a chain that breaks", site(func(o *Object) { o.Owner = FirstUserID }), Acceptance{}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := Judge(tt.site.Snapshot, judgeWanted(), tt.acc, pen)
			var got []string
			for what, list := range map[string]finding.List{"mismatch": j.Mismatches, "unverified": j.Unverified, "note": j.Notes} {
				for _, f := range list {
					if strings.HasPrefix(f.Code, "module") {
						got = append(got, what+" "+string(f.Severity)+" "+f.Code+": "+f.Message[strings.Index(f.Message, ": ")+2:])
					}
				}
			}
			slices.Sort(got)
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestExplainAcceptsModules: explain says of a way that the policy accepts it.
func TestExplainAcceptsModules(t *testing.T) {
	site := judgeSite().object("usp", Procedure, "dbo").refers("usp", "vb").on(Granted, "EXECUTE", "usp", 0, "Mechanic")
	acc := Acceptance{Modules: []AcceptedModule{{Name: "dbo.usp", Reason: "the month end", Pos: finding.Pos{File: "p.toml", Line: 9}}}}
	d := Inquire(site.Snapshot, judgeWanted(), acc).Explain("bob", "vb", catalog.Select)
	if want := "module: dbo.usp is open to EXECUTE, and reaches dbo.vb (the role Mechanic is granted EXECUTE), which the policy accepts: the month end, p.toml:9"; !slices.Contains(texts(d), want) {
		t.Errorf("%q, want %q", texts(d), want)
	}
}
