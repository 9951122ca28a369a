package grants

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestSameName is what Microsoft's pages say of collations ("Collation and
// Unicode support", "Windows collation name", "SQL Server collation name"):
// the options of a name, and that SQL collations compare Unicode text, as names
// are, by the rules of Windows.
func TestSameName(t *testing.T) {
	const (
		usual    = "SQL_Latin1_General_CP1_CI_AS"
		strict   = "Latin1_General_100_CS_AS"
		ai       = "Latin1_General_100_CI_AI_SC"
		csai     = "French_CS_AI"
		turkish  = "Turkish_CI_AS"
		kana     = "Japanese_XJIS_140_CI_AS_KS_WS"
		japanese = "Japanese_XJIS_140_CI_AS_VSS"
		utf8     = "Latin1_General_100_CI_AS_SC_UTF8"
		bin      = "Latin1_General_BIN"
		bin2     = "Latin1_General_100_BIN2_UTF8"
	)
	tests := []struct {
		name, a, b string
		in, notIn  []string
	}{
		{"case", "Mechanic", "MECHANIC", []string{"", usual, ai, japanese, utf8}, []string{strict, csai, bin, bin2}},
		{"case of an accented letter", "ÉQUIPE", "équipe", []string{"", usual, ai, utf8}, []string{strict, csai, turkish, bin, bin2}},
		{"an accent", "José", "Jose", []string{ai, csai, "SQL_Latin1_General_Cp850_CI_AI"}, []string{"", usual, strict, turkish, utf8, bin, bin2}},
		{"composed and decomposed", "Jos\u00e9", "Jose\u0301", []string{"", usual, strict, ai, csai, turkish, utf8}, []string{bin, bin2}},
		{"two marks in another order", "a\u0323\u0302", "a\u0302\u0323", []string{usual, strict}, []string{bin2}},
		{"width", "Crew", "Ｃｒｅｗ", []string{"", usual, strict, ai, japanese, utf8}, []string{kana, bin, bin2}},
		{"narrow katakana with a mark", "ｶﾞ", "ガ", []string{usual, japanese}, []string{kana, bin2}},
		{"kana", "かな", "カナ", []string{"", usual, strict, ai, japanese}, []string{kana, bin, bin2}},
		{"trailing spaces", "bob", "bob  ", []string{"", usual, strict, ai, kana, turkish, bin, bin2}, nil},
		{"leading spaces", "bob", " bob", nil, []string{"", usual, strict, ai, bin2}},
		{"i and I", "isin", "ISIN", []string{"", usual, ai, japanese}, []string{turkish, "Turkish_100_CI_AI", "SQL_Latin1_General_CP1254_CI_AS", "Azeri_Latin_100_CI_AS", strict, bin2}},
		{"i and dotted I", "isin", "İSİN", []string{turkish, "SQL_Latin1_General_CP1254_CI_AS"}, []string{usual, strict, "Turkish_CS_AS"}},
		{"i and dotted I, decomposed", "isin", "I\u0307SI\u0307N", []string{turkish}, []string{usual, strict}},
		{"dotless i and I", "ısın", "ISIN", []string{turkish}, []string{usual, ai, strict}},
		{"another letter", "bob", "rob", nil, []string{"", usual, ai, turkish, bin}},
		{"lower case in the collation's name", "José", "JOSE", []string{"latin1_general_ci_ai"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, c := range tt.in {
				if !ParseCollation(c).Equal(tt.a, tt.b) || !ParseCollation(c).Equal(tt.b, tt.a) {
					t.Errorf("%s: %q and %q are the same", c, tt.a, tt.b)
				}
			}
			for _, c := range tt.notIn {
				if ParseCollation(c).Equal(tt.a, tt.b) {
					t.Errorf("%s: %q and %q are different", c, tt.a, tt.b)
				}
			}
		})
	}
}

