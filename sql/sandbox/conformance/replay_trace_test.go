package conformance

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"grantree/sql/tsql"
)

// request is one line of a trace.
type request struct {
	ID, DB, Text, TM string
	Conn             int
	Reset            bool
}

// traces is the folder of the traces, beside the project or beside its worktree.
func traces(t *testing.T) string {
	for _, up := range []string{"../../../..", "../../../../.."} {
		dir := filepath.Join(up, "shared", "client-traces")
		if _, err := os.Stat(dir); err == nil {
			return dir
		}
	}
	t.Skip("no ../shared/client-traces, which has what the tools sent, beside the project")
	return ""
}

// readTrace reads the requests of a tool.
func readTrace(path string) ([]request, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var list []request
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var r request
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, len(list)+1, err)
		}
		r.Text = complete(r.Text)
		list = append(list, r)
	}
	return list, sc.Err()
}

// unread is where whoever wrote the trace could not read the value of a parameter. This one and those behind it are not there.
const unread = "/*type "

// complete gives the parameters whose values were not read a value of their type: a call without them is another one.
func complete(text string) string {
	known, _, cut := strings.Cut(text, unread)
	if !cut {
		return text
	}
	known, _ = strings.CutSuffix(known, " = ")
	known = known[:strings.LastIndex(known, "@")]
	args := strings.SplitN(known, "', N'", 2) // the statement, and what is declared
	if len(args) < 2 {
		return text
	}
	declared, _, _ := strings.Cut(args[1], "'")
	var values []string
	for _, p := range declarations(declared) {
		name, typ, _ := strings.Cut(strings.TrimSpace(p), " ")
		if !strings.Contains(args[1], ", "+name+" = ") {
			values = append(values, name+" = "+sampleOf(typ))
		}
	}
	return known + strings.Join(values, ", ")
}

// declarations divides @a int, @b decimal(10,2).
func declarations(text string) (list []string) {
	depth, from := 0, 0
	for i, r := range text {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			list, from = append(list, text[from:i]), i+1
		}
	}
	return append(list, text[from:])
}

// sampleOf is a literal that a type takes.
func sampleOf(typ string) string {
	switch name, _, _ := strings.Cut(typ, "("); strings.TrimSpace(strings.ToLower(name)) {
	case "date", "datetime", "datetime2", "datetimeoffset", "smalldatetime":
		return tsql.QuoteString("20261126")
	case "time":
		return tsql.QuoteString("12:34:56")
	case "uniqueidentifier":
		return tsql.QuoteString("6F9619FF-8B86-D011-B42D-00C04FC964FF")
	case "bit", "tinyint", "smallint", "int", "bigint", "decimal", "numeric", "float", "real", "money":
		return "1"
	case "varbinary", "binary":
		return "0x01"
	}
	return tsql.QuoteString("1")
}

// TestCompleteTrace: only what was not read is made up.
func TestCompleteTrace(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT 1": "SELECT 1",
		"EXEC sp_executesql N'insert t values (@a, @b)', N'@a int,@b datetime', @a = 7, @b = /*type 6f*/NULL":         "EXEC sp_executesql N'insert t values (@a, @b)', N'@a int,@b datetime', @a = 7, @b = N'20261126'",
		"EXEC sp_executesql N'x', N'@a decimal(10,2),@b varbinary(8000),@c time(7)', @a = NULL, @b = /*type a5*/NULL": "EXEC sp_executesql N'x', N'@a decimal(10,2),@b varbinary(8000),@c time(7)', @a = NULL, @b = 0x01, @c = N'12:34:56'",
	} {
		if got := complete(text); got != want {
			t.Errorf("%s\nbecomes %s\nwant %s", text, got, want)
		}
	}
}
