package grants

import "testing"

// TestLends: whoever writes the property of somebody, or puts somebody into the role that
// theirs names, lets them in for a while; nobody else does.
func TestLends(t *testing.T) {
	s := newSite("va").role("+Admin", "+Crew").user("+bob", "+ann")
	s.Openings = []OpeningRow{{s.id("bob"), hour.Text()}}
	for _, tt := range []struct {
		name string
		c    Change
		want string // the group, "?" for one that is not known
	}{
		{"the property", Change{Kind: BreakGlass, Principals: []string{"ann"}, Text: hour.Text()}, "Admin"},
		{"any property", Change{Kind: BreakGlass, Principals: []string{"ann"}, Text: "x"}, "?"},
		{"the role that it names", Change{Kind: AddMember, Role: "Admin", Principals: []string{"bob"}}, "Admin"},
		{"another role", Change{Kind: AddMember, Role: "Crew", Principals: []string{"bob"}}, ""},
		{"somebody who has none", Change{Kind: AddMember, Role: "Admin", Principals: []string{"ann"}}, ""},
		{"an end", Change{Kind: EndBreakGlass, Principals: []string{"bob"}, Text: hour.Text()}, ""},
		{"a way out", Change{Kind: DropMember, Role: "Admin", Principals: []string{"bob"}}, ""},
	} {
		got := ""
		for _, o := range s.Lends([]Change{tt.c}) {
			if got = o.Group; got == "" {
				got = "?"
			}
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestOnlyLends: an opening and its end are that and nothing more.
func TestOnlyLends(t *testing.T) {
	open, end := Change{Kind: BreakGlass, Principals: []string{"bob"}, Text: hour.Text()}, Change{Kind: EndBreakGlass, Principals: []string{"bob"}, Text: hour.Text()}
	in := Change{Kind: AddMember, Role: "Admin", Principals: []string{"bob"}}
	for _, tt := range []struct {
		name    string
		changes []Change
		want    bool
	}{
		{"nothing", nil, false},
		{"an opening", []Change{open, in}, true},
		{"an end", []Change{{Kind: DropMember, Role: "Admin", Principals: []string{"bob"}}, end}, true},
		{"a property that counted for nothing", []Change{{Kind: EndBreakGlass, Principals: []string{"bob"}, Text: "x"}}, true},
		{"a membership", []Change{in}, false},
		{"somebody else's", []Change{open, {Kind: AddMember, Role: "Admin", Principals: []string{"ann"}}}, false},
		{"another role's", []Change{open, {Kind: AddMember, Role: "Crew", Principals: []string{"bob"}}}, false},
		{"and a GRANT", []Change{open, in, {Kind: GrantOn, Schema: "dbo", View: "va", Principals: []string{"bob"}}}, false},
	} {
		if got := OnlyLends(tt.changes); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
}
