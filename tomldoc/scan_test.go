package tomldoc

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"pgregory.net/rapid"

	"grantree/finding"
)

// sameShape says how the scanner's tree differs from the decoder's value, or "".
func sameShape(e *entry, v any, path string) string {
	if e == nil {
		return path + ": the scanner has no entry"
	}
	switch v := v.(type) {
	case map[string]any:
		if len(e.keys()) != len(v) || len(e.items()) > 0 {
			return fmt.Sprintf("%s: %d keys and %d items, want %d keys", path, len(e.keys()), len(e.items()), len(v))
		}
		for key, below := range v {
			if diff := sameShape(e.key(key), below, path+"."+key); diff != "" {
				return diff
			}
		}
	case []map[string]any:
		return sameItems(e, anys(v), path)
	case []any:
		return sameItems(e, v, path)
	default:
		if len(e.keys())+len(e.items()) > 0 {
			return path + ": a plain value has entries below it"
		}
	}
	return ""
}

// sameItems compares the elements of an array.
func sameItems(e *entry, v []any, path string) string {
	if len(e.items()) != len(v) || len(e.keys()) > 0 {
		return fmt.Sprintf("%s: %d items and %d keys, want %d items", path, len(e.items()), len(e.keys()), len(v))
	}
	for i, below := range v {
		if diff := sameShape(e.items()[i], below, fmt.Sprintf("%s[%d]", path, i)); diff != "" {
			return diff
		}
	}
	return ""
}

// namedKeys returns the distinct paths of keys that the text names, without
// indexes.
func namedKeys(e *entry, path []string) map[string]bool {
	out := map[string]bool{}
	if e.named && len(path) > 0 {
		out[strings.Join(path, "\x00")] = true
	}
	for _, below := range e.keys() {
		for k := range namedKeys(below.entry, append(slices.Clone(path), below.name)) {
			out[k] = true
		}
	}
	for _, below := range e.items() {
		for k := range namedKeys(below, path) {
			out[k] = true
		}
	}
	return out
}

// checkScan holds the scanner to the decoder's own tree and key list for text
// that the reader gives to the decoder and that it accepts. It reports whether
// it does.
func checkScan(t interface{ Fatalf(string, ...any) }, text string) bool {
	r := reader{text: text, lines: newLines(text), scan: scan(text)}
	if !r.readable() || r.scan.over != "" {
		return false
	}
	var m map[string]any
	md, err := toml.Decode(text, &m)
	if err != nil {
		return false
	}
	s := r.scan
	for _, key := range md.Keys() {
		if slices.Contains(key, "") {
			return false // the decoder may lose elements of an array below an empty key
		}
	}
	if diff := sameShape(s.root, m, "root"); diff != "" {
		t.Fatalf("%s\ntext: %q", diff, text)
	}
	want := map[string]bool{}
	for _, key := range md.Keys() {
		want[strings.Join(key, "\x00")] = true
	}
	got := namedKeys(s.root, nil)
	for key := range want {
		if !got[key] {
			t.Fatalf("key %q is not named by the scanner\ntext: %q", key, text)
		}
	}
	for key := range got {
		if !want[key] {
			t.Fatalf("key %q is not in the decoder's list\ntext: %q", key, text)
		}
	}
	return true
}

var seeds = []string{
	"", "a = 1", "a.b.c = 'x' # c\n\"q\\u0041\" = 2\n", "[a]\n[a.b]\nx=1\n[[c]]\n[[c]]\n[c.d]\ny=[1,[2,3],{z=1}]\n",
	"x = \"\"\"a\n\\\"\"\"b\"\"\"\"\"\ny='''q''''\n", "a = [ # c\n 'x', # ]\n\n]\n", "p = {a.b = 1, c = {}}\r\n[q]\r\n",
	"t = 2026-01-01 10:00:00\nf = -1e3\nb = true\n", "[[a.b]]\nx=1\n[[a.b]]\n[a]\ny=2\n", "a = [[[[[[[]]]]]]]", "= 1", "[", "a = {", "a = \"", "[[x]\n]",
	"\xff\xfe", "\xef\xbb\xbf\xef\xbb\xbfa = 1",
}

func FuzzDecode(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var into struct {
			A any       `toml:"a"`
			X []string  `toml:"x"`
			C []group   `toml:"c"`
			P sample    `toml:"p"`
			Q *[]sample `toml:"q"`
		}
		doc, findings := Decode("f", data, &into)
		for _, path := range [][]any{{}, {"a"}, {"c", 0, "name"}, {"x", 3}, {1.5}} {
			doc.At(path...)
		}
		checkScan(t, trimMark(string(data)))
		for _, f := range findings {
			if f.Severity != finding.Error || f.Where.Line < 1 || f.Where.Column < 1 {
				t.Fatalf("a finding without place: %v", f)
			}
		}
	})
}

func TestScanSeeds(t *testing.T) {
	accepted := 0
	for _, s := range seeds {
		if checkScan(t, s) {
			accepted++
		}
	}
	if accepted < 9 {
		t.Errorf("the decoder accepts only %d of the seeds", accepted)
	}
}

// TestScanProperty compares scanner and decoder on random documents.
func TestScanProperty(t *testing.T) {
	key := rapid.SampledFrom([]string{"a", "b-1", `"q . ] \" \\ \u00e9"`, `'l " #'`, "Key_2", `""`})
	leaf := rapid.SampledFrom([]string{"1", "-2.5e3", "true", "'x # ]'", `"a \" ] }"`, "2026-01-01", "\"\"\"a\n[b]\n\"\"\"", "'''x''y\n'''", "[]", "{}"})
	var value func(depth int) *rapid.Generator[string]
	value = func(depth int) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string {
			kind := rapid.IntRange(0, 3).Draw(t, "kind")
			if depth == 0 || kind < 2 {
				return leaf.Draw(t, "leaf")
			}
			items := rapid.SliceOfN(value(depth-1), 0, 3).Draw(t, "items")
			if kind == 2 {
				return "[\n" + strings.Join(items, " , # c ]\n") + "\n]"
			}
			for i, v := range items {
				items[i] = fmt.Sprintf("k%d . x = %s", i, v)
			}
			return "{ " + strings.Join(items, ", ") + " }"
		})
	}
	accepted := 0
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for range rapid.IntRange(0, 8).Draw(t, "statements") {
			switch name := key.Draw(t, "key"); rapid.IntRange(0, 3).Draw(t, "statement") {
			case 0:
				fmt.Fprintf(&b, "[%s.t] # x\n", name)
			case 1:
				fmt.Fprintf(&b, "  [[ %s . u ]]\n", name)
			default:
				fmt.Fprintf(&b, "%s . %s = %s\n", name, key.Draw(t, "sub"), value(3).Draw(t, "value"))
			}
		}
		if checkScan(t, b.String()) {
			accepted++
		}
	})
	if accepted == 0 {
		t.Error("the decoder accepted no document")
	}
}
