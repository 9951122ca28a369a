package check

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp/kb"
)

// answered names whom the first sentence of the answer speaks of, sorted.
func (p page) answered() []string {
	p.t.Helper()
	out := p.texts("#answers li.asked bdi")
	slices.Sort(out)
	return out
}

// TestQuestion: a stranger types a question as they would ask it and reads who may, in
// the first sentence, and by which group, in the table below it.
func TestQuestion(t *testing.T) {
	file, r := demo(t)
	p := open(t, file)
	for _, q := range []struct {
		question, view string
		bit            int
	}{
		{"who can change pay rates?", "imvw_pay_type", 4}, {"pay", "imvw_pay_type", 4}, {"Who may DELETE pay types", "imvw_pay_type", 8},
		{"see pay", "imvw_pay_type", 1}, {"imvw_pay_type", "imvw_pay_type", 4}, {"add purchase orders", "imvw_purchase_order", 2},
	} {
		p.choose("q", q.question)
		if want := r.may(filter{}, q.view, q.bit); !slices.Equal(p.answered(), want) {
			t.Errorf("%q: %v, want %v\n%s", q.question, p.answered(), want, p.text("#answers"))
		}
	}
	p.choose("q", "who can change pay rates?")
	if heard := p.text("#heard"); !strings.HasPrefix(heard, "5 people can change it: alice") {
		t.Errorf("who listens hears %q", heard)
	}
	rows := strings.Join(p.texts("#answers table.who tr"), "\n")
	for _, want := range []string{"carol", "Maintenance Manager", "Planner", "South, Harbor"} {
		if !strings.Contains(rows, want) {
			t.Errorf("the table does not say %q:\n%s", want, rows)
		}
	}
	if hint := p.text("#answers .hint"); !strings.Contains(hint, "rate") {
		t.Errorf("nothing is called rates, and the page says %q", hint)
	}
	p.choose("q", "xyzzy")
	if text := p.text("#answers"); !strings.Contains(text, "Nothing here is called that") {
		t.Error(text)
	}
}

// TestFilters: after each filter the page counts, and answers, what is worked out here.
func TestFilters(t *testing.T) {
	file, r := demo(t)
	p := open(t, file)
	p.choose("q", "pay type")
	sites, groups, people := []string{""}, []string{"", "Planner", "Admin", "imaint_users"}, []string{"", "alice", "BOB", "brown", "nobody"}
	for _, s := range r.Sites {
		sites = append(sites, s.Site)
	}
	for _, site := range sites {
		for _, group := range groups {
			for _, person := range people {
				f := filter{site, group, person}
				p.choose("site", site)
				p.choose("group", group)
				p.choose("person", person)
				if got, want := p.text("#count"), r.count(f); got != want {
					t.Errorf("%+v: %q, want %q", f, got, want)
				}
				if got, want := p.answered(), r.may(f, "imvw_pay_type", 4); !slices.Equal(got, want) {
					t.Errorf("%+v: %v, want %v", f, got, want)
				}
			}
		}
	}
	p.click("#clear")
	if got, want := p.text("#count"), r.count(filter{}); got != want {
		t.Errorf("cleared: %q, want %q", got, want)
	}
}

// TestKeyboard: with the keyboard alone one asks, goes to the tree, opens it and comes
// back.
func TestKeyboard(t *testing.T) {
	file, _ := demo(t)
	p := open(t, file)
	active := func() string {
		return value[string](p, `document.activeElement.id || document.activeElement.className`)
	}
	p.press(kb.Tab)
	if got := active(); got != "skip" {
		t.Errorf("first is %q", got)
	}
	p.press(kb.Enter)
	p.press("change pay")
	if got := active(); got != "q" {
		t.Errorf("the link to the search leads to %q", got)
	}
	if len(p.answered()) == 0 {
		t.Error("what was typed is not answered")
	}
	for range 200 {
		if strings.HasPrefix(active(), "row") {
			break
		}
		p.press(kb.Tab)
	}
	row := func() string {
		return value[string](p, `document.activeElement.getAttribute('aria-level') + ' ' + document.activeElement.getAttribute('aria-expanded') + ' ' + document.activeElement.querySelector('bdi').textContent`)
	}
	for _, step := range []struct{ key, want string }{
		{"", "1 false Modules"}, {kb.ArrowRight, "1 true Modules"}, {kb.ArrowRight, "2 false Work Orders"}, {kb.ArrowDown, "2 false Work Requests"},
		{kb.ArrowUp, "2 false Work Orders"}, {kb.ArrowLeft, "1 true Modules"}, {kb.ArrowLeft, "1 false Modules"}, {kb.End, "1 false Views in no node"}, {kb.Home, "1 false Modules"},
	} {
		if step.key != "" {
			p.press(step.key)
		}
		if got := row(); got != step.want {
			t.Fatalf("after %q one is at %q, want %q", step.key, got, step.want)
		}
	}
}

