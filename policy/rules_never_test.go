package policy_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"grantree/finding"
	"grantree/policy"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// orders is a policy with two duties, and people who have one of them each.
const orders = fleet + `
[[group]]
name = "Buyer"
[[group.allow]]
on = "Modules | Purchasing | Purchase Orders"
permissions = ["select", "insert"]
[[group]]
name = "Receiver"
[[group.allow]]
view = "imvw_purchase_order"
permissions = ["select"]
[[group.allow]]
view = "imvw_po_receipt"
permissions = ["select", "update"]
[[user]]
name = "ann"
groups = ["Buyer"]
sites = ["North"]
[[user]]
name = "bob"
groups = ["Receiver"]
sites = ["*"]
[[never]]
permissions = ["insert"]
on = "Modules | Purchasing | Purchase Orders"
with = ["update", "delete"]
with_on = "imvw_po_receipt"
reason = "who orders does not receive"
`

// of returns the findings with one code.
func of(found finding.List, code string) finding.List {
	return slices.DeleteFunc(slices.Clone(found), func(f finding.Finding) bool { return f.Code != code })
}

func TestNever(t *testing.T) {
	const eve = "[[user]]\nname = \"eve\"\nsites = [\"*\"]\n"
	tests := []rulesTest{
		{"each has one", orders, ""},
		{"two people have both, in one site", strings.Replace(orders, "[[never]]", "[[user.at]]\nsites = [\"South\"]\ngroups = [\"Buyer\", \"Receiver\"]\n[[never]]", 1) +
			strings.Replace(eve, "*", "South", 1) + "groups = [\"Buyer\", \"Receiver\"]\n", `error p.toml:37:1: users "bob" and "eve" may INSERT on imvw_purchase_order by group "Buyer" (p.toml:15:1) and UPDATE on imvw_po_receipt by group "Receiver" (p.toml:23:1) in site "South", which nobody may together: who orders does not receive; take them out of "Buyer" or of "Receiver", or name in except = ["…"] a group whose members may do both (never-broken)` + "\n"},
		{"a group that brings both", strings.Replace(orders, `permissions = ["select", "insert"]`, `permissions = ["select", "insert", "update"]`, 1),
			`error p.toml:34:1: user "ann" may INSERT on imvw_purchase_order and UPDATE on imvw_po_receipt by group "Buyer" (p.toml:15:1) in site "North", which nobody may together: who orders does not receive; take UPDATE on imvw_po_receipt out of the group, or INSERT on imvw_purchase_order, or name in except = ["…"] a group whose members may do both (never-broken)` + "\n"},
		{"the smallest of two ways", strings.Replace(orders, `permissions = ["select", "insert"]`, `permissions = ["select", "insert", "update"]`, 1) +
			eve + "groups = [\"Receiver\", \"Buyer\"]\n[[user.allow]]\nview = \"imvw_po_receipt\"\npermissions = [\"delete\"]\n", `error p.toml:34:1: user "eve" may INSERT on imvw_purchase_order and UPDATE on imvw_po_receipt by group "Buyer" (p.toml:15:1) in site "South", which nobody may together: who orders does not receive; take UPDATE on imvw_po_receipt out of the group, or INSERT on imvw_purchase_order, or name in except = ["…"] a group whose members may do both (never-broken)
error p.toml:34:1: users "ann" and "eve" may INSERT on imvw_purchase_order and UPDATE on imvw_po_receipt by group "Buyer" (p.toml:15:1) in site "North", which nobody may together: who orders does not receive; take UPDATE on imvw_po_receipt out of the group, or INSERT on imvw_purchase_order, or name in except = ["…"] a group whose members may do both (never-broken)` + "\n"},
		{"excepted", orders + "except = [\"buyer\"]\n" + eve + "groups = [\"Buyer\", \"Receiver\"]\n", ""},
		{"a deny takes one of them", orders + eve + "groups = [\"Buyer\", \"Receiver\"]\n[[user.deny]]\nview = \"imvw_purchase_order\"\npermissions = [\"insert\"]\n[[user.deny]]\nview = \"imvw_po_receipt\"\npermissions = [\"insert\"]\n", ""},
		{"a line of their own", orders + eve + "groups = [\"Buyer\"]\n[[user.allow]]\nview = \"imvw_po_receipt\"\npermissions = [\"delete\"]\n", `error p.toml:34:1: user "eve" may INSERT on imvw_purchase_order by group "Buyer" (p.toml:15:1) and DELETE on imvw_po_receipt by a line of their own (p.toml:44:1) in sites "North" and "South", which nobody may together: who orders does not receive; remove the line p.toml:44:1, or take them out of "Buyer", or name in except = ["…"] a group whose members may do both (never-broken)` + "\n"},
		{"nobody has what a group brings", strings.Replace(strings.Replace(orders, `permissions = ["select", "insert"]`, `permissions = ["select", "insert", "update"]`, 1), `groups = ["Buyer"]`, `groups = ["Receiver"]`, 1), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, lines(of(rules(t, tt.text), finding.NeverBroken))); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestNeverSaysWhatToDo: what is to be done depends on where the two come from.
func TestNeverSaysWhatToDo(t *testing.T) {
	const vendor = "[policy]\nextends = \"imaint\"\n" + fleet + "[[user]]\nname = \"ann\"\ngroups = [\"Mechanic\"]\nsites = [\"North\"]\n" +
		"[[never]]\npermissions = [\"insert\"]\non = \"Modules | Work Orders | Work Orders\"\nwith = [\"select\"]\nwith_on = \"imvw_pay_type\"\nreason = \"r\"\n"
	const everybody = fleet + "[[group]]\nname = \"All\"\nbaseline = true\n[[group.allow]]\nview = \"imvw_part\"\npermissions = [\"select\"]\n" +
		"[[group]]\nname = \"B\"\n[[group.allow]]\nview = \"imvw_line\"\npermissions = [\"select\"]\n[[user]]\nname = \"ann\"\ngroups = [\"B\"]\nsites = [\"North\"]\n" +
		"[[never]]\npermissions = [\"select\"]\non = \"imvw_part\"\nwith = [\"select\"]\nwith_on = \"imvw_line\"\nreason = \"r\"\n"
	const twice = fleet + "[[group]]\nname = \"A\"\n[[group.allow]]\nview = \"imvw_part\"\npermissions = [\"select\", \"update\"]\n[[group]]\nname = \"B\"\n[[group.allow]]\nview = \"imvw_part\"\npermissions = [\"update\"]\n" +
		"[[user]]\nname = \"ann\"\ngroups = [\"A\", \"B\"]\nsites = [\"North\"]\n[[never]]\npermissions = [\"select\", \"update\"]\non = \"imvw_part\"\nwith = [\"select\", \"update\"]\nwith_on = \"imvw_part\"\nreason = \"r\"\n"
	tests := []struct{ name, text, message, fix string }{
		{"the vendor's group", vendor, "user \"ann\" may INSERT on imvw_work_order and SELECT on imvw_pay_type by group \"Mechanic\"",
			`add a [[group]] with name = "Mechanic", copies = "Mechanic", without = ["imvw_pay_type"]`},
		{"the group that everybody is in", everybody, "by group \"All\"", `take them out of "B"`},
		{"two permissions on one view", twice, `may SELECT on imvw_part and UPDATE on imvw_part by group "A"`, "take UPDATE on imvw_part out of the group"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found := of(rules(t, tt.text), finding.NeverBroken)
			if len(found) != 1 || !strings.Contains(found[0].Message, tt.message) || !strings.HasPrefix(found[0].Fix, tt.fix) {
				t.Error(lines(found))
			}
		})
	}
	closed := strings.Replace(vendor, "[[user]]", "[[group]]\nname = \"Mechanic\"\ncopies = \"Mechanic\"\nwithout = [\"imvw_pay_type\"]\n[[user]]", 1)
	if found := of(rules(t, closed), finding.NeverBroken); len(found) > 0 {
		t.Errorf("after what is to be done:\n%s", lines(found))
	}
}

func TestBadNever(t *testing.T) {
	const group = fleet + "[[group]]\nname = \"A\"\n"
	tests := []struct{ name, text, want string }{
		{"nothing", "", `p.toml:14:1: a [[never]] has no on; add on = "…", a view, a node or an area (missing-key)
p.toml:14:1: a [[never]] has no reason; say why nobody may have both (missing-key)
p.toml:14:1: a [[never]] has no with_on; add with_on = "…", a view, a node or an area (missing-key)
`},
		{"no permissions", "on = \"imvw_part\"\nwith_on = \"imvw_line\"\nreason = \"r\"", `p.toml:14:1: a [[never]] has no permissions; add permissions = ["insert"] (missing-key)
p.toml:14:1: a [[never]] has no with; add with = ["insert"] (missing-key)
`},
		{"names that are none", "permissions = [\"insert\"]\non = \"Modules | Pojects\"\nwith = [\"see\"]\nwith_on = \"imvw_line\"\nexcept = [\"B\"]\nreason = \"r\"",
			"p.toml:16:1: unknown node or area \"Modules | Pojects\": did you mean \"Modules | Projects\"? (unknown-node)\np.toml:17:9: unknown permission \"see\": use select, insert, update or delete (unknown-permission)\n"},
		{"a group that is none", "permissions = [\"insert\"]\non = \"imvw_part\"\nwith = [\"select\"]\nwith_on = \"imvw_line\"\nexcept = [\"B\"]\nreason = \"r\"",
			"p.toml:19:11: a [[never]] excepts the group \"B\", which does not exist; did you mean \"A\"? (unknown-group)\n"},
		{"no view", "permissions = [\"insert\"]\non = \"Resources\"\nwith = [\"select\"]\nwith_on = \"imvw_line\"\nreason = \"r\"",
			"p.toml:16:1: \"Resources\" reaches no view, so nobody could break this; name a view, or a node with views (bad-never)\n"},
		{"the same twice", "permissions = [\"insert\"]\non = \"imvw_part\"\nwith = [\"insert\"]\nwith_on = \"IMVW_Part\"\nreason = \"r\"",
			"p.toml:14:1: both sides of this [[never]] are INSERT on IMVW_Part; name two different duties (bad-never)\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(group + "[[never]]\n" + tt.text)}, nil)
			var got strings.Builder
			for _, f := range found {
				got.WriteString(f.String() + "\n")
			}
			if d := cmp.Diff(tt.want, got.String()); d != "" {
				t.Error(d)
			}
			if tt.name != "a group that is none" && len(p.Nevers) > 0 {
				t.Errorf("it is kept: %+v", p.Nevers)
			}
		})
	}
}

