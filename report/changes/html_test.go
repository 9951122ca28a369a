package changes

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
)

// TestPage: each batch stands in a part of the data of its own, under the id by which
// the page finds it, nothing in it can end its element, and the program makes no markup
// of texts and asks for nothing.
func TestPage(t *testing.T) {
	p := &Plan{Policy: "</script><b>@STYLE@\u2028", Batches: []Batch{{Sites: []int{0}}, {Server: "main"}}}
	asked := 0
	var b bytes.Buffer
	err := p.WriteHTML(&b, func(i int) (json.RawMessage, error) {
		if i != asked {
			t.Errorf("batch %d is asked for, and not %d", i, asked)
		}
		asked++
		return json.Marshal(Statements{Changes: []Change{{Kind: "mark", Statement: "</script><script>alert(1)</script>"}}})
	})
	if err != nil || asked != 2 {
		t.Fatalf("%v, %d batches", err, asked)
	}
	parts := regexp.MustCompile(`(?s)<script type="application/json" id="([a-z0-9-]+)">(.*?)</script>`).FindAllStringSubmatch(b.String(), -1)
	if len(parts) != 3 || parts[0][1] != p.Batches[0].ID || parts[1][1] != p.Batches[1].ID || parts[2][1] != "data" {
		t.Fatalf("%d parts, for %+v", len(parts), p.Batches)
	}
	for _, part := range parts {
		if strings.ContainsAny(part[2], "<>&\u2028") {
			t.Errorf("%s could end its element", part[1])
		}
	}
	var back Plan
	if err := json.Unmarshal([]byte(parts[2][2]), &back); err != nil || back.Policy != p.Policy {
		t.Errorf("%v, %q", err, back.Policy)
	}
	for _, no := range []string{"http:", "https:", "innerHTML", "insertAdjacent", "document.write", "eval(", "Function(", "fetch(", "XMLHttp", "import(", "localStorage", "style=\""} {
		if strings.Contains(b.String(), no) {
			t.Errorf("the page has %q", no)
		}
	}
}

// TestNoStatements: statements that cannot be read again are an error of the page.
func TestNoStatements(t *testing.T) {
	p, gone := &Plan{Batches: []Batch{{}}}, errors.New("gone")
	if err := p.WriteHTML(new(bytes.Buffer), func(int) (json.RawMessage, error) { return nil, gone }); !errors.Is(err, gone) {
		t.Error(err)
	}
}

// TestCausesOnce: a cause of several changes is kept once.
func TestCausesOnce(t *testing.T) {
	var s Statements
	x, y := Cause{Where: "p.toml:1"}, Cause{Where: "p.toml:2", Of: "group R"}
	s.Add(Change{Kind: "grant"}, []Cause{x, y})
	s.Add(Change{Kind: "grant"}, []Cause{y})
	if len(s.Causes) != 2 || s.Changes[1].Causes[0] != s.Changes[0].Causes[1] {
		t.Errorf("%+v", s)
	}
}