// TestFarRows: the last row of the opened tree is reached, and only rows in sight are
// in the document.
func TestFarRows(t *testing.T) {
	file, r := demo(t)
	p := open(t, file)
	p.click("#open-all")
	value[bool](p, `document.querySelector('#grid tbody tr.row').focus() || true`)
	p.press(kb.End)
	all := value[int](p, `Number(document.getElementById('grid').getAttribute('aria-rowcount'))`)
	at := value[int](p, `Number(document.activeElement.getAttribute('aria-rowindex'))`)
	if all < len(r.Views) || at != all {
		t.Errorf("the end is row %d of %d", at, all)
	}
	if n := len(p.texts("#grid tbody tr.row")); n == 0 || n > 80 {
		t.Errorf("%d rows are in the document", n)
	}
}

// TestReveal: from an answer one comes to its place in the tree.
func TestReveal(t *testing.T) {
	file, _ := demo(t)
	p := open(t, file)
	p.choose("q", "pay type")
	p.click("article .where button")
	if got := p.text("#grid tr.found bdi"); got != "Pay" && got != "imvw_pay_type" {
		t.Errorf("the tree shows %q", got)
	}
}

// TestNamesAreInert: a name is a text, whatever stands in it, in the page as in the
// program that makes it.
func TestNamesAreInert(t *testing.T) {
	hostile := []string{`<img src=x onerror="window.bad=1">`, `</script><script>window.bad=1</script>`, `"><svg onload=window.bad=1>`, "{{7*7}}${7*7}", `javascript:window.bad=1`, "@DATA@ @SCRIPT@"}
	var b strings.Builder
	b.WriteString("[policy]\nextends = \"imaint\"\n[server.main]\nurl = \"sqlserver://127.0.0.1\"\nuser = \"x\"\n[[site]]\nname = \"<b>North</b>\"\nserver = \"main\"\ndatabase = \"North\"\n[[site]]\nname = \"South\"\nserver = \"main\"\ndatabase = \"South\"\n")
	for i, h := range hostile {
		fmt.Fprintf(&b, "[[group]]\nname = %q\ncopies = \"Planner\"\n[[user]]\nname = %q\nfull_name = %q\nreason = %q\ngroups = [%q]\nsites = [\"*\"]\n", "G"+h, h, fmt.Sprint(i)+h, h, "G"+h)
	}
	b.WriteString("[[user]]\nname = \"arabic \u0639\u0644\u064a\"\ngroups = [\"Planner\"]\nsites = [\"*\"]\n")
	file, r := reports(t, "-f", policyFile(t, b.String()), "--offline")
	p := open(t, file)
	before := value[int](p, `document.scripts.length + 100 * document.querySelectorAll('img, svg, iframe, object, b b').length`)
	for _, h := range append(slices.Clone(hostile), "G"+hostile[0], "pay type", "arabic") {
		p.choose("q", h)
	}
	p.choose("q", "pay type")
	p.click("input[value=people]")
	p.click("#open-all")
	for _, h := range hostile {
		p.choose("person", h)
		if got, want := p.text("#count"), r.count(filter{person: h}); got != want {
			t.Errorf("%q: %q, want %q", h, got, want)
		}
		if got := p.text("#grid thead th.col bdi"); !strings.HasPrefix(got, h) {
			t.Errorf("the column of %q says %q", h, got)
		}
	}
	if bad := value[bool](p, `'bad' in window`); bad {
		t.Error("a name ran")
	}
	if after := value[int](p, `document.scripts.length + 100 * document.querySelectorAll('img, svg, iframe, object, b b').length`); after != before || before != 2 {
		t.Errorf("a name became markup: %d, then %d", before, after)
	}
}

// TestShownNames: what turns a line round is written out.
func TestShownNames(t *testing.T) {
	p := open(t, patched(t, "\"alice\"", `"al\u202eice\u200b"`))
	p.choose("q", "pay")
	if got := p.text("#answers li.asked bdi"); got != `al\u202eice\u200b` {
		t.Errorf("%q", got)
	}
}

// TestWindowsGroup: a group of Windows is not counted as a person.
func TestWindowsGroup(t *testing.T) {
	p := open(t, patched(t, `{"name":"alice"`, `{"group":true,"name":"alice"`))
	p.choose("q", "change pay")
	if got := p.text("#answers li.asked"); !strings.HasPrefix(got, "4 people and 1 group of Windows, whoever is in it, can change it: alice") {
		t.Errorf("%q", got)
	}
}

