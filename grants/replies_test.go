package grants

import (
	"strings"
	"testing"

	"grantree/catalog"

	"github.com/google/go-cmp/cmp"
)

func TestCompareReplies(t *testing.T) {
	const su = catalog.Select | catalog.Update
	site := func() siteBuilder {
		return newSite("v", "w").role("+Crew", "+Admin").user("+ann", "+bob", "eve").member("Crew", "ann", "bob").
			row(Granted, "SELECT", "v", "Crew").row(Granted, "SELECT", "v", "Admin").row(Granted, "UPDATE", "w", "Admin")
	}
	want := newWanted("v", "w").role("Crew", "Admin").user("ann", "bob").member("Crew", "ann", "bob").
		entry(Granted, catalog.Select, "v", "Crew", "Admin").entry(Granted, catalog.Update, "w", "Admin")
	// truth is what a server would say: the model, unless the case says otherwise.
	truth := func(s siteBuilder) []Reply {
		a := NewAccess(s.Snapshot)
		var out []Reply
		for _, user := range a.Users() {
			answer := Reply{User: user, May: map[string]catalog.Permissions{}}
			for _, view := range []string{"v", "w"} {
				if may, _ := a.Of(user, view); !may.IsEmpty() {
					answer.May["dbo."+view] = may
				}
			}
			out = append(out, answer)
		}
		return out
	}
	for _, tt := range []struct {
		name     string
		site     siteBuilder
		answers  func([]Reply) []Reply
		unasked  []string
		want     []string
		asked    int
		accepted Accepted
	}{
		{name: "all as wanted", site: site(), asked: 24},
		{name: "in a role that the policy does not say", site: site().member("Admin", "bob"), asked: 24,
			want: []string{`access-beyond-policy "bob" is in "Admin", which the policy does not say: UPDATE on dbo.w`}},
		{name: "more through a role that it does say", site: site().row(Granted, "DELETE", "v", "Crew"), asked: 24, want: []string{
			`access-beyond-policy "ann" has more than the policy gives, through "Crew": DELETE on dbo.v`,
			`access-beyond-policy "bob" has more than the policy gives, through "Crew": DELETE on dbo.v`}},
		{name: "more of their own, on several views", site: site().row(Granted, "DELETE", "v", "ann").row(Granted, "SELECT", "w", "ann"), asked: 24,
			want: []string{`access-beyond-policy "ann" has more than the policy gives, of their own: 2 permissions on dbo.v, dbo.w (SELECT, DELETE)`}},
		{name: "denied", site: site().row(Denied, "SELECT", "v", "ann"), asked: 24,
			want: []string{`access-missing "ann" is denied what the policy gives: SELECT on dbo.v`}},
		{name: "denied to a role", site: site().role("Out").member("Out", "ann").row(Denied, "SELECT", "v", "Out"), asked: 24,
			want: []string{`access-missing "ann" is denied what the policy gives, through "Out": SELECT on dbo.v`}},
		{name: "denied to public", site: site().row(Denied, "SELECT", "v", "public"), asked: 24, want: []string{
			`access-missing "ann" is denied what the policy gives, through "public": SELECT on dbo.v`,
			`access-missing "bob" is denied what the policy gives, through "public": SELECT on dbo.v`}},
		{name: "CONTROL denied", site: site().row(Denied, "CONTROL", "v", "ann"), asked: 24,
			want: []string{`access-missing "ann" is denied what the policy gives: SELECT on dbo.v`}},
		{name: "denied on the schema", site: site().role("Out").member("Out", "ann").schemaRow(Denied, "SELECT", DboID, "Out"), asked: 24,
			want: []string{`access-missing "ann" is denied what the policy gives, through "Out", on the schema dbo: SELECT on dbo.v`}},
		{name: "denied on the view and on the schema", site: site().row(Denied, "SELECT", "v", "ann").schemaRow(Denied, "SELECT", DboID, "ann"), asked: 24,
			want: []string{`access-missing "ann" is denied what the policy gives: SELECT on dbo.v`}},
		{name: "denied on the database", site: site().databaseRow(Denied, "CONTROL", "ann"), asked: 24,
			want: []string{`access-missing "ann" is denied what the policy gives, on the database: SELECT on dbo.v`}},
		{name: "denied by a fixed role", site: site().member("db_denydatareader", "ann"), asked: 24,
			want: []string{`access-missing "ann" is denied what the policy gives, through "db_denydatareader": SELECT on dbo.v`}},
		{name: "denied on the server", site: site().server().serverRow(Denied, "SELECT ALL USER SECURABLES", "ann"), asked: 24,
			want: []string{`access-missing "ann" is denied what the policy gives, on the server: SELECT on dbo.v`}},
		{name: "denied on the server all that could give it", site: site().server().serverRow(Denied, "CONTROL SERVER", "bob"), asked: 24,
			want: []string{`access-missing "bob" is denied what the policy gives, on the server: SELECT on dbo.v`}},
		{name: "not given yet", site: newSite("v", "w").role("+Crew").user("+ann", "+bob"), asked: 16, want: []string{
			`access-missing "ann" lacks what the policy gives: SELECT on dbo.v`,
			`access-missing "bob" lacks what the policy gives: SELECT on dbo.v`}},
		{name: "a column too many", site: site().column(Granted, "UPDATE", "v", 1, "ann"), asked: 24,
			want: []string{`access-beyond-policy "ann" has permissions on single columns, which the policy does not give: UPDATE on dbo.v(id)`}},
		{name: "not there", site: newSite("v", "w").role("+Crew").user("+ann").member("Crew", "ann").row(Granted, "SELECT", "v", "Crew"), asked: 8,
			want: []string{`user-missing user "bob" does not exist`}},
		{name: "the server differs from the model", site: site(), asked: 24,
			answers: func(in []Reply) []Reply { in[2].May = map[string]catalog.Permissions{"dbo.w": su}; return in },
			want:    []string{`model-differs "eve" may, which the model does not expect: 2 permissions on dbo.w (SELECT, UPDATE)`}},
		{name: "the other way", site: site(), asked: 24,
			answers: func(in []Reply) []Reply { in[0].May = nil; return in },
			want: []string{`model-differs "ann" may not, which the model does not expect: SELECT on dbo.v`,
				`access-missing "ann" lacks what the policy gives: SELECT on dbo.v`}},
		{name: "more that is accepted", site: site().row(Granted, "UPDATE", "w", "public").row(Granted, "DELETE", "w", "public"), asked: 24,
			accepted: Accepted{place: map[string]int{"dbo.w": 0},
				may: map[string][]catalog.Permissions{"ann": {catalog.Update | catalog.Delete}, "bob": {catalog.Update}}},
			want: []string{`access-beyond-policy "bob" has more than the policy gives, through "public": DELETE on dbo.w`}},
		{name: "no answer for somebody", site: site(), asked: 16,
			answers: func(in []Reply) []Reply { in[1] = Reply{User: "bob", Refused: "no"}; return in }},
		{name: "a view that could not be asked about", site: site().member("Admin", "bob"), unasked: []string{"dbo.w"}, asked: 12},
	} {
		t.Run(tt.name, func(t *testing.T) {
			answers := truth(tt.site)
			if tt.answers != nil {
				answers = tt.answers(answers)
			}
			got := CompareReplies(NewAccess(tt.site.Snapshot), want.Wanted, "dbo", answers, tt.unasked, tt.accepted)
			var texts []string
			all := got.Differences
			for _, beyond := range got.Beyond {
				all = append(all, beyond...)
			}
			for _, f := range all.Sorted() {
				texts = append(texts, f.Code+" "+strings.TrimPrefix(f.Message, `site "North": `))
			}
			if d := cmp.Diff(tt.want, texts); d != "" {
				t.Error(d)
			}
			if got.Answers != tt.asked {
				t.Errorf("%d answers, want %d", got.Answers, tt.asked)
			}
		})
	}
}
