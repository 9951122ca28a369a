package lint_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/finding"
	"grantree/lint"
	"grantree/policy"

	"github.com/google/go-cmp/cmp"
)

// today is the day on which policies are looked at here.
var today = time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC)

// fleet is two sites, one that is retired, and a small catalog.
const fleet = `[catalog]
file = "c.toml"
[server.main]
url = "sqlserver://sql01.example:1433"
[[site]]
name = "North"
server = "main"
database = "N"
[[site]]
name = "South"
server = "main"
database = "S"
[[site]]
name = "Old"
server = "main"
database = "O"
retired = true
reason = "closed"
`

const tree = `name = "small"
prefix = "v_"
schema = "dbo"
[levels]
parent = { granted = true }
child = { granted = true }
search = { always = ["select"] }
[[node]]
path = "Work"
[[node]]
path = "Work | Orders"
views = [ { name = "v_order", level = "parent" }, { name = "v_split", level = "child" }, { name = "v_pay", level = "search" } ]
[[node]]
path = "Work | Cards"
views = [ { name = "v_card", level = "parent" }, { name = "v_split", level = "child" } ]
[[node]]
path = "Stock"
[[node]]
path = "Stock | Items"
views = [ { name = "v_item", level = "parent" } ]
[[node]]
path = "Stock | Items | Counts"
views = [ { name = "v_count", level = "parent" } ]
[[node]]
path = "Pay"
views = [ { name = "v_pay", level = "parent" } ]
`

func parse(t testing.TB, text string) *policy.Policy {
	t.Helper()
	p, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(text)}, func(string) ([]byte, error) { return []byte(tree), nil })
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

// said is what is found of some codes, or of all where none is named, a line each.
func said(found finding.List, codes ...string) string {
	var b strings.Builder
	for _, f := range found {
		if len(codes) == 0 || slices.Contains(codes, f.Code) {
			b.WriteString(string(f.Severity) + " " + f.String() + "\n")
		}
	}
	return b.String()
}

// group and user write parts of a policy.
func group(name string, lines ...string) string {
	return "[[group]]\nname = \"" + name + "\"\n" + strings.Join(lines, "")
}

func line(kind, on string, permissions string, more ...string) string {
	target := "on = \"" + on + "\""
	switch {
	case on == "*":
		target = "views = \"*\""
	case strings.HasPrefix(on, "v_"):
		target = "view = \"" + on + "\""
	}
	return "[[" + kind + "]]\n" + target + "\npermissions = [\"" + strings.ReplaceAll(permissions, " ", "\", \"") + "\"]\n" + strings.Join(more, "")
}

func allow(on, permissions string, more ...string) string {
	return line("group.allow", on, permissions, more...)
}
func deny(on, permissions string, more ...string) string {
	return line("group.deny", on, permissions, more...)
}

func user(name, groups, sites string, more ...string) string {
	list := func(names string) string { return "[\"" + strings.ReplaceAll(names, " ", "\", \"") + "\"]" }
	return "[[user]]\nname = \"" + name + "\"\ngroups = " + list(groups) + "\nsites = " + list(sites) + "\n" + strings.Join(more, "")
}

const reason = "reason = \"r\"\n"

