package grants

import (
	"fmt"
	"testing"

	"grantree/catalog"
)

// fleetSite is the reference site R1: 400 views, 40 groups, 2,000 users. Each
// user is in the baseline and in three other groups; each group reaches two
// thirds of the views with one of five sets of permissions.
func fleetSite() (*Snapshot, *Wanted) {
	var views []string
	for i := range 400 {
		views = append(views, fmt.Sprintf("imvw_view_%03d", i))
	}
	site, want := newSite(views...), newWanted(views...)
	for g := range 40 {
		want.role(fmt.Sprintf("Group %02d", g))
	}
	sets := []catalog.Permissions{catalog.Select, catalog.Select | catalog.Update, catalog.Select | catalog.Insert | catalog.Update, catalog.All, catalog.Insert}
	for g := range 40 {
		for v, view := range views {
			if (v+g)%3 > 0 {
				want.entry(Granted, sets[(v*7+g)%len(sets)], view, fmt.Sprintf("Group %02d", g))
			}
		}
	}
	for u := range 2000 {
		name := fmt.Sprintf("user%04d", u)
		site.login(name)
		want.user(name)
		for i := range 4 {
			want.member(fmt.Sprintf("Group %02d", i*(u*7%13)%40), name)
		}
	}
	return site.Snapshot, want.Wanted
}

func BenchmarkDiffFirst(b *testing.B) {
	from, to := fleetSite()
	var plan *Plan
	for b.Loop() {
		plan = Diff(from, to, DiffOptions{})
	}
	b.ReportMetric(float64(plan.Statements()), "statements")
	b.ReportMetric(float64(plan.Naive), "naive")
}

func BenchmarkDiffNothing(b *testing.B) {
	from, to := fleetSite()
	from, err := from.With(Diff(from, to, DiffOptions{}).Changes)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if plan := Diff(from, to, DiffOptions{}); !plan.Empty() {
			b.Fatal("something to do")
		}
	}
}

// BenchmarkDiffLast takes everybody and everything out again.
func BenchmarkDiffLast(b *testing.B) {
	from, to := fleetSite()
	from, err := from.With(Diff(from, to, DiffOptions{}).Changes)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		Diff(from, &Wanted{Views: to.Views}, DiffOptions{})
	}
}

func BenchmarkAccess(b *testing.B) {
	from, to := fleetSite()
	from, err := from.With(Diff(from, to, DiffOptions{}).Changes)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		NewAccess(from)
	}
}

func BenchmarkLockout(b *testing.B) {
	from, to := fleetSite()
	plan := Diff(from, to, DiffOptions{})
	for b.Loop() {
		Lockout(from, to, plan, Guard{MaxLoss: 0.5, Administrators: "Admin"})
	}
}

func BenchmarkJudge(b *testing.B) {
	from, to := fleetSite()
	from, err := from.With(Diff(from, to, DiffOptions{}).Changes)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		Judge(from, to, Acceptance{}, pen)
	}
}

// BenchmarkInquire reads a site, and BenchmarkWho asks it about one view.
func BenchmarkInquire(b *testing.B) {
	from, to := fleetSite()
	from, err := from.With(Diff(from, to, DiffOptions{}).Changes)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		Inquire(from, to, Acceptance{})
	}
}

func BenchmarkWho(b *testing.B) {
	from, to := fleetSite()
	from, err := from.With(Diff(from, to, DiffOptions{}).Changes)
	if err != nil {
		b.Fatal(err)
	}
	q := Inquire(from, to, Acceptance{})
	q.Who("imvw_view_000", catalog.Select)
	for b.Loop() {
		q.Who("imvw_view_001", catalog.Delete)
		q.Unverified("imvw_view_001", catalog.Delete)
	}
}
