package mssql

import (
	"fmt"
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/grants"
	"grantree/sql/tsql"
)

func TestRender(t *testing.T) {
	tests := []struct {
		name   string
		change grants.Change
		want   string
	}{
		{"a role carries the mark from the start", grants.Change{Kind: grants.CreateRole, Principals: []string{"Night Shift"}},
			"CREATE ROLE [Night Shift] AUTHORIZATION [dbo];\nEXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'Night Shift';"},
		{"drop role", grants.Change{Kind: grants.DropRole, Principals: []string{"a]b"}}, "DROP ROLE [a]]b];"},
		{"a user for a login of another name", grants.Change{Kind: grants.CreateUser, Principals: []string{"o'hara"}, Login: `EX\o'hara`},
			"CREATE USER [o'hara] FOR LOGIN [EX\\o'hara];\nEXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'o''hara';"},
		{"a user who had no login, put back", grants.Change{Kind: grants.CreateUser, Principals: []string{"app"}},
			"CREATE USER [app] WITHOUT LOGIN;\nEXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'app';"},
		{"a user with a password of the database", grants.Change{Kind: grants.CreateUser, Principals: []string{"o'hara"}, Own: grants.SQLUser},
			"CREATE USER [o'hara] WITH PASSWORD = N'…';\nEXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'o''hara';"},
		{"an account of Windows without a login", grants.Change{Kind: grants.CreateUser, Principals: []string{`EX\a`}, Own: grants.WindowsUser},
			"CREATE USER [EX\\a];\nEXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'EX\\a';"},
		{"an account of Entra without a login", grants.Change{Kind: grants.CreateUser, Principals: []string{"a@x"}, Own: grants.ExternalUser},
			"CREATE USER [a@x] FROM EXTERNAL PROVIDER;\nEXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'a@x';"},
		{"a user with a default schema", grants.Change{Kind: grants.CreateUser, Principals: []string{"bob"}, Login: "bob", DefaultSchema: "o]wn"},
			"CREATE USER [bob] FOR LOGIN [bob] WITH DEFAULT_SCHEMA = [o]]wn];\nEXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'bob';"},
		{"a password of the database and a default schema", grants.Change{Kind: grants.CreateUser, Principals: []string{"bob"}, Own: grants.SQLUser, DefaultSchema: "own"},
			"CREATE USER [bob] WITH PASSWORD = N'…', DEFAULT_SCHEMA = [own];\nEXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'bob';"},
		{"a role of somebody", grants.Change{Kind: grants.CreateRole, Principals: []string{"R"}, Owner: "o]s"},
			"CREATE ROLE [R] AUTHORIZATION [o]]s];\nEXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'R';"},
		{"a property", grants.Change{Kind: grants.AddProperty, Principals: []string{"bob"}, Property: &grants.Property{Name: "o'n", Type: "nvarchar", Value: "x'\ny"}},
			"EXEC sys.sp_addextendedproperty @name = N'o''n', @value = N'x''\ny', @level0type = N'USER', @level0name = N'bob';"},
		{"a property of another type", grants.Change{Kind: grants.AddProperty, Principals: []string{"bob"}, Property: &grants.Property{Name: "n", Type: "varchar", Value: "x'y"}},
			"EXEC (N'DECLARE @grantree_value sql_variant = CAST(N''x''''y'' AS varchar(3)); EXEC sys.sp_addextendedproperty @name = N''n'', @value = @grantree_value, @level0type = N''USER'', @level0name = N''bob'';');"},
		{"no property", grants.Change{Kind: grants.DropProperty, Principals: []string{"bob"}, Property: &grants.Property{Name: "n"}},
			"EXEC sys.sp_dropextendedproperty @name = N'n', @level0type = N'USER', @level0name = N'bob';"},
		{"drop user", grants.Change{Kind: grants.DropUser, Principals: []string{"bob"}}, "DROP USER [bob];"},
		{"add member", grants.Change{Kind: grants.AddMember, Role: "R", Principals: []string{"bob"}}, "ALTER ROLE [R] ADD MEMBER [bob];"},
		{"drop member", grants.Change{Kind: grants.DropMember, Role: "R", Principals: []string{"bob"}}, "ALTER ROLE [R] DROP MEMBER [bob];"},
		{"grant several to several", grants.Change{Kind: grants.GrantOn, Schema: "dbo", View: "imvw_site", Permissions: catalog.Select.Union(catalog.Update), Principals: []string{"A", "B"}},
			"GRANT SELECT, UPDATE ON [dbo].[imvw_site] TO [A], [B];"},
		{"deny", grants.Change{Kind: grants.DenyOn, Schema: "dbo", View: "v", Permissions: catalog.Delete, Principals: []string{"A"}}, "DENY DELETE ON [dbo].[v] TO [A];"},
		{"revoke", grants.Change{Kind: grants.RevokeOn, Schema: "dbo", View: "v", Permissions: catalog.Insert, Principals: []string{"A"}}, "REVOKE INSERT ON [dbo].[v] FROM [A];"},
		{"let in again", grants.Change{Kind: grants.GrantConnect, Principals: []string{"a]b"}}, "GRANT CONNECT TO [a]]b];"},
		{"keep out", grants.Change{Kind: grants.RevokeConnect, Principals: []string{"bob"}}, "REVOKE CONNECT FROM [bob];"},
		{"keep out as before", grants.Change{Kind: grants.DenyConnect, Principals: []string{"bob"}}, "DENY CONNECT TO [bob];"},
		{"a kind that there is not", grants.Change{Kind: "bless", Principals: []string{"A"}}, "THROW 50000, N'grantree cannot render a change of kind bless', 1;"},
		{"mark", grants.Change{Kind: grants.Mark, Principals: []string{"A"}},
			"EXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'A';"},
		{"unmark", grants.Change{Kind: grants.Unmark, Principals: []string{"A"}},
			"EXEC sys.sp_dropextendedproperty @name = N'grantree', @level0type = N'USER', @level0name = N'A';"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Render(tt.change)
			if got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			if _, err := tsql.Parse(got); err != nil {
				t.Errorf("not T-SQL: %v", err)
			}
		})
	}
}

