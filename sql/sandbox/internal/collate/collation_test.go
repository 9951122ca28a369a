package collate

import (
	"testing"

	"pgregory.net/rapid"
)

// TestEqual: what a collation takes for one text (docs/relational-databases/collations/collation-and-unicode-support.md,
// "Collation options"; the letters of Turkish: the Unicode standard, SpecialCasing.txt).
func TestEqual(t *testing.T) {
	for _, c := range []struct {
		name, collation, a, b string
		same                  bool
	}{
		{"case", "Latin1_General_CI_AS", "Admin", "ADMIN", true},
		{"case counts", "Latin1_General_CS_AS", "Admin", "ADMIN", false},
		{"accents", "Latin1_General_CI_AI", "Équipe", "equipe", true},
		{"accents count", "SQL_Latin1_General_CP1_CI_AS", "José", "Jose", false},
		{"accents without case", "Latin1_General_CS_AI", "José", "Jose", true},
		{"case without accents", "Latin1_General_CS_AI", "José", "jose", false},
		{"composed or not", "Latin1_General_CI_AS", "Jos\u00e9", "JOSE\u0301", true},
		{"composed or not, case counts", "Latin1_General_CS_AS", "Jos\u00e9", "Jose\u0301", true},
		{"composed or not, binary", "Latin1_General_BIN2", "Jos\u00e9", "Jose\u0301", false},
		{"width", "Latin1_General_CI_AS", "ＡＢ１", "ab1", true},
		{"width of kana", "Japanese_CS_AS", "ｶﾞ", "ガ", true},
		{"width counts", "Latin1_General_CI_AS_WS", "ＡＢ", "AB", false},
		{"kana", "Japanese_CI_AS", "カナ", "かな", true},
		{"kana counts", "Japanese_CI_AS_KS", "カナ", "かな", false},
		{"kana and width", "Japanese_CI_AS_KS_WS", "ｶ", "カ", false},
		{"eszett", "Latin1_General_CI_AS", "Straße", "STRASSE", true},
		{"ligatures", "Latin1_General_CI_AS", "Æther", "aether", true},
		{"final sigma", "Greek_CI_AS", "ΣΑΣ", "σας", true},
		{"Kelvin sign", "Latin1_General_CI_AS", "\u212a", "k", true},
		{"dotted i elsewhere", "Latin1_General_CI_AS", "İ", "i", false},
		{"dotted i without accents", "Latin1_General_CI_AI", "İ", "i", true},
		{"i and I elsewhere", "Latin1_General_CI_AS", "isin", "ISIN", true},
		{"Turkish i is not I", "Turkish_CI_AS", "isin", "ISIN", false},
		{"Turkish i is İ", "Turkish_CI_AS", "isin", "İSİN", true},
		{"Turkish ı is I", "Turkish_100_CI_AS", "ısın", "ISIN", true},
		{"Turkish İ decomposed", "Turkish_CI_AS", "I\u0307", "i", true},
		{"Turkish without accents", "Turkish_CI_AI", "i", "I", false},
		{"Turkish ı without accents", "Turkish_CI_AI", "ı", "i", false},
		{"Turkish letters are no accents", "Turkish_CI_AI", "ç", "c", false},
		{"Turkish accents", "Turkish_CI_AI", "é", "E", true},
		{"Turkish with case", "Turkish_CS_AS", "I", "ı", false},
		{"binary", "Turkish_BIN2", "i", "İ", false},
		{"trailing spaces", "Latin1_General_BIN2", "a", "a  ", true},
		{"wide trailing space", "Latin1_General_CI_AS", "a\u3000", "a", true},
		{"nothing", "Latin1_General_CI_AI", "", " ", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			coll, ok := Parse(c.collation)
			if !ok || coll.Name() != c.collation {
				t.Fatalf("parsed %q as %q, %v", c.collation, coll.Name(), ok)
			}
			if coll.Equal(c.a, c.b) != c.same || coll.Equal(c.b, c.a) != c.same {
				t.Errorf("%q and %q: equal is %v", c.a, c.b, !c.same)
			}
		})
	}
}

func TestParse(t *testing.T) {
	for _, name := range []string{"English", "", "Latin1", "Latin1_General"} {
		if _, ok := Parse(name); ok {
			t.Errorf("%q was taken for a collation", name)
		}
	}
	if name := (Collation{}).Name(); name != Default {
		t.Errorf("the zero collation is called %q", name)
	}
}

// TestAll: there is one for each key, under its own.
func TestAll(t *testing.T) {
	keys := map[string]bool{}
	for _, c := range All() {
		keys[c.Key()] = true
	}
	if len(keys) != 33 {
		t.Errorf("%d keys", len(keys))
	}
	for _, name := range []string{"Latin1_General_BIN2", "Turkish_CI_AS", "Japanese_CS_AI_KS_WS", Default} {
		if c, _ := Parse(name); !keys[c.Key()] {
			t.Errorf("%s has the key %s", name, c.Key())
		}
	}
}

// TestOrder: every collation is antisymmetric and transitive, agrees with its keys, and whatever it takes for equal has
// one loosest key.
func TestOrder(t *testing.T) {
	all := All()
	word := rapid.StringMatching(`[aAiIıİkKéEe\x{301}\x{307}ß世カかｶﾞçæ_ 0-2Ａ\x{345}ΐſ]{0,4}`)
	rapid.Check(t, func(r *rapid.T) {
		c := rapid.SampledFrom(all).Draw(r, "collation")
		x, y, z := word.Draw(r, "x"), word.Draw(r, "y"), word.Draw(r, "z")
		if c.Compare(x, y) != -c.Compare(y, x) {
			r.Fatalf("%s: %q and %q", c.Key(), x, y)
		}
		if c.Compare(x, y) <= 0 && c.Compare(y, z) <= 0 && c.Compare(x, z) > 0 {
			r.Fatalf("%s: %q <= %q <= %q", c.Key(), x, y, z)
		}
		if equal := c.Equal(x, y); equal != (c.Compare(x, y) == 0) || equal != (c.Fold(x) == c.Fold(y)) {
			r.Fatalf("%s: %q and %q: equal is %v", c.Key(), x, y, equal)
		}
		if c.Equal(x, y) && Loosest(x) != Loosest(y) {
			r.Fatalf("%s: %q = %q without a common key", c.Key(), x, y)
		}
	})
}
