package tsql

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseParameters(t *testing.T) {
	type param struct {
		name, typ string
		def       string
		output    bool
	}
	for _, c := range []struct {
		name, text string
		want       []param
	}{
		{"none", "", nil},
		{"go-mssqldb", "@p1 nvarchar(5),@p2 bigint", []param{{"@p1", "nvarchar(5)", "", false}, {"@p2", "bigint", "", false}}},
		{"output", "@a int output, @b AS datetimeoffset(7) OUT", []param{{"@a", "int", "", true}, {"@b", "datetimeoffset(7)", "", true}}},
		{"default", "@a int = 5, @b varchar = N'x'", []param{{"@a", "int", "5", false}, {"@b", "varchar(1)", "N'x'", false}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, err := ParseParameters(c.text)
			if err != nil {
				t.Fatal(err)
			}
			var got []param
			for _, p := range list {
				g := param{name: p.Name, typ: p.Type.String(), output: p.Output}
				if p.Default != nil {
					g.def = Print(p.Default)
				}
				got = append(got, g)
			}
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(param{})); diff != "" {
				t.Errorf("parameters (-want +got):\n%s", diff)
			}
		})
	}
	for _, c := range []struct{ text, want string }{
		{"@p", "line 1, column 1: Incorrect syntax near '@p'."},
		{"p int", "line 1, column 1: Incorrect syntax near 'p'."},
		{"@p int @q int", "line 1, column 8: Incorrect syntax near '@q'."},
		{"@p CURSOR", "line 1, column 10: Incorrect syntax near 'CURSOR'."},
	} {
		if _, err := ParseParameters(c.text); errorText(err) != c.want {
			t.Errorf("%s: got %v, want %s", c.text, err, c.want)
		}
	}
}

func TestParseExpr(t *testing.T) {
	for _, c := range []struct{ text, want, wrong string }{
		{text: "(getdate())", want: "getdate()"},
		{text: "1 + a * 2", want: "1 + [a] * 2"},
		{text: "1 2", wrong: "line 1, column 3: Incorrect syntax near '2'."},
		{text: "", wrong: "line 1, column 1: Incorrect syntax near ''."},
	} {
		e, err := ParseExpr(c.text)
		if errorText(err) != c.wrong {
			t.Errorf("%q: error %v, want %q", c.text, err, c.wrong)
		}
		if err == nil && Print(e) != c.want {
			t.Errorf("%q: got %s, want %s", c.text, Print(e), c.want)
		}
	}
}

func TestSplitName(t *testing.T) {
	for _, c := range []struct {
		text string
		want ObjectName
		ok   bool
	}{
		{"v", ObjectName{Name: "v", Parts: 1}, true},
		{"dbo.v", ObjectName{Schema: "dbo", Name: "v", Parts: 2}, true},
		{"[dbo].[a.]]b]", ObjectName{Schema: "dbo", Name: "a.]b", Parts: 2}, true},
		{`db."d""bo".v`, ObjectName{Database: "db", Schema: `d"bo`, Name: "v", Parts: 3}, true},
		{"db..v", ObjectName{Database: "db", Name: "v", Parts: 3}, true},
		{"s.d.o.v", ObjectName{Server: "s", Database: "d", Schema: "o", Name: "v", Parts: 4}, true},
		{" dbo . Order Details ", ObjectName{Schema: "dbo", Name: "Order Details", Parts: 2}, true},
		{"user", ObjectName{Name: "user", Parts: 1}, true},
		{"", ObjectName{Parts: 1}, false},
		{"dbo.", ObjectName{Schema: "dbo", Parts: 2}, false},
		{"a.b.c.d.e", ObjectName{}, false},
		{"[dbo", ObjectName{}, false},
		{"[dbo]x", ObjectName{}, false},
	} {
		got, ok := SplitName(c.text)
		if ok != c.ok || got != c.want {
			t.Errorf("SplitName(%q) = %+v, %v, want %+v, %v", c.text, got, ok, c.want, c.ok)
		}
	}
}

func FuzzSplitName(f *testing.F) {
	for _, seed := range []string{"dbo.v", "[a].[b]]]", `"x"."`, "...", "[", " a . b "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, ok := SplitName(text)
		if !ok {
			return
		}
		again, ok := SplitName(Print(n))
		if !ok || again != n {
			t.Errorf("SplitName(%q) = %+v, printed and read again %+v", text, n, again)
		}
	})
}
