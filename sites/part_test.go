package sites

import (
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/finding"
	"grantree/grants"
)

// TestPartOpens: somebody is let in only where the policy gives them a user and a seat,
// into a role that is there, and once.
func TestPartOpens(t *testing.T) {
	p := parsed(t, twoSites+"[break_glass]\ngroups = [\"Admin\"]\n[[group]]\nname = \"Admin\"\n[[user]]\nname = \"bob\"\ngroups = [\"Crew\"]\nsites = [\"North\"]\n"+
		"[[user]]\nname = \"eve\"\ngroups = [\"Crew\"]\nsites = [\"South\"]\n"+"[[group]]\nname = \"Crew\"\n")
	now := time.Date(2026, 11, 27, 13, 0, 0, 0, time.UTC)
	there := func() *grants.Snapshot {
		s := p.Offline(p.Sites[0])
		s.Now, s.Runner.Login = now, "sa"
		s.Principals = append(s.Principals, grants.Principal{ID: 5, Name: "bob", Type: grants.SQLUser}, grants.Principal{ID: 6, Name: "Admin", Type: grants.DatabaseRole, Managed: true},
			grants.Principal{ID: 7, Name: "eve", Type: grants.SQLUser})
		return s
	}
	open := func(user string) *Part {
		return &Part{Open: &Opening{User: p.User(user), Group: p.Group("Admin"), For: time.Hour, Reason: "month end"}}
	}
	for _, tt := range []struct {
		name   string
		part   *Part
		change func(*grants.Snapshot)
		mode   grants.Mode
		says   string // "" where it opens
	}{
		{"as it should be", open("bob"), func(*grants.Snapshot) {}, grants.All, ""},
		{"who has no user by the policy", open("eve"), func(*grants.Snapshot) {}, grants.All, "gives \"eve\" no user here"},
		{"whose user is not there yet", open("bob"), func(s *grants.Snapshot) { s.Principals[len(s.Principals)-3].Name = "other" }, grants.All, "no user here yet"},
		{"a role that is not there", open("bob"), func(s *grants.Snapshot) { s.Principals[len(s.Principals)-2].Managed = false }, grants.All, "is not here yet"},
		{"who is in one already", open("bob"), func(s *grants.Snapshot) {
			s.Members, s.Openings = []grants.Member{{Role: 6, Member: 5}}, []grants.OpeningRow{{User: 5, Text: hourOf(now).Text()}}
		}, grants.All, "for a while already"},
		{"whose property counts for nothing", open("bob"), func(s *grants.Snapshot) { s.Openings = []grants.OpeningRow{{User: 5, Text: "x"}} }, grants.All, "already, which counts for nothing"},
		{"a site that takes nothing", open("bob"), func(*grants.Snapshot) {}, grants.Add, "by which no run would take it back"},
		{"a reason that does not fit", &Part{Open: &Opening{User: p.User("bob"), Group: p.Group("Admin"), For: time.Hour, Reason: strings.Repeat("\x01", grants.MaxOpeningReason*2)}}, func(*grants.Snapshot) {}, grants.All, "shorter --reason"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := there()
			tt.change(s)
			w, _ := p.Wanted(s)
			before := len(w.Openings)
			got := tt.part.of(s, w, tt.mode)
			said := ""
			for _, f := range got.findings {
				said += f.Text()
			}
			if (tt.says == "") != (said == "") || !strings.Contains(said, tt.says) {
				t.Errorf("said %q, want %q", said, tt.says)
			}
			if opens := len(got.only.Members) == 1 && len(got.wanted.Openings) == before+1; opens != (tt.says == "") {
				t.Errorf("only %+v, openings %v", got.only, got.wanted.Openings)
			}
			if len(w.Openings) != before {
				t.Error("what is wanted for good was changed")
			}
		})
	}
	x, s := open("bob"), there()
	w, _ := p.Wanted(s)
	first := x.of(s, w, grants.All)
	s.Now = s.Now.Add(10 * time.Minute)
	if again := x.of(s, w, grants.All); again.wanted.Openings[0] != first.wanted.Openings[0] {
		t.Error("read again, it is another opening")
	}
	if x.over(s) {
		t.Error("it is over after ten minutes")
	}
	s.Now = now.Add(time.Hour)
	if !x.over(s) || len(x.of(s, w, grants.All).findings) == 0 {
		t.Error("it is not over after an hour")
	}
}

