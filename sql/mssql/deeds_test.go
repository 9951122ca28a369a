package mssql

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"grantree/audit"
	"grantree/grants"
)

func TestDeeds(t *testing.T) {
	for text, want := range map[string]string{
		"GRANT SELECT, UPDATE ON [dbo].[v] TO [a], [b];":                                      "grants OBJECT dbo.v SELECT a; grants OBJECT dbo.v SELECT b; grants OBJECT dbo.v UPDATE a; grants OBJECT dbo.v UPDATE b",
		"DENY SELECT (id) ON OBJECT::dbo.v TO a":                                              "denies OBJECT dbo.v SELECT a columns",
		"REVOKE SELECT ON dbo.v (id) FROM a CASCADE":                                          "revokes OBJECT dbo.v SELECT a columns",
		"revoke insert on v from a":                                                           "revokes OBJECT .v INSERT a",
		"GRANT SELECT ON SCHEMA::app TO a WITH GRANT OPTION":                                  "grants SCHEMA .app SELECT a",
		"GRANT CONTROL TO a":                                                                  "grants DATABASE . CONTROL a",
		"GRANT ALTER ANY ROLE ON DATABASE::[d] TO a":                                          "grants DATABASE . ALTER ANY ROLE a",
		"USE master; REVOKE CONTROL SERVER FROM [a];":                                         "revokes SERVER . CONTROL SERVER a",
		"USE [d]; ALTER ROLE [Admin] DROP MEMBER [a];":                                        "drops a member ROLE .Admin  a",
		"ALTER SERVER ROLE sysadmin ADD MEMBER a":                                             "adds a member SERVER ROLE .sysadmin  a",
		"CREATE USER [a] FOR LOGIN [a]; CREATE ROLE [r] AUTHORIZATION [dbo]":                  "makes a user  .  a; makes a role  .  r",
		"DROP USER a; DROP ROLE r":                                                            "drops a user  .  a; drops a role  .  r",
		"ALTER AUTHORIZATION ON SCHEMA::[app] TO [dbo]":                                       "gives to another owner SCHEMA .app  ",
		"REVOKE GRANT OPTION FOR SELECT ON dbo.v FROM a CASCADE":                              "",
		"GRANT ALL ON dbo.v TO a":                                                             "",
		"EXEC dbo.usp_open; SELECT 1":                                                         "",
		"GRANT SELECT ON dbo.v TO":                                                            "",
		Render(grants.Change{Kind: grants.CreateUser, Principals: []string{"a"}, Login: "a"}): "makes a user  .  a",
	} {
		var got []string
		for _, d := range Deeds(text) {
			s := fmt.Sprintf("%s %s %s.%s %s %s", d.Doing, d.Class, d.Schema, d.Name, d.Permission, d.Principal)
			if d.Columns {
				s += " columns"
			}
			got = append(got, s)
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, strings.Join(got, "; "), want)
		}
	}
}

// FuzzDeeds: a text that a server kept of somebody's statement may be anything.
func FuzzDeeds(f *testing.F) {
	for _, text := range []string{"GRANT SELECT ON dbo.v TO a", "USE master; DENY", "ALTER ROLE r ADD MEMBER [a", "\x00", "GRANT SELECT (" + strings.Repeat("a,", 50) + "b) ON v TO a"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, d := range Deeds(text) {
			if d.Doing == "" {
				t.Errorf("%q: %+v", text, d)
			}
		}
	})
}

// TestActsWhereThereIsNone: a source that a server does not have is not there, and
// one that may not be read is not allowed; both have no acts.
func TestActsWhereThereIsNone(t *testing.T) {
	for path, want := range map[string]string{`C:\Data\MSSQL\Log\log_123.trc`: `C:\Data\MSSQL\Log\log.trc`, "/var/opt/mssql/log/log_7.trc": "/var/opt/mssql/log/log.trc", "/x/log.trc": "/x/log.trc"} {
		if got := allFiles(path); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
	r := recordOf(audit.DefaultTrace, func() (a []audit.Act, since time.Time, err error) { return nil, since, errNotKept })
	if r.State != audit.NotThere || len(r.Acts) > 0 {
		t.Errorf("%+v", r)
	}
}
