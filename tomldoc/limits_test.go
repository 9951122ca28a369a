package tomldoc

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"grantree/finding"
)

// nested is the value of a field named x, wrapped n times in pairs of brackets.
func nested(open, close string, n int) string {
	return "x = " + strings.Repeat(open, n) + strings.Repeat(close, n) + "\n"
}

// numbered prints format once for each of n numbers.
func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestLimits gives Decode text that passes a limit, in each way there is, and
// holds that it is refused with one finding before the decoder sees any of it.
func TestLimits(t *testing.T) {
	key := func(parts int) string { return strings.Repeat("a.", parts-1) + "a" }
	long := strings.Repeat("n", 100_000)
	tests := []struct {
		name, text string
		want       string // of the finding
	}{
		{"a file too large", strings.Repeat("#", MaxText+1), "f: the file has 16777217 bytes, and more than 16777216 (16 MiB) are not read"},
		{"a key of 100,000 parts", key(100_000) + " = 1\n", "f:1:201: keys and values nest more than 100 deep here"},
		{"a header of 100,000 parts", "[" + key(100_000) + "]\n", "f:1:202: keys and values nest more than 100 deep here"},
		{"an array of tables of 100,000 parts", "[[" + key(100_000) + "]]\n", "f:1:203: keys and values nest more than 100 deep here"},
		{"a key of quoted parts", strings.Repeat(`"a".`, 1000) + "a = 1\n", "f:1:401: keys and values nest more than 100 deep here"},
		{"a header and a key together", "[" + key(60) + "]\n" + key(60) + " = 1\n", "f:2:81: keys and values nest more than 100 deep here"},
		{"a key in an inline table", "x = {" + key(200) + " = 1}\n", "f:1:202: keys and values nest more than 100 deep here"},
		{"arrays in arrays", nested("[", "]", 100_000), "f:1:104: keys and values nest more than 100 deep here"},
		{"tables in tables", nested("{a=", "}", 50_000), "f:1:153: keys and values nest more than 100 deep here"},
		{"brackets that never close", "x = " + strings.Repeat("[{a=", 50_000), "f:1:"},
		{"elements", "x = [" + strings.Repeat("1,", MaxValues) + "]\n", "f:1:1300004: the text has more than 650000 keys and values"},
		{"keys", strings.Repeat("a=1\n", MaxValues+1), "f:650001:1: the text has more than 650000 keys and values"},
		{"headers", strings.Repeat("[[g]]\n", MaxValues+1), "f:650001:3: the text has more than 650000 keys and values"},
		{"keys in one table", numbered("k%d = 1\n", MaxKeys+1), "f:10001:1: the table has more than 10000 keys"},
		{"tables in one table", numbered("[x.k%d]\n", MaxKeys+1), "f:10001:1: the table has more than 10000 keys"},
		{"keys in an inline table", "x = {" + numbered("k%d = 1,", MaxKeys+1) + "}\n", "f:1:98896: the table has more than 10000 keys"},
		{"keys below a very long name", "[" + long + "]\n" + strings.Repeat("a=1\n", 2000), "f:832:1: the text has more than 650000 keys and values"},
		{"keys below very many names", "[" + key(99) + "]\n" + strings.Repeat("a=1\n", 100_000), "f:"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newReader("f", []byte(tt.text))
			r.read()
			if r.decoded != 0 {
				t.Errorf("the decoder was given %d bytes", r.decoded)
			}
			if len(r.findings) != 1 || r.findings[0].Code != "too-large" || !strings.HasPrefix(r.findings[0].String(), tt.want) {
				t.Errorf("findings %v, want one that begins %q", r.findings, tt.want)
			}
			if doc, _ := Decode("f", []byte(tt.text), &sample{}); doc.At("x", 0) != (finding.Pos{File: "f"}) {
				t.Error("positions are left of text that was not read")
			}
		})
	}
}

// TestWithinLimits holds that what people may write is read.
func TestWithinLimits(t *testing.T) {
	tests := []struct{ name, text string }{
		{"a long line", "title = \"" + strings.Repeat("x", 1<<20) + "\"\n"},
		{"as deep as may be", nested("[", "]", MaxDepth-1)},
		{"many empty lines", strings.Repeat("\n", 1<<20)},
		{"a long comment", "#" + strings.Repeat("é", 1<<20)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var into struct {
				Title string `toml:"title"`
				X     any    `toml:"x"`
			}
			if _, found := Decode("f", []byte(tt.text), &into); len(found) > 0 {
				t.Errorf("findings: %.200v", found)
			}
		})
	}
}