// TestLightAndDark: text has the contrast that WCAG 2 asks for at level AA, in both.
func TestLightAndDark(t *testing.T) {
	file, _ := demo(t)
	p := open(t, file)
	p.choose("q", "change pay")
	papers := map[string]bool{}
	for _, scheme := range []string{"light", "dark"} {
		p.media("", &emulation.MediaFeature{Name: "prefers-color-scheme", Value: scheme})
		papers[value[string](p, `getComputedStyle(document.documentElement).backgroundColor`)] = true
		for _, selector := range []string{"body", "#about", ".hint", "#cautions li", "#count", "button.link", "li.asked", "td.yes", ".badge", "#grid td.c", "#grid td.c.some", "thead th", "footer p", "nav a"} {
			if ratio := contrast(p.colours(selector)); ratio < 4.5 {
				t.Errorf("%s: %s has a contrast of %.1f", scheme, selector, ratio)
			}
		}
	}
	if len(papers) != 2 {
		t.Errorf("light and dark have one paper: %v", papers)
	}
}

// colours are those of an element's text and of what it stands on.
func (p page) colours(selector string) (ink, paper []float64) {
	p.t.Helper()
	both := value[[][]float64](p, fmt.Sprintf(`(() => {
		const parse = c => (c.match(/[\d.]+/g) || []).map(Number);
		let x = document.querySelector(%q), ink = parse(getComputedStyle(x).color), paper;
		for (; x; x = x.parentElement) { paper = parse(getComputedStyle(x).backgroundColor); if (paper.length < 4 || paper[3] > 0) break; }
		return [ink, paper];
	})()`, selector))
	return both[0], both[1]
}

// contrast is the ratio of two colours (WCAG 2.2, relative luminance).
func contrast(x, y []float64) float64 {
	luminance := func(c []float64) float64 {
		var out float64
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			s := c[i] / 255
			if s <= 0.04045 {
				s /= 12.92
			} else {
				s = math.Pow((s+0.055)/1.055, 2.4)
			}
			out += weight * s
		}
		return out
	}
	a, b := luminance(x), luminance(y)
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

// TestPrint: on paper stands every row that is open, black on white, without what only
// a screen has.
func TestPrint(t *testing.T) {
	file, r := demo(t)
	p := open(t, file)
	p.choose("q", "change pay")
	p.click("#open-all")
	p.media("print")
	p.until(`document.querySelectorAll("#paper tbody tr").length > 100`)
	if n := len(p.texts("#paper table:first-child tbody tr")); n < len(r.Views) {
		t.Errorf("%d rows are printed of more than %d", n, len(r.Views))
	}
	for _, selector := range []string{"nav", "#open-all", "#pager", "#clear"} {
		if shown := value[bool](p, fmt.Sprintf(`document.querySelector(%q).offsetParent !== null`, selector)); shown {
			t.Errorf("%s is printed", selector)
		}
	}
	if columns := p.texts("#paper th.col"); len(columns) != 14 || columns[0] != "Admin" || columns[13] != "Public" {
		t.Errorf("the columns are %q", columns)
	}
	if shown := value[bool](p, `document.querySelector('#answers li.asked').offsetParent !== null`); !shown {
		t.Error("the answer is not printed")
	}
}

// named counts what a screen reader is told of, by role; what can be acted on has a name.
func (p page) named() map[string]int {
	p.t.Helper()
	tree := call(p, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes
	roles := map[string]int{}
	for _, n := range tree {
		if n.Ignored || n.Role == nil {
			continue
		}
		role := strings.Trim(string(n.Role.Value), `"`)
		roles[role]++
		switch role {
		case "button", "textbox", "searchbox", "combobox", "radio", "link", "treegrid", "columnheader", "rowheader", "gridcell", "heading", "checkbox":
			if n.Name == nil || strings.Trim(string(n.Name.Value), `" `) == "" {
				p.t.Errorf("a %s has no name", role)
			}
		}
	}
	return roles
}

// TestEverythingHasAName: what can be acted on tells a screen reader what it is, the
// tree says where one is in it, and a cell is read as words.
func TestEverythingHasAName(t *testing.T) {
	file, _ := demo(t)
	p := open(t, file)
	p.choose("q", "change pay")
	roles := p.named()
	for _, role := range []string{"treegrid", "row", "gridcell", "columnheader", "rowheader", "searchbox", "combobox", "main", "navigation", "status"} {
		if roles[role] == 0 {
			t.Errorf("nothing is a %s: %v", role, roles)
		}
	}
	if got := value[[]string](p, `[...document.querySelectorAll('#grid td.c')].map(x => x.getAttribute('aria-label'))`); !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "select; insert; update") }) {
		t.Errorf("cells are read as %q", got)
	}
}
