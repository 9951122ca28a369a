package scripts_test

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"grantree/finding"
)

// wide writes a text in UTF-16.
func wide(text string, order binary.AppendByteOrder) string {
	var out []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + text)) {
		out = order.AppendUint16(out, u)
	}
	return string(out)
}

func TestReadDecodes(t *testing.T) {
	const script = "GRANT SELECT ON imvw_asset TO [Größe 😀]\r\nGO\r\nGRANT DELETE ON imvw_asset TO b\r\n"
	const want = "Größe 😀 G SELECT on imvw_asset; b G DELETE on imvw_asset"
	for _, text := range []string{script, "\ufeff" + script, wide(script, binary.LittleEndian), wide(script, binary.BigEndian)} {
		north, _, warnings := read(t, text)
		if got := strings.Join(holds(north), "; "); got != want || len(warnings) > 0 {
			t.Errorf("%.10q: got %s, want %s: %v", text, got, want, warnings)
		}
	}
}

func TestReadRefusesOtherText(t *testing.T) {
	le := wide("GRANT SELECT ON imvw_asset TO a", binary.LittleEndian)
	for _, text := range []string{"GRANT SELECT ON imvw_asset TO Gr\xf6\xdfe", le + "x", le[2:], le + "\x00\xd8", "\xff\xfe\x00\x00G\x00\x00\x00"} {
		sites, said := readSites(t, text)
		if len(said) != 1 || said[0].Severity != finding.Error || said[0].Code != finding.ImportScriptText || said[0].Where.File != "a.sql" || len(holds(sites[0])) > 0 {
			t.Errorf("%.10q: %v %v", text, said, holds(sites[0]))
		}
	}
}

func TestReadUpToSqlcmd(t *testing.T) {
	check(t, []unread{
		{"a file that is read in", "GRANT SELECT ON imvw_asset TO a\nGO\nGRANT SELECT ON imvw_asset TO b\n:r other.sql\nGRANT SELECT ON imvw_asset TO c\nGO\n", "a G SELECT on imvw_asset",
			`a.sql:3 from here on the script is not read: line 4: sqlcmd command ":r" is not supported`},
		{"a variable", ":setvar db x\nGRANT SELECT ON imvw_asset TO c\n", "", `a.sql:1 from here on the script is not read: line 1: sqlcmd command ":setvar"`},
		{"a command of the shell", "GRANT SELECT ON imvw_asset TO a\nGO\n!!del x", "a G SELECT on imvw_asset", `a.sql:3 from here on the script is not read: line 3: sqlcmd command "!!"`},
		{"no GO", "GRANT SELECT ON imvw_asset TO a\nGO\nGRANT SELECT ON imvw_asset TO b\nGO away\n", "a G SELECT on imvw_asset", "a.sql:3 from here on the script is not read: line 4: "},
	})
}

func TestReadSaysThatNothingWasRead(t *testing.T) {
	const nothing = "nothing of the scripts was read that says what a site holds"
	for _, text := range []string{"", "SELECT 1", ":r other.sql", "GRANT GRANT", "USE other\nGRANT SELECT TO a", "USE iMaint_North", "IF @a = 1 GRANT SELECT TO a", "EXEC usp_all", "GRANT CONTROL SERVER TO a"} {
		_, said := readSites(t, text)
		n := 0
		for _, f := range said {
			if f.Severity == finding.Error && f.Message == nothing && f.Code == finding.ImportScriptNothing {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%q: %v", text, said)
		}
	}
	for _, text := range []string{"GRANT SELECT TO a", "EXEC sp_addrole 'a'", "CREATE LOGIN a WITH PASSWORD = 'x'"} {
		if _, said := readSites(t, text); len(said) > 0 {
			t.Errorf("%q: %v", text, said)
		}
	}
}
