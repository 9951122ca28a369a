package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"grantree/catalog"
)

// TestEveryNodeAlone grants each of the vendor's nodes by itself, with each set
// of permissions, to a group of its own, and holds that rule 2 finds no error.
func TestEveryNodeAlone(t *testing.T) {
	var text strings.Builder
	text.WriteString(fleet)
	nodes := 0
	for _, n := range catalog.IMaint().Nodes {
		if len(n.Views) == 0 {
			continue
		}
		nodes++
		for set := catalog.Permissions(1); set <= catalog.All; set++ {
			fmt.Fprintf(&text, "[[group]]\nname = \"G%d %s\"\n[[group.allow]]\non = %q\npermissions = [%s]\n", nodes, set, n.Path, quotedNames(set))
		}
	}
	if nodes != 60 {
		t.Errorf("%d nodes have views, want 60", nodes)
	}
	for _, f := range rules(t, text.String()) {
		t.Error(f)
	}
}

// quotedNames writes permissions as a list in TOML.
func quotedNames(set catalog.Permissions) string {
	var out []string
	for _, name := range set.Names() {
		out = append(out, fmt.Sprintf("%q", strings.ToLower(name)))
	}
	return strings.Join(out, ", ")
}

// childTests are cases of rule 2 in which the view is a parent elsewhere, or a
// child by assumption, or a look-up.
func childTests(foreman string) []rulesTest {
	allow := func(what, permissions string) string {
		return foreman + "[[group.allow]]\n" + what + "\npermissions = [" + permissions + "]\n"
	}
	const deny = "[[group.deny]]\nview = \"imvw_procedure\"\npermissions = [\"select\"]\nreason = \"closed\"\n[[group.deny]]\nview = \"imvw_task\"\npermissions = [\"select\"]\nreason = \"closed\"\n"
	return []rulesTest{
		{"a node of its own", allow(`on = "Modules | Additional Information | Types | Procedure"`, `"select", "insert", "delete"`), ""},
		{"the same view by its name", allow(`view = "imvw_procedure_type"`, `"select"`),
			`error p.toml:14:1: group "Foreman" may SELECT on the child view imvw_procedure_type of Modules | Procedures/Tasks | Procedure, but on none of its parents imvw_procedure, imvw_task in sites "North" and "South"; take SELECT out of the line, or add a [[waiver]] with view = "imvw_procedure_type", group = "Foreman" and a reason (child-above-parent)` + "\n"},
		{"a child by its name alone", allow(`view = "imvw_part_component"`, `"select"`),
			`warning p.toml:14:1: group "Foreman" may SELECT on the child view imvw_part_component of Modules | Inventory | Parts | Parts, but not on its parent imvw_part in sites "North" and "South"; that it is a child is assumed from its name; take SELECT out of the line, or add a [[waiver]] with view = "imvw_part_component", group = "Foreman" and a reason (child-above-parent)` + "\n"},
		{"a node without its parent", allow("on = \"Sites | Current Site\"\nexcept = [\"imvw_site\"]", `"select"`),
			`error p.toml:14:1: group "Foreman" may SELECT on the child view imvw_site_address of Sites | Current Site (and on 1 more), but not on its parent imvw_site in sites "North" and "South"; add "imvw_site_address", "imvw_site_financial_period" to the line's except list, or add a [[waiver]] with view = "imvw_site_address", group = "Foreman" and a reason (child-above-parent)` + "\n"},
		{"a line that is copied", foreman + "[[group]]\nname = \"Own\"\n[[group.allow]]\non = \"Sites | Current Site\"\npermissions = [\"select\"]\n[[group]]\nname = \"Copy\"\ncopies = \"Own\"\nwithout = [\"imvw_site\"]\n",
			`error p.toml:19:1: group "Copy" may SELECT on the child view imvw_site_address of Sites | Current Site (and on 1 more), but not on its parent imvw_site in sites "North" and "South"; add "imvw_site_address", "imvw_site_financial_period" to without of the group "Copy", which copies the line, or add a [[waiver]] with view = "imvw_site_address", group = "Copy" and a reason (child-above-parent)` + "\n"},
		{"a look-up that is a child", allow(`on = "Modules | Procedures/Tasks | Procedure"`, `"insert"`), ""},
		{"a look-up that is asked for, and its parent denied", allow(`on = "Modules | Procedures/Tasks | Procedure"`, `"select"`) + deny,
			`error p.toml:17:1: group "Foreman" may SELECT on the child view imvw_procedure_attachment of Modules | Procedures/Tasks | Procedure (and on 8 more), but on none of its parents imvw_procedure, imvw_task, where it is denied at p.toml:17:1 in sites "North" and "South"; deny SELECT on the child too, or add a [[waiver]] with view = "imvw_procedure_attachment", group = "Foreman" and a reason (child-above-parent)` + "\n"},
	}
}
