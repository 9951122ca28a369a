package check

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp/kb"
)

// plan is what docs/json.md says of a plan, as far as the tests need it.
type plan struct {
	Sites []struct {
		Site        string `json:"site"`
		Fingerprint string `json:"fingerprint"`
		People      struct {
			Effects []struct {
				People []string   `json:"people"`
				Gains  []planPart `json:"gains"`
			} `json:"effects"`
		} `json:"people"`
	} `json:"sites"`
}

type planPart struct {
	Node        []string `json:"node"`
	Permissions []string `json:"permissions"`
	Views       []string `json:"views"`
}

// demoFile is the policy of the demo.
var demoFile = filepath.Join(root, "cmd/grantree/files/demo.toml")

// planned writes a plan on an embedded server as a page.
func planned(t *testing.T, policy string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "plan.html")
	grantree(t, "plan", "--sandbox", "-f", policy, "--out", file)
	return file
}

// TestPlanPage: whoever asks for a person reads what that person gains, at every node
// that the JSON says, and the page has the fingerprint of each site.
func TestPlanPage(t *testing.T) {
	p := open(t, planned(t, demoFile))
	var want plan
	if err := json.Unmarshal(grantree(t, "plan", "--sandbox", "-f", demoFile, "--format", "json"), &want); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, s := range want.Sites {
		p.choose("site", s.Site)
		if !slices.Contains(p.texts("#sites td.fingerprint code"), s.Fingerprint) {
			t.Errorf("%s has another fingerprint", s.Site)
		}
		for _, e := range s.People.Effects {
			for _, who := range e.People {
				p.choose("q", who)
				p.click("#answers .plus details > summary")
				p.until(`document.querySelectorAll('#answers .plus details p').length > 0`)
				text := p.text("#answers article div.plus")
				for _, part := range e.Gains {
					for _, view := range part.Views {
						if asked++; !strings.Contains(text, view) {
							t.Errorf("%s in %s: nothing says that they gain %s", who, s.Site, view)
						}
					}
				}
				if heard := p.text("#heard"); !strings.HasPrefix(heard, who+": + gains ") {
					t.Errorf("who listens hears %q", heard)
				}
			}
		}
	}
	if asked < 100 {
		t.Errorf("only %d views were asked about", asked)
	}
	p.choose("q", "xyzzy")
	if text := p.text("#answers"); !strings.Contains(text, "Nothing that changes is called that") {
		t.Error(text)
	}
}

// TestPlanTree: the tree has what changes, and with "what stays too" all of it; with the
// keyboard one opens it, and a node says who gains what there.
func TestPlanTree(t *testing.T) {
	p := open(t, planned(t, demoFile))
	p.click("#open-all")
	changing := value[int](p, `Number(document.getElementById('grid').getAttribute('aria-rowcount'))`)
	p.click("#whole")
	if all := value[int](p, `Number(document.getElementById('grid').getAttribute('aria-rowcount'))`); all <= changing {
		t.Errorf("%d rows change of %d", changing, all)
	}
	p.click("#close-all")
	value[bool](p, `document.querySelector('#grid tbody tr.row').focus() || true`)
	p.press(kb.ArrowRight)
	if got := value[string](p, `document.activeElement.getAttribute('aria-expanded')`); got != "true" {
		t.Errorf("the arrow leaves a node %q", got)
	}
	if cells := p.texts("#grid td.c.some"); !slices.ContainsFunc(cells, func(s string) bool { return strings.HasPrefix(s, "+S") || strings.HasPrefix(s, "+s") }) {
		t.Errorf("the cells say %q", cells)
	}
	if cell := value[string](p, `[...document.querySelectorAll('#grid tbody tr.row')].find(r => r.querySelector('bdi').textContent === 'Modules').querySelector('td.c').getAttribute('aria-label')`); cell != "gains select, insert, update, delete" {
		t.Errorf("the first group %s at the root", cell)
	}
	p.choose("q", "pay type")
	if text := p.text("#answers"); !strings.Contains(text, "alice") || !strings.Contains(text, "gains select") {
		t.Error(text)
	}
}