// TestSyntaxErrorsReadAgain bounds how much is decoded over and over in a
// large text with many errors.
func TestSyntaxErrorsReadAgain(t *testing.T) {
	for _, size := range []int{100, 1 << 20, MaxText/2 - 100, MaxText - 100} {
		text := strings.Repeat("= 1\n", 30) + "#" + strings.Repeat("-", size-60)
		r := newReader("f", []byte(text))
		r.read()
		want := min(maxSyntaxErrors, maxDecoded/len(text))
		if len(r.findings) != want || r.decoded > maxDecoded {
			t.Errorf("%d bytes: %d errors and %d bytes decoded, want %d errors and at most %d bytes", len(text), len(r.findings), r.decoded, want, maxDecoded)
		}
	}
}

// TestFindingsEnd holds that one text has a bounded number of findings, and
// says that there were more.
func TestFindingsEnd(t *testing.T) {
	_, found := Decode("f", []byte(numbered("k%d = 1\n", 5000)), &sample{})
	if len(found) != MaxFindings+1 || found[0].String() != "f: the file has more than 1000 problems: the others are not shown; mend those first (too-many-findings)" {
		t.Errorf("%d findings, first %v", len(found), found[0])
	}
}

// TestNotText names what is not text before anything else is said of it.
func TestNotText(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"UTF-16, little end first", "\xff\xfea\x00=\x001\x00", "f:1:1: the text is UTF-16: save it as UTF-8 (syntax)"},
		{"UTF-16, big end first", "\xfe\xff\x00a\x00=\x001", "f:1:1: the text is UTF-16: save it as UTF-8 (syntax)"},
		{"NUL", "a = 1\n# \x00", "f:2:3: the text has a NUL byte in it (syntax)"},
		{"Latin-1", "a = 1\n# caf\xe9\n", "f:2:6: the text is not UTF-8 here (syntax)"},
		{"a mark and then not UTF-8", "\xef\xbb\xbf\xff", "f:1:1: the text is not UTF-8 here (syntax)"},
		{"half a surrogate", "# \xed\xa0\x80", "f:1:3: the text is not UTF-8 here (syntax)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, found := Decode("f", []byte(tt.text), &sample{})
			if len(found) != 1 || found[0].String() != tt.want {
				t.Errorf("got %v, want %s", found, tt.want)
			}
		})
	}
}

// TestLinesLookAtOneBlock compares positions with a plain count, around the
// edges of blocks and in lines longer than one.
func TestLinesLookAtOneBlock(t *testing.T) {
	for _, text := range []string{"", "a", "\n", strings.Repeat("\n", 3*blockSize), strings.Repeat("x", 3*blockSize) + "\ny",
		strings.Repeat("abc\n", blockSize), strings.Repeat("x", blockSize-1) + "\n" + strings.Repeat("y", blockSize)} {
		l := newLines(text)
		if want := len(text)/blockSize + 1; len(l.blocks) != want {
			t.Errorf("%d bytes have %d blocks, want %d", len(text), len(l.blocks), want)
		}
		offsets := []int{0, 1, blockSize - 1, blockSize, blockSize + 1, 2*blockSize - 1, 2 * blockSize, len(text) - 1, len(text)}
		for _, at := range offsets {
			if at < 0 || at > len(text) {
				continue
			}
			above := text[:at]
			want := finding.Pos{File: "f", Line: strings.Count(above, "\n") + 1, Column: at - strings.LastIndexByte(above, '\n')}
			if got := l.pos("f", at); got != want {
				t.Errorf("offset %d of %d bytes is %v, want %v", at, len(text), got, want)
			}
		}
	}
}

// TestManyKeys finds keys below and above the number from which a map is kept.
func TestManyKeys(t *testing.T) {
	for _, n := range []int{1, manyKeys, manyKeys + 1, 10 * manyKeys} {
		e := &entry{}
		for i := range n {
			e.child(fmt.Sprint(i), i)
		}
		for i := range n {
			if got := e.child(fmt.Sprint(i), 0); int(got.offset) != i {
				t.Errorf("key %d of %d is at %d", i, n, got.offset)
			}
		}
		if e.key("none") != nil || len(e.keys()) != n || (e.below.byName != nil) != (n > manyKeys) {
			t.Errorf("%d keys: a key too many, or no map", n)
		}
	}
}

// TestEntriesAreSmall keeps the memory of positions from growing unseen: a
// text may have MaxValues of them.
func TestEntriesAreSmall(t *testing.T) {
	sizes := []int{int(reflect.TypeFor[entry]().Size()), int(reflect.TypeFor[branch]().Size()), int(reflect.TypeFor[keyEntry]().Size()), int(reflect.TypeFor[stmt]().Size())}
	if want := []int{16, 56, 24, 12}; !slices.Equal(sizes, want) {
		t.Errorf("sizes %v, want %v", sizes, want)
	}
}
