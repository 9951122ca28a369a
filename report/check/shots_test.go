package check

import (
	"bytes"
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// update writes the screenshots of docs anew. Look at them before you commit them.
var update = flag.Bool("update", false, "write the screenshots of docs/report.md anew")

// mostBytes is what a screenshot may have.
const mostBytes = 150 << 10

// TestScreenshots takes the pictures of docs/report.md from the demo's report and its
// plan. Fonts are another on each machine, so they are compared by size alone, and written
// with -update.
func TestScreenshots(t *testing.T) {
	report, _ := demo(t)
	plan := filepath.Join(t.TempDir(), "plan.html")
	grantreeIn(t, filepath.Dir(demoFile), "plan", "--sandbox", "-f", filepath.Base(demoFile), "--out", plan)
	for _, shot := range []struct {
		file          string
		name, scheme  string
		width, height int64
		steps         func(p page)
	}{
		{report, "report-pay.png", "light", 1100, 860, func(p page) { p.choose("q", "who can change pay rates?") }},
		{report, "report-tree.png", "light", 1100, 760, func(p page) {
			p.choose("q", "pay")
			p.click("article .where button")
			value[bool](p, `document.activeElement.blur(), document.getElementById('tree').scrollIntoView(), true`)
		}},
		{report, "report-person.png", "dark", 1100, 760, func(p page) {
			p.choose("q", "bob")
		}},
		{plan, "plan-html.png", "light", 1100, 900, func(p page) { p.choose("q", "bob") }},
	} {
		t.Run(shot.name, func(t *testing.T) {
			p := open(t, shot.file)
			p.run(chromedp.EmulateViewport(shot.width, shot.height))
			p.media("", &emulation.MediaFeature{Name: "prefers-color-scheme", Value: shot.scheme})
			shot.steps(p)
			data := got(p, chromedp.CaptureScreenshot())
			picture, err := png.Decode(bytes.NewReader(data))
			if err != nil || picture.Bounds().Dx() != int(shot.width) {
				t.Fatalf("no picture of that size: %v", err)
			}
			name := filepath.Join(root, "docs", shot.name)
			if *update {
				if err := os.WriteFile(name, data, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			kept, err := os.ReadFile(name)
			if err != nil {
				t.Fatalf("%v: go test ./... -run TestScreenshots -update writes it", err)
			}
			if len(kept) > mostBytes {
				t.Errorf("docs has %d bytes of it, of at most %d", len(kept), mostBytes)
			}
			if c, err := png.DecodeConfig(bytes.NewReader(kept)); err != nil || c.Width != int(shot.width) || c.Height != int(shot.height) {
				t.Errorf("docs has a picture of %d × %d, %v: -update writes it anew", c.Width, c.Height, err)
			}
		})
	}
}
