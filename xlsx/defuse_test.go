package xlsx

import (
	"testing"

	"pgregory.net/rapid"
)

// TestDefuse: what is defused is not run, and comes back as it was.
func TestDefuse(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "ann": "ann", "=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx", "＝1": "'＝1",
		"'": "'", "'ann": "'ann", "'=1": "''=1", "''@": "'''@", "a=1": "a=1",
	} {
		got := Defuse(text)
		if got != want {
			t.Errorf("Defuse(%q) = %q, want %q", text, got, want)
		}
		if back, ok := Restore(got); back != text || !ok {
			t.Errorf("Restore(%q) = %q, %v", got, back, ok)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune(`aZ=+-@'＝＋1 `+"\t\r\n"))).Draw(t, "text")
		if back, ok := Restore(Defuse(text)); back != text || !ok {
			t.Errorf("%q comes back as %q", text, back)
		}
	})
}