// keptApart is a policy with random groups and people, a [[never]] and a
// [[confidential]].
func keptApart(rt *rapid.T) *policy.Policy {
	w := drawPolicy(rt)
	groups := strings.Join(quoteAll(w.some("confidential to", w.groups)), ", ")
	except := ""
	if w.chance("except", 30) {
		except = "except = [" + strings.Join(quoteAll(w.some("excepted", w.groups)), ", ") + "]\n"
	}
	w.put("p.toml", "", "", "[[never]]\npermissions = "+w.pick("never", `["select"]`, `["update", "select"]`)+"\non = "+w.pick("on", `"Stock"`, `"imvw_item"`)+
		"\nwith = "+w.pick("with", `["update"]`, `["delete", "update"]`, `["select"]`)+"\nwith_on = \"imvw_count\"\n"+except+"reason = \"r\"\n"+
		w.pick("wide", "", "[[group]]\nname = \"Wide\"\n[[group.allow]]\non = \"Stock\"\npermissions = [\"select\", \"update\"]\n"+
			"[[user]]\nname = \"zoe\"\nsites = [\"*\"]\ngroups = [\"Wide\", "+quoteAs(`"`, w.pick("and", w.groups...))+"]\n")+
		"[[confidential]]\nview = \"imvw_item\"\ngroups = ["+groups+"]")
	p, found := policy.Parse(policy.Source{File: "p.toml", Data: w.text("p.toml", "\n")}, func(name string) ([]byte, error) {
		if name == "c.toml" {
			return []byte(smallCatalog), nil
		}
		return w.text(name, "\n"), nil
	})
	if err := found.Err(); err != nil {
		rt.Skip("not every drawn text is a policy, and the rules are for those that are:", err)
	}
	return p
}