func TestExact(t *testing.T) {
	tests := []struct {
		collation   string
		yes, doubts []string
	}{
		{"SQL_Latin1_General_CP1_CI_AS", []string{"bob", `CORP\Müller`, "a]b'c--d", "Équipe", "ŽIŽKA"}, []string{"Straße", "Æsop", "ﬁ", "Jose\u0301", "İ", "ı", "a²", "Иван", "🔧", "a\u200db", "two\nlines"}},
		{"Latin1_General_100_CI_AI_SC_UTF8", []string{"José", "ñandú"}, []string{"þorn", "Łódź"}},
		{"Latin1_General_BIN2", []string{"Straße", "🔧", "Jose\u0301"}, nil},
		{"Japanese_BIN", []string{"ガ"}, nil},
		{"French_CI_AS", []string{"Équipe"}, []string{"œuvre"}},
		{"Modern_Spanish_CI_AS", []string{"señor"}, []string{"ª"}},
		{"Modern_Spanish_100_CI_AI", []string{"senor"}, []string{"señor"}},
		{"Turkish_CI_AS", []string{"isin", "ISIN"}, []string{"ISİN", "çay"}},
		{"Turkish_100_CI_AI", nil, []string{"isin"}},
		{"Japanese_XJIS_140_CI_AS_KS_WS", []string{"bob"}, []string{"かな", "José"}},
		{"SQL_Latin1_General_CP1254_CI_AS", nil, []string{"isin"}},
		{"SQL_Latin1_General_Pref_CP437_CI_AS", nil, []string{"bob"}},
		{"Danish_Norwegian_CI_AS", nil, []string{"Aase"}},
		{"Finnish_Swedish_CI_AS", nil, []string{"Wirén", "William"}},
		{"German_PhoneBook_CI_AS", nil, []string{"Mueller"}},
		{"Hungarian_CI_AS", nil, []string{"nY"}},
		{"Traditional_Spanish_CI_AS", nil, []string{"llama"}},
		{"Vietnamese_CI_AS", nil, []string{"bob"}},
		{"Azeri_Latin_100_CI_AS", nil, []string{"bob"}},
		{"", nil, []string{"bob"}},
	}
	for _, tt := range tests {
		c := ParseCollation(tt.collation)
		for _, name := range tt.yes {
			if !c.Exact(name) {
				t.Errorf("%s: %q needs no question", tt.collation, name)
			}
		}
		for _, name := range tt.doubts {
			if c.Exact("bob", name) {
				t.Errorf("%s: %q needs a question", tt.collation, name)
			}
		}
	}
}

// spellings draws names that are easily taken for one another.
func spellings() *rapid.Generator[string] {
	letters := []string{"a", "A", "e", "é", "É", "e\u0301", "i", "I", "İ", "ı", "s", "ss", "ß", "か", "カ", "ｶ", "Ａ", " ", "\u0301"}
	return rapid.Map(rapid.SliceOfN(rapid.SampledFrom(letters), 1, 4), func(l []string) string { return strings.Join(l, "") })
}

var everyStyle = []string{"", "SQL_Latin1_General_CP1_CI_AS", "Latin1_General_CS_AS", "Latin1_General_CI_AI", "Latin1_General_CS_AI_KS_WS", "Latin1_General_BIN2",
	"Turkish_CI_AS", "Turkish_CS_AS", "Turkish_CI_AI", "Japanese_CI_AS_KS", "Japanese_CI_AS_WS"}

// TestKeyIsStable: a key is equal to its own name, so keys can be compared with
// names, and the sharper of two collations never joins what the other parts.
func TestKeyIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := spellings().Draw(t, "a"), spellings().Draw(t, "b")
		for _, name := range everyStyle {
			c := ParseCollation(name)
			if !c.Equal(a, a+" ") || !c.Turkish && c.Key(c.Key(a)) != c.Key(a) {
				t.Fatalf("%s: %q", name, a)
			}
			if ai := ParseCollation(strings.Replace(name, "_AS", "_AI", 1)); c.Equal(a, b) && !ai.Equal(a, b) {
				t.Fatalf("%s joins %q and %q, without accents they differ", name, a, b)
			}
			if bin := (Collation{}); ParseCollation("Latin1_General_BIN2").Equal(a, b) && !bin.Equal(a, b) {
				t.Fatalf("%q and %q are the same to the byte", a, b)
			}
		}
	})
}

// TestASCIIIsFoldedAsExpected compares with the standard library's opinion.
func TestASCIIIsFoldedAsExpected(t *testing.T) {
	ci, cs := ParseCollation("Latin1_General_CI_AS"), ParseCollation("Latin1_General_CS_AS")
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.StringMatching(`[!-~]([ -~]{0,4}[!-~])?`).Draw(t, "a")
		b := rapid.SampledFrom([]string{strings.ToUpper(a), strings.ToLower(a), a + "x", strings.Replace(a, "a", "A", 1)}).Draw(t, "b")
		if !ci.Exact(a, b) {
			t.Fatalf("%q, %q: ASCII is exact", a, b)
		}
		if ci.Equal(a, b) != strings.EqualFold(a, b) || cs.Equal(a, b) != (a == b) {
			t.Fatalf("%q, %q", a, b)
		}
	})
}

