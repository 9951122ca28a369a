package mssql

import (
	"errors"
	"strings"
	"testing"

	"grantree/grants"
	"grantree/sql/tsql"
)

// TestRunnerScript: names are quoted, each task gets what it takes and no more,
// and what only SQL Server 2022 has is guarded.
func TestRunnerScript(t *testing.T) {
	server := RunnerServer{Server: "main\nGO", Logins: true, Audits: true, Sites: []RunnerSite{{Site: "N", Database: "it's ]a", Users: []string{"o'neil]"}}}}
	for task, want := range map[grants.Task][]string{
		grants.Look: {"USE [it's ]]a];", "GRANT VIEW DEFINITION TO [grantree_look_runner];", "GRANT SELECT ON [sys].[sql_expression_dependencies] TO [grantree_look_runner];",
			"IF HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW ANY SECURITY DEFINITION') IS NULL EXEC(N'GRANT VIEW ANY DEFINITION TO [grantree_look_runner];');", "CREATE USER [x]]y] FOR LOGIN [x]]y];"},
		grants.Verify: {"GRANT IMPERSONATE ON USER::[o'neil]]] TO [grantree_verify_runner];"},
		grants.Apply:  {"GRANT CONTROL TO [grantree_apply_runner];", "GRANT ALTER ANY LOGIN TO [grantree_apply_runner];", "GRANT ALTER ANY SERVER AUDIT TO [grantree_apply_runner];"},
	} {
		text, err := RunnerScript(task, "x]y", server)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range want {
			if !strings.Contains(text, s+"\n") {
				t.Errorf("%s has no %q:\n%s", task, s, text)
			}
		}
		for other, no := range map[grants.Task]string{grants.Verify: "IMPERSONATE", grants.Apply: "CONTROL"} {
			if other != task && strings.Contains(text, no) {
				t.Errorf("%s gives %s:\n%s", task, no, text)
			}
		}
		if strings.Contains(text, "db_owner") || strings.Contains(text, "\nGO\"") {
			t.Errorf("%s", text)
		}
		batches, err := tsql.SplitScript(text)
		if err != nil || len(batches) != 2 {
			t.Errorf("%s: %d batches, %v", task, len(batches), err)
		}
		for _, b := range batches {
			if _, err := tsql.Parse(b.Text); err != nil {
				t.Errorf("%s: %v\n%s", task, err, b.Text)
			}
		}
	}
	for _, s := range []RunnerServer{{Sites: []RunnerSite{{Database: "$(x)"}}}, {Sites: []RunnerSite{{Database: "d", Users: []string{"a\nGO\nb"}}}}} {
		var carry *CarryError
		if _, err := RunnerScript(grants.Verify, "x", s); !errors.As(err, &carry) {
			t.Errorf("%v: %v", s, err)
		}
	}
	if _, err := RunnerScript(grants.Look, "$(x)", RunnerServer{}); err == nil {
		t.Error("a login that sqlcmd would change is written")
	}
}

// TestStandingOfVersions: which servers are supported, and which are modern.
func TestStandingOfVersions(t *testing.T) {
	for version, want := range map[string][2]bool{"12.0.5000.0": {false, false}, "13.0.1": {true, false}, "15.0.4": {true, false}, "16.0.1": {true, true}, "17.0": {true, true}, "": {false, false}} {
		s := Standing{Version: version}
		if got := [2]bool{s.Supported(), s.Modern()}; got != want {
			t.Errorf("%q: %v", version, got)
		}
	}
	if (Standing{Version: "12.0.2000.8", Azure: "Azure SQL Database"}).Supported() || (Standing{Version: "16.0", Azure: "Azure SQL Database"}).Supported() {
		t.Error("Azure SQL Database is supported")
	}
}