func quoteAll(names []string) []string {
	var out []string
	for _, n := range names {
		out = append(out, quoteAs(`"`, n))
	}
	return out
}

// TestNobodyHasBoth: for random policies, the people whom the two rules name are
// those of whom RunTestsWith's model, which knows nothing of these rules, says that
// they have it.
func TestNobodyHasBoth(t *testing.T) {
	broken, open := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		p := keptApart(rt)
		sites := checks(t, p)
		found := policy.Rules(p, sites, today)
		want := map[string]map[string]bool{finding.NeverBroken: {}, finding.ConfidentialOpen: {}}
		for _, s := range sites {
			promise := s.Wanted.Promise()
			for _, u := range p.Users {
				if !slices.ContainsFunc(p.UserSites(u), func(x policy.Site) bool { return x.Name == s.Wanted.Site }) {
					continue
				}
				in := p.GroupsIn(u, s.Wanted.Site)
				for _, g := range p.Groups {
					if g.Baseline {
						in = append(slices.Clone(in), g.Name)
					}
				}
				listed := func(names []string) bool {
					return slices.ContainsFunc(names, func(n string) bool {
						return slices.ContainsFunc(in, func(m string) bool { return p.Group(m) == p.Group(n) })
					})
				}
				n, c := p.Nevers[0], p.Confidential[0]
				views := []string{"imvw_item"}
				if n.On == "Stock" {
					views = append(views, "imvw_count")
				}
				for _, v := range views {
					first, second := promise.On(u.Name, v).Intersect(n.Permissions), promise.On(u.Name, "imvw_count").Intersect(n.With)
					if v == "imvw_count" && first == second && first.Len() == 1 {
						continue
					}
					if !first.IsEmpty() && !second.IsEmpty() && !listed(n.Except) {
						want[finding.NeverBroken][u.Name+" in "+s.Wanted.Site] = true
					}
				}
				if !promise.On(u.Name, "imvw_item").IsEmpty() && !listed(c.Groups) {
					want[finding.ConfidentialOpen][u.Name+" in "+s.Wanted.Site] = true
				}
			}
		}
		broken += len(want[finding.NeverBroken])
		open += len(want[finding.ConfidentialOpen])
		for code, people := range want {
			got := map[string]bool{}
			for _, f := range of(found, code) {
				message := f.Message[strings.LastIndex(f.Message, " in site"):]
				for _, u := range p.Users {
					for _, s := range p.Sites {
						if strings.Contains(f.Message[:strings.Index(f.Message, " may ")], quoteGo(u.Name)) && strings.Contains(message, quoteGo(s.Name)) {
							got[u.Name+" in "+s.Name] = true
						}
					}
				}
			}
			if d := cmp.Diff(people, got); d != "" {
				rt.Fatalf("%s: %s\n%s", code, d, lines(found))
			}
		}
	})
	if !testing.Short() && (broken < 10 || open < 10) {
		t.Errorf("%d have both, %d reach the view: the test draws too little", broken, open)
	}
}