// TestPlanStatements: a statement has the line that asks for it and what undoes it, and
// is found by what it speaks of.
func TestPlanStatements(t *testing.T) {
	p := open(t, planned(t, demoFile))
	if n := len(p.texts("#statements li.change")); n > 0 {
		t.Errorf("%d statements are in the document before anybody looks", n)
	}
	value[bool](p, `document.querySelectorAll('#statements details.batch > summary').forEach(s => s.click()) || true`)
	p.until(`document.querySelectorAll('#statements li.change').length > 0`)
	p.choose("find-sql", "ADD MEMBER [bob]")
	p.until(`[...document.querySelectorAll('#statements li.change pre')].some(x => x.textContent.includes('ADD MEMBER [bob]'))`)
	text := p.text("#statements li.change")
	for _, want := range []string{"ADD MEMBER [bob]", "demo.toml:", "DROP MEMBER [bob]"} {
		if !strings.Contains(text, want) {
			t.Errorf("the statement does not say %q: %s", want, text)
		}
	}
}

// TestPlanNamesAreInert: no name of a plan acts in its page.
func TestPlanNamesAreInert(t *testing.T) {
	hostile := []string{`<img src=x onerror="window.bad=1">`, `</script><script>window.bad=1</script>`, `"><svg onload=window.bad=1>`, "javascript:window.bad=1", "@DATA@ @SCRIPT@", "a\nb", "turned \u202e round"}
	var b strings.Builder
	b.WriteString("[policy]\nextends = \"imaint\"\n[server.main]\nurl = \"sqlserver://127.0.0.1\"\nuser = \"x\"\npassword_env = \"P\"\n[[site]]\nname = \"<b>North</b>\"\nserver = \"main\"\ndatabase = \"North\"\n[[site]]\nname = \"South\"\nserver = \"main\"\ndatabase = \"South\"\n")
	for _, h := range hostile {
		fmt.Fprintf(&b, "[[group]]\nname = %q\ncopies = \"Planner\"\n[[user]]\nname = %q\nnew_login = true\ngroups = [%q]\nsites = [\"*\"]\n", "G"+h, h, "G"+h)
	}
	p := open(t, planned(t, policyFile(t, b.String())))
	count := `document.scripts.length + 100 * document.querySelectorAll('img, svg, iframe, object, b b').length`
	before := value[int](p, count)
	for _, h := range append(slices.Clone(hostile), "G"+hostile[0], "pay type") {
		p.choose("q", h)
	}
	p.click("input[value=people]")
	p.click("#open-all")
	value[bool](p, `document.querySelectorAll('summary').forEach(s => s.click()) || true`)
	p.until(`document.querySelectorAll('#statements li.change').length > 0`)
	p.choose("q", hostile[0])
	if text := p.text("#answers"); !strings.Contains(text, hostile[0]) || !strings.Contains(text, "gains") {
		t.Errorf("%q is not found: %s", hostile[0], text)
	}
	if text := value[string](p, `document.body.innerText`); strings.Contains(text, "\u202e") {
		t.Error("what turns a line round is not written out")
	}
	if bad := value[bool](p, `'bad' in window`); bad {
		t.Error("a name ran")
	}
	if after := value[int](p, count); after != before || before > 10 {
		t.Errorf("a name became markup: %d, then %d", before, after)
	}
}