// TestPlainKeysCostNothing: a site has thousands of names and most are plain.
func TestPlainKeysCostNothing(t *testing.T) {
	ci, cs := ParseCollation("Latin1_General_CI_AS"), ParseCollation("Latin1_General_CS_AS")
	if n := testing.AllocsPerRun(100, func() { ci.Key("imvw_work_order"); cs.Key("Work Order") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestLearned(t *testing.T) {
	folded := ParseCollation("Danish_Norwegian_CI_AS")
	names := []string{"Aase", "Åse", "aa", "aA", "bob", "BOB", "x"}
	c := folded.Learned(names, [][2]string{{"Aase", "Åse"}, {"BOB", "bob"}})
	tests := []struct {
		name, a, b string
		same       bool
	}{
		{"what folding does not know", "Aase", "Åse", true},
		{"what folding takes for one", "aa", "aA", false},
		{"what both say", "bob", "BOB", true},
		{"trailing spaces", "Åse ", "Aase", true},
		{"a name that was not asked about, by folding", "bOb", "bob", true},
		{"and what that one is", "ÅSE", "Aase", true},
		{"strangers", "y", "Y", true},
		{"a stranger and another", "y", "x", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if c.Equal(tt.a, tt.b) != tt.same {
				t.Errorf("%q (%q) and %q (%q)", tt.a, c.Key(tt.a), tt.b, c.Key(tt.b))
			}
		})
	}
	if folded.Same != nil {
		t.Error("Learned changed the collation that it was asked of")
	}
}

// TestLearnedSaysWhatItWasTold: whatever the server says, its answer holds for
// every two names of the question, in any order of names and pairs.
func TestLearnedSaysWhatItWasTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(spellings(), 2, 8, func(s string) string { return strings.TrimRight(s, " ") }).Draw(t, "names")
		class := map[string]int{}
		var same [][2]string
		for _, a := range names {
			class[a] = rapid.IntRange(0, 3).Draw(t, "class")
			for _, b := range names {
				if before, ok := class[b]; ok && a != b && before == class[a] {
					same = append(same, [2]string{a, b})
				}
			}
		}
		c := ParseCollation("Latin1_General_CI_AI").Learned(names, same)
		other := ParseCollation("Latin1_General_CI_AI").Learned(rapid.Permutation(names).Draw(t, "order"), rapid.Permutation(same).Draw(t, "pairs"))
		for _, a := range names {
			if c.Key(a) != other.Key(a) {
				t.Fatalf("%q is %q or %q", a, c.Key(a), other.Key(a))
			}
			for _, b := range names {
				if c.Equal(a, b) != (class[a] == class[b]) {
					t.Fatalf("%q and %q", a, b)
				}
			}
		}
	})
}

func TestRecall(t *testing.T) {
	before := &Snapshot{Collation: ParseCollation("Danish_Norwegian_CI_AS").Learned([]string{"aa", "å"}, [][2]string{{"aa", "å"}}), ServerCollation: ParseCollation("Latin1_General_CI_AS")}
	now := &Snapshot{Collation: ParseCollation("Danish_Norwegian_CI_AS"), ServerCollation: ParseCollation("Latin1_General_CI_AS")}
	now.Recall(before)
	if !now.Collation.Equal("aa", "å") || now.Fingerprint() != before.Fingerprint() {
		t.Error("the answer is lost")
	}
	moved := &Snapshot{Collation: ParseCollation("Latin1_General_CI_AS")}
	moved.Recall(before)
	if moved.Collation.Equal("aa", "å") {
		t.Error("the answer of one collation is taken for another's")
	}
}

// TestIndexFindsByWhatWasSaid: schema and name are folded each by itself.
func TestIndexFindsByWhatWasSaid(t *testing.T) {
	s := &Snapshot{Schemas: []Schema{{ID: DboID, Name: "dbo"}}, Views: []SiteView{{ID: 1, Schema: DboID, Name: "Åse"}, {ID: 2, Schema: DboID, Name: "ﬁ"}}}
	s.Collation = ParseCollation("Danish_Norwegian_CI_AS").Learned([]string{"dbo", "Åse", "Aase", "ﬁ", "fi"}, [][2]string{{"Åse", "Aase"}})
	ix := newIndex(s)
	for name, want := range map[string]bool{"Aase": true, "dbo.Aase": true, "DBO.aase": true, "dbo.åse": true, "fi": false, "dbo.fi": false, "dbo.ﬁ": true} {
		if _, found := ix.view(name); found != want {
			t.Errorf("%q: found %v", name, found)
		}
	}
}