// TestEveryQueryParses holds all text that is sent to a server to the grammar.
func TestEveryQueryParses(t *testing.T) {
	names, _, err := namesBatch([]*grants.Collation{{Name: "Danish_Norwegian_CI_AS"}, {Name: "Latin1_General_BIN2"}}, []string{"Åse"}, []string{"Aase", "x"})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"names":    names,
		"snapshot": snapshotPrelude + snapshotQuery,
		"begin":    beginQuery + snapshotQuery,
		"probe":    probeBatch([]string{"bob", "o'hara]"}),
	} {
		if _, err := tsql.Parse(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// hostile names try to leave their quotes.
var hostile = []string{"a]b", "o'hara", "x--y", "two\nlines", "cr\ronly", "*/ DROP", "🔧", "GO"}

func TestScriptParsesWhateverNamesHold(t *testing.T) {
	for _, name := range hostile {
		changes := []grants.Change{
			{Kind: grants.CreateRole, Principals: []string{name}},
			{Kind: grants.GrantOn, Schema: "dbo", View: name, Permissions: catalog.Select, Principals: []string{name}},
		}
		from := &grants.Snapshot{Schemas: []grants.Schema{{ID: 1, Name: "dbo", Owner: 1}}, Views: []grants.SiteView{{ID: 99, Schema: 1, Name: name, Owner: 1}}}
		script, err := Script([]string{"plan of " + name}, namedLogins(name), []SiteScript{{Site: name, Database: name, From: from, Changes: changes}})
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		batches, err := tsql.SplitScript(script)
		if err != nil {
			t.Errorf("%q: split: %v", name, err)
			continue
		}
		for _, b := range batches {
			if _, err := tsql.Parse(b.Text); err != nil {
				t.Errorf("%q: %v in\n%s", name, err, b.Text)
			}
		}
	}
}

func TestScriptRefusesWhatSqlcmdWouldObey(t *testing.T) {
	for _, name := range []string{"a\nGO\nb", "$(x)", "a\r\n:r file", "x\n!!dir", "a\n  exit"} {
		changes := []grants.Change{{Kind: grants.DropRole, Principals: []string{name}}}
		if _, err := Script(nil, ServerScript{}, []SiteScript{{Database: "x", Changes: changes}}); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", name)) {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := RollbackScript(ServerScript{}, []SiteScript{{Database: name}}); err == nil {
			t.Errorf("a database %q was let through", name)
		}
		if _, err := Script(nil, namedLogins(name), nil); err == nil {
			t.Errorf("a login %q was let through", name)
		}
	}
}