// TestPartHeals: mode add sends no DENY, and leaves a view that lost one to another mode.
func TestPartHeals(t *testing.T) {
	p := parsed(t, twoSites+"[[group]]\nname = \"Crew\"\n[[group.allow]]\nview = \"imvw_asset\"\npermissions = [\"select\"]\n[[group.deny]]\nview = \"imvw_site\"\npermissions = [\"select\"]\nreason = \"no\"\n")
	begin := p.Offline(p.Sites[0])
	w, _ := p.Wanted(begin)
	plan := grants.Diff(begin, w, grants.DiffOptions{})
	s, err := begin.With(plan.Changes)
	if err != nil {
		t.Fatal(err)
	}
	crew := 0
	for i, role := range s.Principals {
		if role.Name == "Crew" {
			crew, s.Principals[i].Mark = role.ID, grants.PlainMark+" 2026-11-27T12:00:00 "+plan.Changes[0].Holds
		}
	}
	s.Permissions = slices.DeleteFunc(slices.Clone(s.Permissions), func(r grants.PermissionRow) bool { return r.Grantee == crew })
	for i := range s.Views {
		s.Views[i].Created = time.Date(2026, 11, 27, 13, 0, 0, 0, time.UTC)
	}
	for mode, want := range map[grants.Mode]string{grants.All: "imvw_asset imvw_site", grants.Narrow: "imvw_asset imvw_site", grants.Add: "imvw_asset"} {
		got := (&Part{Heal: true}).of(s, w, mode)
		var names []string
		for _, r := range got.recreated {
			names = append(names, r.View)
		}
		if strings.Join(names, " ") != want || (len(got.findings) == 1) != (mode == grants.Add) {
			t.Errorf("mode %s heals %v, and says %v", mode, names, got.findings)
		}
	}
}

// hourOf is an opening of Admin for an hour.
func hourOf(now time.Time) grants.Opening {
	return grants.Opening{Group: "Admin", Role: "Admin", Opened: now, Until: now.Add(time.Hour), By: "sa", Reason: "month end"}
}

// TestLossOfAnOpeningIsNone: what ends was agreed when it began; a property that the
// policy does not give is no agreement, whoever wrote it.
func TestLossOfAnOpeningIsNone(t *testing.T) {
	const groups = "[[group]]\nname = \"Admin\"\n[[group.allow]]\nview = \"imvw_asset\"\npermissions = [\"select\"]\n[[user]]\nname = \"bob\"\ngroups = [\"Admin\"]\nsites = [\"South\"]\n" +
		"[[user.at]]\nsites = [\"North\"]\ngroups = [\"Crew\"]\n[[group]]\nname = \"Crew\"\n[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\"]\n"
	began := time.Date(2026, 11, 27, 13, 0, 0, 0, time.UTC)
	over, later, other := hourOf(began).Text(), hourOf(began), hourOf(began)
	later.Until, other.Group, other.Role = began.Add(9*time.Hour), "Crew", "Crew"
	for _, tt := range []struct {
		name, policy, text string
		part               bool
		lost               bool
	}{
		{"over", "[break_glass]\ngroups = [\"Admin\"]\n", over, false, false},
		{"over, and ended by its command", "[break_glass]\ngroups = [\"Admin\"]\n", over, true, false},
		{"of a group that is not prepared", "", over, false, true},
		{"longer than the policy gives", "[break_glass]\ngroups = [\"Admin\"]\n", later.Text(), false, true},
		{"of another group", "[break_glass]\ngroups = [\"Admin\"]\n", other.Text(), false, true},
		{"no property", "[break_glass]\ngroups = [\"Admin\"]\n", "x", false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := parsed(t, twoSites+tt.policy+groups)
			s := p.Offline(p.Sites[0])
			w, _ := p.Wanted(s)
			s, err := s.With(grants.Diff(s, w, grants.DiffOptions{}).Changes)
			if err != nil {
				t.Fatal(err)
			}
			id := map[string]int{}
			for _, x := range s.Principals {
				id[x.Name] = x.ID
			}
			s.Members = append(s.Members, grants.Member{Role: id["Admin"], Member: id["bob"]})
			s.Openings, s.Now = []grants.OpeningRow{{User: id["bob"], Text: tt.text}}, began.Add(time.Hour)
			o := PlanOptions{}
			if tt.part {
				o.Part = &Part{End: &Opening{User: p.User("bob"), Group: p.Group("Admin")}}
			}
			w, _ = p.Wanted(s)
			got := planSite(p, Reading{Site: p.Sites[0], Snapshot: s}, w, o)
			if lose := got.Plan.People.Lose; len(lose) != 1 || lose[0] != "bob" {
				t.Fatalf("%v lose something, of %v", lose, got.Plan.Changes)
			}
			found := got.known().rule5("North", grants.Guard{MaxLoss: 0.5})
			if lost := slices.ContainsFunc(found, func(f finding.Finding) bool { return f.Code == finding.LossTooLarge }); lost != tt.lost {
				t.Errorf("found %v, want a loss: %t", found, tt.lost)
			}
		})
	}
}
