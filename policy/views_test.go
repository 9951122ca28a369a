package policy_test

import (
	"slices"
	"strings"
	"testing"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"

	"github.com/google/go-cmp/cmp"
)

// sitesWith is sites that were read, with the views that each has beyond the
// catalog: "North imvw_a imvw_b".
func sitesWith(sites ...string) []policy.SiteNames {
	var out []policy.SiteNames
	for _, s := range sites {
		words := strings.Fields(s)
		out = append(out, policy.SiteNames{Site: words[0], Views: words[1:]})
	}
	return out
}

// TestCheckNames judges names that the catalog does not know, in every place
// where a policy writes one.
func TestCheckNames(t *testing.T) {
	const group = "[[group]]\nname = \"G\"\n"
	const deny = group + "[[group.deny]]\nview = \"imvw_pay_typ\"\npermissions = [\"select\"]\n"
	const custom = group + "[[group.allow]]\nview = \"imvw_rates_2024\"\npermissions = [\"select\"]\n"
	const eve = group + "[[user]]\nname = \"eve\"\ngroups = [\"G\"]\nsites = [\"North\"]\n[[user.allow]]\nview = \"imvw_rates_2024\"\npermissions = [\"select\"]\n"
	const slip = `error p.toml:14:1: view "imvw_pay_typ" is not in the catalog, which has a name one slip away; did you mean "imvw_pay_type"? (unknown-view)` + "\n"
	const nowhere = `view "imvw_rates_2024" is in no site, and the catalog does not list it; correct it, or remove the line (unknown-view)` + "\n"
	const unchecked = `view "imvw_rates_2024" is not in the catalog, and not every site was read; "grantree plan" looks for it in the sites (view-not-checked)` + "\n"
	ignoring := func(names string) string {
		return strings.Replace(fleet, `"iMaint_North"`, "\"iMaint_North\"\nignore = ["+names+"]", 1) + group
	}
	both := sitesWith("North", "South")
	tests := []struct {
		name, text string
		read       []policy.SiteNames
		all        bool
		want       string
	}{
		{"names of the catalog", fleet + group + "[[group.allow]]\nview = \"IMVW_pay_type\"\npermissions = [\"select\"]\n", nil, false, ""},
		{"a line on a node", fleet + group + "[[group.allow]]\non = \"Time Cards\"\npermissions = [\"select\"]\n", nil, false, ""},
		{"a slip, offline", fleet + deny, nil, false, slip},
		{"a slip, one site away", fleet + deny, sitesWith("North"), false, slip},
		{"a slip that a site has", fleet + deny, sitesWith("North IMVW_PAY_TYP"), false, ""},
		{"a slip, every site read", fleet + deny, both, true, `error p.toml:14:1: view "imvw_pay_typ" is in no site, and the catalog does not list it; did you mean "imvw_pay_type"? (unknown-view)` + "\n"},
		{"another case in a site where it counts", fleet + deny, []policy.SiteNames{{Site: "North", Collation: grants.ParseCollation("Latin1_General_CS_AS"), Views: []string{"IMVW_PAY_TYP"}}}, false, slip},
		{"nobody knows, offline", fleet + custom, nil, false, "warning p.toml:14:1: " + unchecked},
		{"nobody knows, one site away", fleet + custom, sitesWith("North"), false, "warning p.toml:14:1: " + unchecked},
		{"nobody has it", fleet + custom, both, true, "error p.toml:14:1: " + nowhere},
		{"one slip from a name that another site has", fleet + custom, sitesWith("North imvw_rates_2025"), false,
			`error p.toml:14:1: view "imvw_rates_2024" is not in the catalog, which has a name one slip away; did you mean "imvw_rates_2025"? (unknown-view)` + "\n"},
		{"one site has it", fleet + custom, sitesWith("North", "South imvw_rates_2024"), true,
			`warning p.toml:14:1: site "North" has no view imvw_rates_2024, which the policy reaches; add it to the site's ignore list if that is right (view-missing)` + "\n"},
		{"one site has it, the other ignores it", ignoring(`"imvw_rates_2024"`) + strings.TrimPrefix(custom, group), sitesWith("North", "South imvw_rates_2024"), true, ""},
		{"only another site than the user's has it", fleet + eve, sitesWith("North", "South imvw_rates_2024"), true,
			`warning p.toml:18:1: site "North" has no view imvw_rates_2024, which the policy reaches; add it to the site's ignore list if that is right (view-missing)` + "\n"},
		{"the user's site has it, another has not", fleet + eve, sitesWith("North imvw_rates_2024", "South"), true, ""},
		{"in an exception", fleet + group + "[[group.allow]]\nviews = \"*\"\npermissions = [\"select\"]\nexcept = [\"imvw_rates_2024\"]\n", both, true, "error p.toml:14:1: " + nowhere},
		{"in an exception, where one site has it", fleet + group + "[[group.allow]]\nviews = \"*\"\npermissions = [\"select\"]\nexcept = [\"imvw_rates_2024\"]\n", sitesWith("North", "South imvw_rates_2024"), true, ""},
		{"in a waiver", fleet + group + "[[waiver]]\nview = \"imvw_rates_2024\"\nreason = \"old\"\n", both, true, "error p.toml:14:1: " + nowhere},
		{"in a test", fleet + group + "[[user]]\nname = \"eve\"\ngroups = [\"G\"]\nsites = [\"North\"]\n[[test]]\nuser = \"eve\"\non = \"imvw_rates_2024\"\nnever = [\"select\"]\n", both, true, "error p.toml:18:1: " + nowhere},
		{"in a user's deny", fleet + group + "[[user]]\nname = \"eve\"\ngroups = [\"G\"]\nsites = [\"North\"]\n[[user.deny]]\nview = \"imvw_rates_2024\"\npermissions = [\"select\"]\n", both, true, "error p.toml:18:1: " + nowhere},
		{"twice, and said once", fleet + custom + "[[waiver]]\nview = \"imvw_rates_2024\"\nreason = \"old\"\n", nil, false, "warning p.toml:14:1: " + unchecked},
		{"ignored, offline", ignoring(`"imvw_pay_typ"`), nil, false, ""},
		{"ignored, another site read", ignoring(`"imvw_pay_typ"`), sitesWith("South"), false, ""},
		{"ignored, and its site has it", ignoring(`"imvw_rates_2024"`), sitesWith("North imvw_rates_2024"), false, ""},
		{"ignored, and the catalog has it", ignoring(`"imvw_pay_type"`), sitesWith("North"), false, ""},
		{"ignored, and nobody has it", ignoring(`"imvw_pay_typ", "imvw_zzzzzz"`), sitesWith("North"), false,
			`error p.toml:4:1: site "North" ignores the view "imvw_pay_typ", which neither it nor the catalog has; did you mean "imvw_pay_type"? (unknown-view)
error p.toml:4:1: site "North" ignores the view "imvw_zzzzzz", which neither it nor the catalog has; remove it from the list (unknown-view)` + "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, lines(parse(t, tt.text).CheckNames(tt.read, tt.all))); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestCheckNamesOfVendor holds that the vendor's own lines are not judged, and
// that none of them is unknown to the catalog.
func TestCheckNamesOfVendor(t *testing.T) {
	p := parse(t, fleet+"[policy]\nextends = \"imaint\"\n[[group]]\nname = \"Mine\"\ncopies = \"Mechanic\"\n")
	if found := p.CheckNames(sitesWith("North", "South"), true); len(found) > 0 {
		t.Error(lines(found))
	}
}

// TestCheckNamesEnds holds that very many unknown names are all reported,
// without a near one for each.
func TestCheckNamesEnds(t *testing.T) {
	var text strings.Builder
	text.WriteString(fleet + "[[group]]\nname = \"G\"\n")
	for i := range 2000 {
		text.WriteString("[[group.allow]]\nview = \"imvw_unknown_" + strings.Repeat("x", i%50) + strings.Repeat("y", i/50) + "\"\npermissions = [\"select\"]\n")
	}
	found := parse(t, text.String()).CheckNames(nil, false)
	if len(found) != 2000 || len(found.Of(finding.Error)) > 0 {
		t.Errorf("%d findings, %d of them errors", len(found), len(found.Of(finding.Error)))
	}
}

// TestBeyond keeps of a site what the catalog does not know.
func TestBeyond(t *testing.T) {
	p := parse(t, fleet+"[[group]]\nname = \"G\"\n")
	s := p.Offline(p.Sites[0])
	s.Views = append(s.Views, grants.SiteView{ID: 2, Schema: 1, Name: "imvw_new", Owner: 1}, grants.SiteView{ID: 3, Schema: 1, Name: "hr", Owner: 1})
	w, _ := p.Wanted(s)
	if got := p.Beyond(s, w); got.Site != "North" || got.Collation.Name != w.Collation.Name || !slices.Equal(got.Views, []string{"imvw_new"}) {
		t.Errorf("%+v", got)
	}
}
