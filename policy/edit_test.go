package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/policy"

	"github.com/google/go-cmp/cmp"
)

// TestEditor makes one edit of a policy in two files: which lines go, which come,
// and why not, where it is refused.
func TestEditor(t *testing.T) {
	files := map[string]string{
		"p.toml": `include = ["people.toml"]
` + strings.TrimPrefix(fleet, "\n") + `
[license]
exempt = [
  "svc", # the report
  "bob", # the owner
]

[policy]
extends = "imaint"
adopt = ["Crew", "Planner"]

[[group]]
name = "Crew" # on deck

[[group.allow]]
view = "imvw_part"
permissions = ["select"]

[[group]]
name = "Public"

[[group]]
name = "Mechanic"
copies = "Mechanic"

[[group]]
name = "Leads"
role = "leads"
copies = "Crew"

[[group]]
name = "Admin"
copies = "Admin"

[[waiver]]
view = "imvw_part_component"
group = "Crew"
reason = "r"

[[test]]
user = "bob"
on = "imvw_part"
always = ["select"]
`,
		"people.toml": `# People.
[[user]]
name = "bob"
groups = ["Crew", "Planner"] # for now
sites = ["North"]
at = [ { sites = ["South"], groups = ["Crew"], allow = [ { view = "imvw_part", permissions = ["update"] } ] } ]

[[user]]
name = 'EX\carol'
groups = ["Planner"]
sites = ["*"]
until = 2025-06-30

[[user]]
name = "dan"
was = "daniel"
groups = ["Mechanic"]
sites = ["North"]

[[user.deny]]
view = "imvw_part"
permissions = ["delete"]

[[user]]
name = "fay"

[[user.at]]
sites = ["North", "South"] # both
groups = ["Planner"]
`,
	}
	text := func(s string) *string { return &s }
	for _, tt := range []struct {
		name    string
		edit    func(*policy.Editor) error
		want    string // file by file: lines that go and come
		refused string // why the edit is not made
		brought string // codes of errors that it brings
	}{
		{name: "a new user goes behind the last one, in its file",
			edit: func(e *policy.Editor) error {
				return e.AddUser(policy.User{Name: "eve", Login: `EX\eve`, NewLogin: true, Groups: []string{"Crew"}, Sites: []string{"North"}})
			},
			want: "people.toml +[[user]]|+name = \"eve\"|+login = \"EX\\\\eve\"|+auth = \"windows\"|+new_login = true|+groups = [\"Crew\"]|+sites = [\"North\"]"},
		{name: "two people of one name",
			edit: func(e *policy.Editor) error {
				return e.AddUser(policy.User{Name: "bob", Groups: []string{"Crew"}, Sites: []string{"North"}})
			},
			want: "people.toml +[[user]]|+name = \"bob\"|+groups = [\"Crew\"]|+sites = [\"North\"]", brought: "duplicate-user"},
		{name: "a group that is not there",
			edit: func(e *policy.Editor) error {
				return e.SetUser("dan", policy.UserChange{Groups: &[]string{"Mechanics"}})
			},
			want: "people.toml -groups = [\"Mechanic\"]|+groups = [\"Mechanics\"]", brought: "unknown-group"},
		{name: "sites in the place of every one, and one more",
			edit: func(e *policy.Editor) error {
				return e.EditSites(`EX\carol`, policy.ListEdit{Set: &[]string{"North"}, Add: []string{"South"}})
			},
			want: "people.toml -sites = [\"*\"]|+sites = [\"North\", \"South\"]"},
		{name: "a site less of every one",
			edit: func(e *policy.Editor) error {
				return e.EditSites(`EX\carol`, policy.ListEdit{Remove: []string{"South"}})
			},
			refused: `user "EX\\carol" may enter every site (sites = ["*"]), so that none can be taken away: say which they keep: grantree user set 'EX\carol' --site North`},
		{name: "a site more of every one",
			edit: func(e *policy.Editor) error {
				return e.EditSites(`EX\carol`, policy.ListEdit{Add: []string{"South"}})
			}},
		{name: "a site less, where the person has lines of their own",
			edit:    func(e *policy.Editor) error { return e.LeaveAt("bob", "south") },
			refused: `user "bob" has lines of their own in "South", which would go with it: take them away first, at people.toml:6:8`},
		{name: "groups in a site, where the person has lines of their own, which stay",
			edit: func(e *policy.Editor) error {
				return e.EditGroups("bob", "south", policy.ListEdit{Add: []string{"planner", "Crew"}})
			},
			want: `people.toml -at = [ { sites = ["South"], groups = ["Crew"], allow = [ { view = "imvw_part", permissions = ["update"] } ] } ]|+at = [ { sites = ["South"], groups = ["Crew", "planner"], allow = [ { view = "imvw_part", permissions = ["update"] } ] } ]`},
		{name: "groups in a site whose groups were the person's own",
			edit: func(e *policy.Editor) error {
				return e.EditGroups("dan", "North", policy.ListEdit{Add: []string{"Crew"}})
			},
			want: "people.toml +[[user.at]]|+sites = [\"North\"]|+groups = [\"Mechanic\", \"Crew\"]"},
		{name: "groups in one of two sites that had the same",
			edit: func(e *policy.Editor) error {
				return e.EditGroups("fay", "south", policy.ListEdit{Set: &[]string{"Leads"}})
			},
			want: "people.toml -sites = [\"North\", \"South\"] # both|+sites = [\"North\"] # both|+[[user.at]]|+sites = [\"South\"]|+groups = [\"Leads\"]"},
		{name: "out of one of two sites",
			edit: func(e *policy.Editor) error { return e.LeaveAt("fay", "North") },
			want: "people.toml -sites = [\"North\", \"South\"] # both|+sites = [\"South\"] # both"},
		{name: "a site that is not there less",
			edit:    func(e *policy.Editor) error { return e.EditSites("dan", policy.ListEdit{Remove: []string{"Nroth"}}) },
			refused: `there is no site "Nroth"; did you mean "North"?`},
		{name: "out of a site that is not there",
			edit:    func(e *policy.Editor) error { return e.LeaveAt("fay", "Nroth") },
			refused: `there is no site "Nroth"; did you mean "North"?`},
		{name: "sites of nobody",
			edit:    func(e *policy.Editor) error { return e.EditSites("eve", policy.ListEdit{Add: []string{"North"}}) },
			refused: `there is no user "eve"`},
		{name: "out of a group that all are in",
			edit: func(e *policy.Editor) error {
				return e.EditGroups("dan", "", policy.ListEdit{Remove: []string{"public"}})
			},
			refused: `every user is in group "Public"`},
		{name: "a login of sa's",
			edit: func(e *policy.Editor) error {
				return e.AddUser(policy.User{Name: "boss", Login: "SA", Groups: []string{"Crew"}, Sites: []string{"North"}})
			},
			refused: `the login "SA" is the server's own administrator, which can have no user: give the person a login of their own`},
		{name: "a name in capitals",
			edit: func(e *policy.Editor) error { return e.RenameUser("bob", "BOB", false) },
			want: "p.toml -  \"bob\", # the owner|+  \"BOB\", # the owner|-user = \"bob\"|+user = \"BOB\"\npeople.toml -name = \"bob\"|+name = \"BOB\"|+was = \"bob\""},
		{name: "a rule that is broken", // nobody but Admin may delete work orders
			edit: func(e *policy.Editor) error {
				_, err := e.AddLine("dan", "", false, policy.Entry{View: "imvw_work_order_comments", Permissions: 8})
				return err
			},
			want: "people.toml +[[user.allow]]|+view = \"imvw_work_order_comments\"|+permissions = [\"delete\"]", brought: "child-above-parent"},
		{name: "a view that is one slip away",
			edit: func(e *policy.Editor) error {
				_, err := e.AddLine("dan", "", false, policy.Entry{View: "imvw_parts", Permissions: 1})
				return err
			},
			want: "people.toml +[[user.allow]]|+view = \"imvw_parts\"|+permissions = [\"select\"]", brought: "unknown-view"},
		{name: "whoever is not there",
			edit: func(e *policy.Editor) error { return e.RemoveUser("bbo") }, refused: `there is no user "bbo"; did you mean "bob"?`},
		{name: "what is about a person goes with them",
			edit: func(e *policy.Editor) error { return e.RemoveUser("BOB") },
			want: "p.toml -[[test]]|-user = \"bob\"|-on = \"imvw_part\"|-always = [\"select\"]\n" +
				"people.toml -[[user]]|-name = \"bob\"|-groups = [\"Crew\", \"Planner\"] # for now|-sites = [\"North\"]|-at = [ { sites = [\"South\"], groups = [\"Crew\"], allow = [ { view = \"imvw_part\", permissions = [\"update\"] } ] } ]"},
		{name: "a person of another name",
			edit: func(e *policy.Editor) error { return e.RenameUser("bob", "rob", false) },
			want: "p.toml -  \"bob\", # the owner|+  \"rob\", # the owner|-user = \"bob\"|+user = \"rob\"\n" +
				"people.toml -name = \"bob\"|+name = \"rob\"|+was = \"bob\""},
		{name: "and the login keeps its own",
			edit: func(e *policy.Editor) error { return e.RenameUser("bob", "rob", true) },
			want: "p.toml -  \"bob\", # the owner|+  \"rob\", # the owner|-user = \"bob\"|+user = \"rob\"\n" +
				"people.toml -name = \"bob\"|+name = \"rob\"|+was = \"bob\"|+login = \"bob\""},
		{name: "an account of Windows keeps its name",
			edit: func(e *policy.Editor) error { return e.RenameUser(`EX\carol`, "carol", false) },
			want: "people.toml -name = 'EX\\carol'|+name = \"carol\"|+was = \"EX\\\\carol\"|+login = \"EX\\\\carol\""},
		{name: "who is being renamed already",
			edit: func(e *policy.Editor) error { return e.RenameUser("dan", "danny", false) }, refused: `user "dan" is being renamed already: it has was = "daniel"; apply that in every site, take was away, and rename it then`},
		{name: "fields are taken away and set",
			edit: func(e *policy.Editor) error {
				return e.SetUser("dan", policy.UserChange{Was: text(""), Email: text("d@example.com"), Login: text("dan"), Sites: &[]string{"North"}})
			},
			want: "people.toml -was = \"daniel\"|+email = \"d@example.com\""},
		{name: "what is so already",
			edit: func(e *policy.Editor) error {
				off, end := false, moment("2025-06-30")
				return e.SetUser(`EX\carol`, policy.UserChange{Inactive: &off, Until: &end})
			}},
		{name: "a line in one site",
			edit: func(e *policy.Editor) error {
				_, err := e.AddLine("bob", "South", true, policy.Entry{On: "Reports", Permissions: 3, Reason: "r"})
				return err
			},
			want: "people.toml -at = [ { sites = [\"South\"], groups = [\"Crew\"], allow = [ { view = \"imvw_part\", permissions = [\"update\"] } ] } ]|" +
				"+at = [ { sites = [\"South\"], groups = [\"Crew\"], allow = [ { view = \"imvw_part\", permissions = [\"update\"] } ], deny = [{ on = \"Reports\", permissions = [\"select\", \"insert\"], reason = \"r\" }] } ]"},
		{name: "a line in a site that is not elsewhere",
			edit: func(e *policy.Editor) error {
				_, err := e.AddLine("bob", "North", true, policy.Entry{On: "Reports", Permissions: 1})
				return err
			}, refused: `user "bob" has no [[user.at]] for the site "North": without --site the line holds in all of their sites`},
		{name: "a person's own lines are taken away",
			edit: func(e *policy.Editor) error {
				n, err := e.RemoveLines("dan", "IMVW_PART")
				if n != 1 {
					return fmt.Errorf("%d lines", n)
				}
				return err
			},
			want: "people.toml -[[user.deny]]|-view = \"imvw_part\"|-permissions = [\"delete\"]"},
		{name: "a group's own line",
			edit: func(e *policy.Editor) error {
				_, err := e.AddGroupLine("leads", true, policy.Entry{View: "imvw_part", Permissions: 1, Overrides: true, Reason: "r"})
				return err
			},
			want: `p.toml +[[group.deny]]|+view = "imvw_part"|+permissions = ["select"]|+overrides = true|+reason = "r"`},
		{name: "the vendor's groups get no line",
			edit: func(e *policy.Editor) error {
				_, err := e.AddGroupLine("Planner", false, policy.Entry{View: "imvw_part", Permissions: 1})
				return err
			}, refused: `group "Planner" is the vendor's and stands in none of the policy's files, so it cannot be edited; copy it: grantree group copy`},
		{name: "a group's own lines are taken away",
			edit: func(e *policy.Editor) error {
				n, err := e.RemoveGroupLines("Crew", "IMVW_PART")
				if n != 1 {
					return fmt.Errorf("%d lines", n)
				}
				return err
			},
			want: "p.toml -[[group.allow]]|-view = \"imvw_part\"|-permissions = [\"select\"]"},
		{name: "a group of another name is followed",
			edit: func(e *policy.Editor) error { return e.RenameGroup("Crew", "Deck") },
			want: "p.toml -adopt = [\"Crew\", \"Planner\"]|+adopt = [\"Deck\", \"Planner\"]|-name = \"Crew\" # on deck|+name = \"Deck\" # on deck|+was = \"Crew\"|-copies = \"Crew\"|+copies = \"Deck\"|-group = \"Crew\"|+group = \"Deck\"\n" +
				"people.toml -groups = [\"Crew\", \"Planner\"] # for now|+groups = [\"Deck\", \"Planner\"] # for now|-at = [ { sites = [\"South\"], groups = [\"Crew\"], allow = [ { view = \"imvw_part\", permissions = [\"update\"] } ] } ]|+at = [ { sites = [\"South\"], groups = [\"Deck\"], allow = [ { view = \"imvw_part\", permissions = [\"update\"] } ] } ]"},
		{name: "a role with a name of its own stays",
			edit: func(e *policy.Editor) error { return e.RenameGroup("Leads", "Heads") },
			want: "p.toml -name = \"Leads\"|+name = \"Heads\""},
		{name: "a group that took the vendor's place does not give it back",
			edit: func(e *policy.Editor) error { return e.RenameGroup("Mechanic", "Fitter") },
			want: "p.toml +without = [\"Mechanic\"]|-name = \"Mechanic\"|+name = \"Fitter\"|+was = \"Mechanic\"\npeople.toml -groups = [\"Mechanic\"]|+groups = [\"Fitter\"]"},
		{name: "the baseline stays one, with its role",
			edit: func(e *policy.Editor) error { return e.RenameGroup("Public", "Everybody") },
			want: "p.toml +without = [\"Public\"]|-name = \"Public\"|+name = \"Everybody\"|+role = \"imaint_users\"|+baseline = true"},
		{name: "the administrators stay so",
			edit: func(e *policy.Editor) error { return e.RenameGroup("Admin", "Bosses") },
			want: "p.toml +administrators = \"Bosses\"|+without = [\"Admin\"]|-name = \"Admin\"|+name = \"Bosses\"|+was = \"Admin\""},
		{name: "a vendor's group is not renamed",
			edit: func(e *policy.Editor) error { return e.RenameGroup("Planner", "Planners") }, refused: `group "Planner" is the vendor's and stands in none of the policy's files, so it cannot be renamed; copy it: grantree group copy`},
		{name: "a preset is not removed",
			edit: func(e *policy.Editor) error { return e.RemoveGroup("preset: iGuest") }, refused: `"preset: iGuest" is built in and can only be copied`},
		{name: "a group with members is not removed",
			edit: func(e *policy.Editor) error { return e.RemoveGroup("Planner") }, refused: `3 users are still in group "Planner": "EX\\carol", "bob" and "fay"; put them into another one first`},
		{name: "the baseline is not removed",
			edit: func(e *policy.Editor) error { return e.RemoveGroup("Public") }, refused: `every user is in group "Public": give another one baseline = true first`},
		{name: "nor the administrators",
			edit: func(e *policy.Editor) error { return e.RemoveGroup("Admin") }, refused: `group "Admin" administers the sites: name another one as [policy] administrators first`},
		{name: "a vendor's group that nobody is in is left out",
			edit: func(e *policy.Editor) error { return e.RemoveGroup("PO Requestor") },
			want: "p.toml +without = [\"PO Requestor\"]"},
		{name: "a group that nobody is in",
			edit: func(e *policy.Editor) error { return e.RemoveGroup("Leads") },
			want: "p.toml -name = \"Leads\"|-role = \"leads\"|-copies = \"Crew\"|-[[group]]"},
		{name: "a copy goes behind the last group",
			edit: func(e *policy.Editor) error { return e.CopyGroup("Planner", "Nights", []string{"Reports"}, false) },
			want: "p.toml +[[group]]|+name = \"Nights\"|+copies = \"Planner\"|+without = [\"Reports\"]"},
		{name: "a copy with its lines",
			edit: func(e *policy.Editor) error { return e.CopyGroup("Leads", "Nights", nil, true) },
			want: "p.toml +[[group]]|+name = \"Nights\"|+copies = \"Crew\""},
		{name: "a copy of a preset with its lines",
			edit: func(e *policy.Editor) error { return e.CopyGroup("preset: Read-Only", "Nights", nil, true) },
			want: "p.toml +[[group]]|+name = \"Nights\"|+[[group.allow]]|+on = \"Reports\"|+permissions = [\"select\"]|+source = \"Fentu: Reports and dashboards\""},
		{name: "a copy of nothing",
			edit: func(e *policy.Editor) error { return e.CopyGroup("preset: Read Only", "Nights", nil, false) }, refused: `there is no group "preset: Read Only"; did you mean "preset: Read-Only"?`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, err := policy.NewEditor(policy.Source{File: "p.toml", Data: []byte(files["p.toml"])}, func(name string) ([]byte, error) { return []byte(files[name]), nil })
			if err != nil {
				t.Fatal(err)
			}
			err = tt.edit(e)
			if err != nil || tt.refused != "" {
				if err == nil || err.Error() != tt.refused {
					t.Fatalf("%v, want %s", err, tt.refused)
				}
				return
			}
			done, err := e.Result(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
			if err != nil {
				t.Fatal(err)
			}
			var got, codes []string
			for _, c := range done.Files {
				got = append(got, c.File+" "+strings.Join(differ(string(c.Before), string(c.After)), "|"))
			}
			for _, f := range done.Brought.Of("error") {
				codes = append(codes, f.Code)
			}
			if d := cmp.Diff(tt.want, strings.Join(got, "\n")); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
			if got := strings.Join(codes, " "); got != tt.brought {
				t.Errorf("brought %q, want %q: %v", got, tt.brought, done.Brought)
			}
		})
	}
}

// differ lists the lines of a that b lacks, and those that b has more, in the
// order of the text; blank ones are left out.
func differ(a, b string) []string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	long := make([][]int, len(x)+1) // of the lines that are left, how many both have
	for i := range long {
		long[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if long[i][j] = max(long[i+1][j], long[i][j+1]); x[i] == y[j] {
				long[i][j] = long[i+1][j+1] + 1
			}
		}
	}
	var out []string
	for i, j := 0, 0; i < len(x) || j < len(y); {
		switch {
		case i < len(x) && j < len(y) && x[i] == y[j]:
			i, j = i+1, j+1
		case j == len(y) || i < len(x) && long[i+1][j] >= long[i][j+1]:
			out = append(out, "-"+x[i])
			i++
		default:
			out = append(out, "+"+y[j])
			j++
		}
	}
	return slices.DeleteFunc(out, func(l string) bool { return len(l) == 1 })
}