// TestPlanLosers: what is lost stands first and says so, in the tree, for a person and on
// a view. The page is the demo's with its gains turned round, as if all were taken.
func TestPlanLosers(t *testing.T) {
	file := planned(t, demoFile)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, turn := range [][2]string{{`"gains":`, `"loses":`}, {`"gain":(\d+),"lose":0,"where"`, `"gain":0,"lose":$1,"where"`}, {`"grant":(\d+),"revoke":0`, `"grant":0,"revoke":$1`}, {`"enters":true`, `"leaves":true`}} {
		text = regexp.MustCompile(turn[0]).ReplaceAll(text, []byte(turn[1]))
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	p := open(t, file)
	p.choose("q", "bob")
	if text := p.text("#answers"); !strings.Contains(text, "may not enter any more") || !strings.Contains(text, "− loses ") || strings.Contains(text, "gains") {
		t.Error(text)
	}
	p.choose("q", "pay type")
	if text := p.text("#answers td.minus"); !strings.Contains(text, "loses select") {
		t.Errorf("%q", text)
	}
	if cells := p.texts("#grid td.c.minus"); !slices.ContainsFunc(cells, func(s string) bool { return strings.HasPrefix(s, "−") }) {
		t.Errorf("the cells say %q", cells)
	}
}

// TestPlanLooks: light and dark have the contrast that WCAG 2 asks for, and on paper
// stands what one sees, without what only a screen has.
func TestPlanLooks(t *testing.T) {
	p := open(t, planned(t, demoFile))
	p.choose("q", "bob")
	for _, scheme := range []string{"light", "dark"} {
		p.media("", &emulation.MediaFeature{Name: "prefers-color-scheme", Value: scheme})
		for _, selector := range []string{"body", "#about", ".hint", "#cautions li", "#count", "button.link", "#grid td.c", "#grid td.c.some", ".plus", "thead th", "footer p", "nav a"} {
			if ratio := contrast(p.colours(selector)); ratio < 4.5 {
				t.Errorf("%s: %s has a contrast of %.1f", scheme, selector, ratio)
			}
		}
	}
	p.click("#open-all")
	p.media("print")
	p.until(`document.querySelectorAll("#paper tbody tr").length > 100`)
	if n := len(p.texts("#paper tbody tr")); n < 100 {
		t.Errorf("%d rows are printed", n)
	}
	for _, selector := range []string{"nav", "#open-all", "#pager", "#find-sql", "#grid-box"} {
		if shown := value[bool](p, fmt.Sprintf(`document.querySelector(%q).offsetParent !== null`, selector)); shown {
			t.Errorf("%s is printed", selector)
		}
	}
}

// TestLargePlan: the first provisioning of 400 views, 40 groups and 2,000 people: those
// alike are one, and the document has but the first of them and no statement. With
// -figures it opens in the time that docs/report.md says.
func TestLargePlan(t *testing.T) {
	began := time.Now()
	grantree(t, "--help") // it is built
	file := filepath.Join(t.TempDir(), "plan.html")
	out, err := exec.Command(built.file, "plan", "--sandbox", "-f", large(t), "--out", file).CombinedOutput() // lines of people's own break a rule, which is shown
	made := time.Since(began)
	info, _ := os.Stat(file)
	if info == nil {
		t.Fatalf("%v: %.2000s", err, out)
	}
	p := open(t, file)
	loaded := time.Duration(value[float64](p, `performance.getEntriesByType('navigation')[0].loadEventEnd`)) * time.Millisecond
	t.Logf("%d bytes, made in %v, opened in %v", info.Size(), made, loaded)
	if *figures && loaded > opensIn {
		t.Errorf("the page opens in %v, and docs/report.md says %v", loaded, opensIn)
	}
	if n := value[int](p, `document.querySelectorAll('*').length`); n > 12000 {
		t.Errorf("%d elements are in the document", n)
	}
	if got, want := p.text("#count"), "2,000 people"; !strings.HasPrefix(got, want) {
		t.Errorf("%q, want %s", got, want)
	}
	for _, step := range [][2]string{{"q", "user1234"}, {"q", "group 07"}, {"q", "view_100"}, {"q", "screen 123"}, {"site", "Main"}, {"site", ""}} {
		p.takes(step[0], step[1])
	}
	value[bool](p, `document.querySelector('#statements details.batch:last-of-type > summary').click() || true`)
	p.until(`document.querySelectorAll('#statements li.change').length > 0`)
	if n := len(p.texts("#statements li.change")); n != 100 {
		t.Errorf("%d statements are shown at first", n)
	}
}

// TestPlanHasNames: what can be acted on tells a screen reader what it is, and a cell is
// read as words.
func TestPlanHasNames(t *testing.T) {
	p := open(t, planned(t, demoFile))
	p.choose("q", "bob")
	roles := p.named()
	for _, role := range []string{"treegrid", "row", "gridcell", "columnheader", "rowheader", "searchbox", "combobox", "checkbox", "main", "navigation", "status"} {
		if roles[role] == 0 {
			t.Errorf("nothing is a %s: %v", role, roles)
		}
	}
}