func quoteGo(s string) string { return strconv.Quote(s) }

// TestListsFollowGroups: a group that is renamed or removed is so in the lists of
// [[never]] and [[confidential]].
func TestListsFollowGroups(t *testing.T) {
	const text = fleet + "[[group]]\nname = \"A\"\n[[group]]\nname = \"B\"\n[[never]]\npermissions = [\"insert\"]\non = \"imvw_part\"\nwith = [\"insert\"]\nwith_on = \"imvw_line\"\nexcept = [\"a\", \"B\"] # both\nreason = \"r\"\n" +
		"[[confidential]]\nview = \"imvw_part\"\ngroups = [\"A\"]\n"
	for _, tt := range []struct {
		name, except, groups string
		edit                 func(*policy.Editor) error
	}{
		{"renamed", `except = ["C", "B"] # both`, `groups = ["C"]`, func(e *policy.Editor) error { return e.RenameGroup("A", "C") }},
		{"removed", `except = ["B"] # both`, `groups = []`, func(e *policy.Editor) error { return e.RemoveGroup("A") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, err := policy.NewEditor(policy.Source{File: "p.toml", Data: []byte(text)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.edit(e); err != nil {
				t.Fatal(err)
			}
			done, err := e.Result(today)
			if err != nil || len(done.Brought) > 0 || len(done.Files) != 1 {
				t.Fatalf("%v %+v", err, done)
			}
			for _, want := range []string{tt.except, tt.groups} {
				if after := string(done.Files[0].After); !strings.Contains(after, want+"\n") {
					t.Errorf("no %s in\n%s", want, after)
				}
			}
		})
	}
}