func TestPolicy(t *testing.T) {
	overrides := "overrides = true\n" + reason
	tests := []struct {
		name, text string
		codes      []string
		want       string
	}{
		{"nothing to say", group("A", allow("Work", "select")) + group("B", allow("Stock", "select"), allow("Pay", "update")) + user("ann", "A B", "*"), nil, ""},

		{"twins", group("A", allow("v_order", "select")) + group("B", allow("v_order", "select")) + user("ann", "A B", "North"),
			[]string{finding.GroupTwin, finding.GroupSubset, finding.MemberNeedless},
			`warning p.toml:24:1: groups "A" and "B" give the same (SELECT on v_order); put its people into "A", and remove it: grantree group remove B -f p.toml (group-twin)
warning p.toml:29:1: user "ann" is in group "B" and in "A", which gives all that it does; grantree user set ann --remove-group B -f p.toml (member-needless)
`},
		{"a twin that cannot just be removed", "[policy]\nadministrators = \"B\"\n" + group("A", allow("v_order", "select")) + group("B", allow("v_order", "select")) + user("ann", "A", "North"),
			[]string{finding.GroupTwin, finding.GroupWithoutUsers},
			`warning p.toml:26:1: groups "A" and "B" give the same (SELECT on v_order) (group-twin)
warning p.toml:26:1: nobody active is in group "B" (group-without-users)
`},
		{"names that a shell would obey", group("A", allow("v_order", "select")) + group("$(id)`", allow("v_order", "select")) + group("-x", allow("v_item", "select")) + user("ann", "A", "North"),
			[]string{finding.GroupWithoutUsers},
			`warning p.toml:24:1: nobody active is in group "$(id)` + "`" + `"; grantree group remove "\$(id)\` + "`" + `" -f p.toml (group-without-users)
warning p.toml:29:1: nobody active is in group "-x"; grantree group remove … -f p.toml (group-without-users)
`},
		{"a deny is no twin", group("A", allow("v_order", "select")) + group("B", allow("v_order", "select"), deny("v_item", "select")), []string{finding.GroupTwin, finding.GroupSubset},
			`note p.toml:19:1: group "A" gives nothing that group "B" does not (SELECT on v_order); "B" denies more (SELECT on v_item) (group-subset)` + "\n"},
		{"a line that ends is no twin", group("A", allow("v_order", "select")) + group("B", allow("v_order", "select", "until = 2027-01-01\n")), []string{finding.GroupTwin, finding.GroupSubset}, ""},
		{"a subset", group("A", allow("Stock | Items", "select")) + group("B", allow("Stock", "select update"), allow("Pay", "select")) + group("C", allow("*", "select insert update delete")),
			[]string{finding.GroupTwin, finding.GroupSubset},
			`note p.toml:19:1: group "A" gives nothing that group "B" does not (SELECT on Items); "B" gives more (UPDATE on Items; SELECT on Pay) (group-subset)` + "\n"},
		{"the least that gives more", group("A", allow("v_item", "select")) + group("C", allow("Stock", "select update"), allow("Pay", "select")) + group("B", allow("Stock", "select")),
			[]string{finding.GroupSubset},
			`note p.toml:19:1: group "A" gives nothing that group "B" does not (SELECT on v_item); "B" gives more (SELECT on Counts) (group-subset)
note p.toml:32:1: group "B" gives nothing that group "C" does not (SELECT on Items); "C" gives more (UPDATE on Items; SELECT on Pay) (group-subset)
`},
		{"of two that give more", group("A", allow("v_item", "select")) + group("B", allow("v_item", "select update")) + group("C", allow("v_item", "select delete")),
			[]string{finding.GroupSubset},
			`note p.toml:19:1: group "A" gives nothing that each of the groups "B" and "C" does not (SELECT on v_item); "B" gives more (UPDATE on v_item) (group-subset)` + "\n"},
		{"every view of the catalog is not every view", group("A", allow("*", "select")) + group("B", allow("Work", "select"), allow("Stock", "select"), allow("Pay", "select")),
			[]string{finding.GroupTwin, finding.GroupSubset}, `note p.toml:24:1: group "B" gives nothing that group "A" does not (SELECT on every view); "A" gives more (views that the catalog does not have) (group-subset)` + "\n"},
		{"a copy with more, and who is in both", group("A", allow("Pay", "select")) + group("B", "copies = \"A\"\n", allow("Work | Cards", "select")) + user("ann", "A B", "North") + user("bob", "A B", "South"),
			[]string{finding.GroupSubset, finding.MemberNeedless},
			`warning p.toml:30:1: users "ann" and "bob" are in group "A" and in "B", which gives all that it does; take "A" out of their groups (member-needless)` + "\n"},
		{"what everybody has", group("All", "baseline = true\n", allow("Pay", "select")) + group("A", allow("v_pay", "select")) + user("ann", "A", "North"),
			[]string{finding.GroupSubset, finding.MemberNeedless, finding.GroupTwin, finding.UserGetsNothing},
			`warning p.toml:25:1: groups "All" and "A" give the same (SELECT on Pay); everybody is in "All": take its people out of "A", and remove it: grantree group remove A -f p.toml (group-twin)
warning p.toml:30:1: user "ann" is in group "A", which gives nothing that everybody does not have by group "All"; give "A" what it is to give, or remove it (member-needless)
warning p.toml:30:1: user "ann" may do nothing in site "North" but what everybody may by group "All"; put them into a group that gives what they need, or take the site away (user-gets-nothing)
`},

		{"a line that another has", group("A", allow("Work | Orders", "select update"), allow("v_split", "select", reason)), []string{finding.LineNeedless},
			`warning p.toml:24:1: the line of group "A", SELECT on v_split, gives nothing that p.toml:21:1 does not; remove the line (line-needless)` + "\n"},
		{"of two the later", group("A", allow("v_item", "select"), allow("v_item", "select")), []string{finding.LineNeedless},
			`warning p.toml:24:1: the line of group "A", SELECT on v_item, gives nothing that p.toml:21:1 does not; remove the line (line-needless)` + "\n"},
		{"not for one that ends", group("A", allow("v_item", "select", "until = 2027-01-01\n"), allow("v_item", "select")), []string{finding.LineNeedless},
			`warning p.toml:21:1: the line of group "A", SELECT on v_item, gives nothing that p.toml:25:1 does not; remove the line (line-needless)` + "\n"},
		{"in a copy too", group("A", allow("Stock", "select"), allow("v_item", "select")) + group("B", "copies = \"A\"\nwithout = [\"Stock | Items | Counts\"]\n"), []string{finding.LineNeedless},
			`warning p.toml:24:1: the line of group "A", SELECT on v_item, gives nothing that p.toml:21:1 does not; remove the line (line-needless)` + "\n"},
		{"in a copy whose name comes before", group("B", allow("Stock", "select"), allow("v_item", "select")) + group("A", "copies = \"B\"\n"), []string{finding.LineNeedless},
			`warning p.toml:24:1: the line of group "B", SELECT on v_item, gives nothing that p.toml:21:1 does not; remove the line (line-needless)` + "\n"},
		{"not where a copy needs it", group("A", allow("Work | Orders", "select"), allow("v_pay", "select")) + group("B", "copies = \"A\"\nwithout = [\"Work | Orders\"]\n"), []string{finding.LineNeedless}, ""},
		{"a person's, whose groups give it", group("A", allow("Stock", "select")) + user("ann", "A", "*", line("user.allow", "v_item", "select")), []string{finding.LineNeedless},
			`warning p.toml:28:1: the line of user "ann", SELECT on v_item, gives nothing that p.toml:21:1 does not; remove the line (line-needless)` + "\n"},
		{"not where they do in one site alone", group("A", allow("Stock", "select")) + group("B", allow("Pay", "select")) +
			user("ann", "A", "North", line("user.allow", "v_item", "select"), "[[user.at]]\nsites = [\"South\"]\ngroups = [\"B\"]\n"), []string{finding.LineNeedless, finding.LineDenied}, ""},
		{"denied in its group", group("A", allow("Stock", "select"), allow("v_item", "update"), deny("v_item", "update", reason)), []string{finding.LineDenied},
			`warning p.toml:24:1: the line of group "A", UPDATE on v_item, gives nobody anything: denied at p.toml:27:1; remove the line, or the deny (line-denied)` + "\n"},
		{"one part given, the other denied", group("A", allow("Stock", "select"), allow("v_item", "select update"), deny("v_item", "update", reason)), []string{finding.LineDenied, finding.LineNeedless},
			`warning p.toml:24:1: the line of group "A", SELECT, UPDATE on v_item, gives nothing that p.toml:21:1 does not, or that is not denied at p.toml:27:1; remove the line (line-needless)` + "\n"},
		{"denied to all of its members", group("A", allow("v_item", "select")) + group("B", allow("Pay", "select"), deny("v_item", "select", overrides)) + user("ann", "A B", "*"), []string{finding.LineDenied},
			`warning p.toml:21:1: the line of group "A", SELECT on v_item, gives nobody anything: denied at p.toml:29:1; remove the line, or the deny (line-denied)` + "\n"},
		{"not to one of them", group("A", allow("v_item", "select")) + group("B", allow("Pay", "select"), deny("v_item", "select", overrides)) + user("ann", "A B", "*") + user("bob", "A", "*"), []string{finding.LineDenied}, ""},
		{"not by a deny that ends", group("A", allow("v_item", "update"), deny("v_item", "update", reason, "until = 2027-01-01\n")), []string{finding.LineDenied}, ""},

		{"a deny on a node takes a view of another", group("A", allow("Work | Orders", "select"), deny("Work | Cards", "select", reason)), []string{finding.DenyTakesMore},
			`warning p.toml:24:1: the deny of SELECT on Work | Cards of group "A" takes v_split from the screens of Orders too, where p.toml:21:1 gives it; if these screens need it, add except = ["v_split"] to the deny (deny-takes-more)` + "\n"},
		{"of what members have by another group", group("A", deny("Work | Cards", "select", overrides)) + group("B", allow("Work | Orders", "select")) + user("ann", "A B", "North"), []string{finding.DenyTakesMore},
			`warning p.toml:21:1: the deny of SELECT on Work | Cards of group "A" takes v_split from the screens of Orders too, where p.toml:28:1 gives it; if these screens need it, add except = ["v_split"] to the deny (deny-takes-more)` + "\n"},
		{"nobody has it there", group("A", allow("Stock", "select"), deny("Work | Cards", "select")), []string{finding.DenyTakesMore},
			`note p.toml:24:1: the deny of SELECT on Work | Cards of group "A" takes v_split from the screens of Orders too; if these screens need it, add except = ["v_split"] to the deny (deny-takes-more)` + "\n"},
		{"excepted", group("A", allow("Work | Orders", "select"), deny("Work | Cards", "select", "except = [\"v_split\"]\n", reason)), []string{finding.DenyTakesMore}, ""},
		{"in a copy too, whose name comes before", group("B", allow("Work | Orders", "select"), deny("Work | Cards", "select", reason), allow("v_split", "update")) + group("A", "copies = \"B\"\n"), []string{finding.DenyTakesMore, finding.LineNeedless, finding.LineDenied},
			`warning p.toml:24:1: the deny of SELECT on Work | Cards of group "B" takes v_split from the screens of Orders too, where p.toml:21:1 gives it; if these screens need it, add except = ["v_split"] to the deny (deny-takes-more)` + "\n"},
		{"a node that the deny leaves out", group("A", allow("Work | Cards", "select"), deny("Work", "select", "except = [\"Cards\"]\n", reason)), []string{finding.DenyTakesMore},
			`warning p.toml:24:1: the deny of SELECT on Work of group "A" takes v_split from the screens of Cards too, where p.toml:21:1 gives it; if these screens need it, add except = ["v_split"] to the deny (deny-takes-more)` + "\n"},
		{"what every view gives", group("A", allow("*", "select"), deny("Work | Cards", "select", reason)), []string{finding.DenyTakesMore},
			`warning p.toml:24:1: the deny of SELECT on Work | Cards of group "A" takes v_split from the screens of Orders too, where p.toml:21:1 gives it; if these screens need it, add except = ["v_split"] to the deny (deny-takes-more)` + "\n"},
		{"both nodes are denied", group("A", deny("Work", "select")), []string{finding.DenyTakesMore}, ""},
		{"a view by its name", group("A", allow("Work | Orders", "select")) + user("ann", "A", "*", line("user.deny", "v_pay", "select")), []string{finding.DenyTakesMore},
			`note p.toml:28:1: the deny of SELECT on v_pay of user "ann" takes it from the screens of Orders and Pay too (deny-takes-more)` + "\n"},

		{"a group that gives nothing", group("A", allow("Pay", "select")) + group("B") + user("ann", "A", "*") + user("bob", "A B", "*", "inactive = true\n"), []string{finding.GroupGivesNothing, finding.GroupWithoutUsers},
			`warning p.toml:24:1: group "B" gives nothing on any view; add [[group.allow]] lines, or remove it (group-gives-nothing)
warning p.toml:24:1: nobody active is in group "B" (group-without-users)
`},
		{"groups of sites that are not the first", group("A", "sites = [\"North\"]\n", allow("Work", "select")) +
			group("Crew", "sites = [\"South\"]\n", allow("Stock", "select"), allow("v_item", "select")) + group("Like", "copies = \"Crew\"\n", "sites = [\"South\"]\n") + group("Wide", allow("Stock", "select"), allow("Pay", "select")) +
			group("Gone", "sites = [\"Old\"]\n") + group("None", "sites = [\"South\"]\n") + user("ann", "A Crew Like", "*"), []string{finding.GroupGivesNothing, finding.GroupTwin, finding.GroupSubset, finding.LineNeedless},
			`note p.toml:25:1: group "Crew" gives nothing that group "Wide" does not (SELECT on Items); "Wide" gives more (SELECT on Pay) (group-subset)
warning p.toml:31:1: the line of group "Crew", SELECT on v_item, gives nothing that p.toml:28:1 does not; remove the line (line-needless)
warning p.toml:34:1: groups "Crew" and "Like" give the same (SELECT on Items); put its people into "Crew", and remove it: grantree group remove Like -f p.toml (group-twin)
warning p.toml:49:1: group "None" gives nothing on any view; add [[group.allow]] lines, or remove it (group-gives-nothing)
`},
		{"one role of two groups", group("A", "role = \"R\"\n", "sites = [\"North\"]\n", allow("Work", "select")) + group("B", "role = \"R\"\n", "sites = [\"South\"]\n", allow("Stock", "select"), allow("v_item", "select")) + user("ann", "A B", "*"),
			[]string{finding.GroupGivesNothing, finding.GroupWithoutUsers, finding.LineNeedless},
			`warning p.toml:33:1: the line of group "B", SELECT on v_item, gives nothing that p.toml:30:1 does not; remove the line (line-needless)` + "\n"},
		{"a group that is of fewer sites", group("A", allow("Pay", "select")) + group("B", "sites = [\"South\"]\n", allow("Pay", "select")), []string{finding.GroupTwin, finding.GroupSubset},
			`note p.toml:24:1: group "B" gives nothing that group "A" does not (SELECT on Pay); "A" is in more sites (group-subset)` + "\n"},
		{"a group that is copied is used", group("A", allow("Pay", "select")) + group("B", "copies = \"A\"\n", allow("Work", "select")) + group("C", allow("Stock", "select")) + user("ann", "B", "*"), []string{finding.GroupWithoutUsers},
			`warning p.toml:30:1: nobody active is in group "C"; grantree group remove C -f p.toml (group-without-users)` + "\n"},
		{"people who get nothing", group("A", allow("Pay", "select")) + group("B", allow("v_pay", "select"), deny("v_pay", "select", reason)) + user("ann", "A", "*", "[[user.at]]\nsites = [\"South\"]\ngroups = [\"B\"]\n") + user("bob", "B", "South") + user("cid", "A", "Old"),
			[]string{finding.UserGetsNothing, finding.UserWithoutSite},
			`warning p.toml:33:1: users "ann" and "bob" may do nothing in site "South"; put them into a group that gives what they need, or take the site away (user-gets-nothing)
warning p.toml:44:1: the sites of user "cid" are all retired; give them a site that is in use, or write inactive = true (user-without-site)
`},
		{"people with odd names", group("A", "[[group.allow]]\nview = \"v_pay\"\npermissions = [\"select\"]\n", deny("v_pay", "select", reason)) + user(`a\"b, c`, "A", "North") + user(`d\\`, "A", "North"), []string{finding.UserGetsNothing},
			`warning p.toml:28:1: users "a\"b, c" and "d\\" may do nothing in site "North"; put them into a group that gives what they need, or take the site away (user-gets-nothing)` + "\n"},
		{"nodes that nobody reaches", group("A", allow("Work | Orders", "select")) + user("ann", "A", "North"), []string{finding.NodeUnreached},
			`note c.toml:13:1: nobody reaches Work | Cards (node-unreached)
note c.toml:16:1: nobody reaches Stock and what is below it: 2 nodes with views (node-unreached)
`},
		{"a policy without people", group("A", allow("Pay", "select")), nil, ""},

		{"what ends", group("A", allow("Pay", "select", "until = 2026-06-30\n"), allow("Work", "select", "until = 2026-07-01\n"), allow("Stock", "select", "until = 2026-05-31\n")) +
			user("ann", "A", "North", "until = 2026-06-01\n") + user("bob", "A", "North", "until = 2026-05-31\n"), []string{finding.EndsSoon, finding.LineEnded, finding.UserEnded},
			`note p.toml:21:1: a line of group "A" ends on 2026-06-30; write a later date if it is to go on (ends-soon)
note p.toml:29:1: this line of group "A" held until 2026-05-31; remove the line, or write a later until (line-ended)
note p.toml:33:1: user "ann" ends on 2026-06-01; write a later date if it is to go on (ends-soon)
note p.toml:38:1: user "bob" was active until 2026-05-31, and is as one who is inactive now; remove the user, or write a later until (user-ended)
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := parse(t, fleet+tt.text)
			found := lint.Policy(p, today)
			if d := cmp.Diff(tt.want, said(found, tt.codes...)); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(said(found), said(lint.Policy(p.At(today), today))); d != "" {
				t.Errorf("of the policy as it stands today: %s", d)
			}
		})
	}
}

// TestWithoutPrefix: where the catalog has no prefix, a line for every view is one
// for those that it lists, and there is no other.
func TestWithoutPrefix(t *testing.T) {
	text := fleet + group("A", allow("*", "select")) + group("B", allow("Work", "select"), allow("Stock", "select"), allow("Pay", "select"))
	p, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(text)}, func(string) ([]byte, error) {
		return []byte(strings.Replace(tree, `prefix = "v_"`, `prefix = ""`, 1)), nil
	})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	const want = `warning p.toml:24:1: groups "A" and "B" give the same (SELECT on every view); put its people into "A", and remove it: grantree group remove B -f p.toml (group-twin)` + "\n"
	if d := cmp.Diff(want, said(lint.Policy(p, today), finding.GroupTwin)); d != "" {
		t.Error(d)
	}
}

// TestVendor: of the vendor's own groups nothing is to be changed: they are said to
// give nothing that others of them do not, at their own places, and no more.
func TestVendor(t *testing.T) {
	p, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte("[policy]\nextends = \"imaint\"\n")}, nil)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range lint.Policy(p, today) {
		if f.Code != finding.GroupSubset || !policy.IsVendor(f.Where) {
			t.Error(f)
		}
		names = append(names, strings.SplitN(f.Message, `"`, 3)[1])
	}
	if d := cmp.Diff([]string{"Mechanic", "PO Requestor", "Purchasing Clerk", "Inventory Clerk", "WO Requestor"}, names); d != "" {
		t.Error(d)
	}
}

// TestLookUpNode: a node that lists nothing but look-ups is reached by one of them.
func TestLookUpNode(t *testing.T) {
	const look = "[[node]]\npath = \"Look\"\nviews = [ { name = \"v_item\", level = \"search\" }, { name = \"v_pay\", level = \"search\" } ]\n"
	for reached, want := range map[string]string{"Pay": "", "Work | Cards": "note c.toml:27:1: nobody reaches Look (node-unreached)\n"} {
		text := fleet + group("A", allow(reached, "select")) + user("ann", "A", "North")
		p, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(text)}, func(string) ([]byte, error) { return []byte(tree + look), nil })
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		got := lint.Policy(p, today)
		got = slices.DeleteFunc(got, func(f finding.Finding) bool { return !strings.Contains(f.Message, "Look") })
		if d := cmp.Diff(want, said(got, finding.NodeUnreached)); d != "" {
			t.Errorf("%s: %s", reached, d)
		}
	}
}
