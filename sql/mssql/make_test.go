package mssql

import (
	"context"
	"grantree/grants"
	"strings"
	"testing"

	"grantree/catalog"
)

// TestMakeSite runs what it writes: every view stands in the schema, over a
// table of its own with two rows.
func TestMakeSite(t *testing.T) {
	for schema, makes := range map[string]bool{"dbo": false, "DBO": false, "app": true} {
		long := catalog.ViewName(strings.Repeat("é", 127)) // with one more, the 128 that a name may have
		views := []catalog.ViewName{"imvw_part", "imvw_b", "invw_part", "IMVW_PART2", "vw_", "plain", "tb_b", long + "x", long + "y"}
		text := MakeSite("North", schema, views)
		if strings.Contains(text, "CREATE SCHEMA") != makes {
			t.Errorf("schema %s:\n%s", schema, text)
		}
		for _, table := range []string{"tb_part", "tb_part_2", "tb_b_2", "tb_IMVW_PART2", "tb_vw_", "tb_plain"} {
			if n := strings.Count(text, "CREATE TABLE ["+schema+"].["+table+"] "); n != 1 {
				t.Errorf("table %s is made %d times:\n%s", table, n, text)
			}
		}
		if strings.Index(text, "[imvw_b]") > strings.Index(text, "[imvw_part]") {
			t.Error("the views are not in order")
		}
		server, connect := liveSite(t)
		if err := server.Exec(context.Background(), "master", "DROP DATABASE North;"); err != nil {
			t.Fatal(err)
		}
		if err := server.Exec(context.Background(), "master", text); err != nil {
			t.Fatal(err)
		}
		conn := connect("sa")
		for _, v := range views {
			var rows int
			if err := conn.QueryRowContext(context.Background(), "SELECT COUNT(*) FROM ["+schema+"].["+string(v)+"];").Scan(&rows); err != nil || rows != 2 {
				t.Errorf("%s has %d rows, %v", v, rows, err)
			}
		}
	}
}

// TestTablesAreToldApart, whatever the case of the views' names.
func TestTablesAreToldApart(t *testing.T) {
	taken := map[string]bool{}
	for _, tt := range [][2]string{{"imvw_a", "tb_a"}, {"imvw_A", "tb_A_2"}, {"xvw_a", "tb_a_3"}, {"vw_" + strings.Repeat("🙂", 60), "tb_" + strings.Repeat("🙂", 58)}} {
		if got := tableFor(tt[0], taken); got != tt[1] {
			t.Errorf("%s is over %s, want %s", tt[0], got, tt[1])
		}
	}
}

func TestMakeLogin(t *testing.T) {
	for _, tt := range []struct {
		login string
		kind  grants.PrincipalType
		want  string
	}{
		{`CORP\ann`, grants.WindowsUser, `CREATE LOGIN [CORP\ann] FROM WINDOWS;`},
		{"ann@corp.example", grants.ExternalUser, "CREATE LOGIN [ann@corp.example] FROM EXTERNAL PROVIDER;"},
		{"ann", grants.SQLUser, "CREATE LOGIN [ann] WITH PASSWORD = N'p''w';"},
	} {
		if got := MakeLogin(tt.login, tt.kind, "p'w"); got != tt.want {
			t.Error(got)
		}
	}
}
