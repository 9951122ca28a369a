package grants

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var kindNames = map[kind]string{onObject: "object", onSchema: "schema", onRole: "role", onUser: "user", onAppRole: "application role",
	onDatabase: "database", onLogin: "login", onServerRole: "server role", onServer: "server"}

// TestWhatCoversAPermission is reference B.8: on the same securable, on what
// contains it, and on the server.
func TestWhatCoversAPermission(t *testing.T) {
	database := []string{"database CONTROL", "server CONTROL SERVER"}
	alter := append([]string{"database ALTER", "server ALTER ANY DATABASE"}, database...)
	tests := []struct {
		level level
		by    []string
	}{
		{level{onObject, "SELECT"}, append([]string{"object CONTROL", "object RECEIVE", "schema SELECT", "schema CONTROL", "database SELECT", "server SELECT ALL USER SECURABLES"}, database...)},
		{level{onObject, "UPDATE"}, append([]string{"object CONTROL", "schema UPDATE", "schema CONTROL", "database UPDATE"}, database...)},
		{level{onObject, "EXECUTE"}, append([]string{"object CONTROL", "schema EXECUTE", "schema CONTROL", "database EXECUTE"}, database...)},
		{level{onObject, "ALTER"}, append([]string{"object CONTROL", "schema ALTER", "schema CONTROL", "database ALTER ANY SCHEMA"}, alter...)},
		{level{onObject, "TAKE OWNERSHIP"}, append([]string{"object CONTROL", "schema CONTROL"}, database...)},
		{level{onObject, "RECEIVE"}, append([]string{"object CONTROL", "schema CONTROL"}, database...)},
		{level{onObject, "CONTROL"}, append([]string{"schema CONTROL"}, database...)},
		{level{onSchema, "SELECT"}, append([]string{"schema CONTROL", "database SELECT", "server SELECT ALL USER SECURABLES"}, database...)},
		{level{onSchema, "ALTER"}, append([]string{"schema CONTROL", "database ALTER ANY SCHEMA"}, alter...)},
		{level{onSchema, "TAKE OWNERSHIP"}, append([]string{"schema CONTROL"}, database...)},
		{level{onSchema, "CONTROL"}, database},
		{level{onRole, "ALTER"}, append([]string{"role CONTROL", "database ALTER ANY ROLE"}, alter...)},
		{level{onRole, "TAKE OWNERSHIP"}, append([]string{"role CONTROL"}, database...)},
		{level{onRole, "CONTROL"}, database},
		{level{onUser, "ALTER"}, append([]string{"user CONTROL", "database ALTER ANY USER"}, alter...)},
		{level{onUser, "IMPERSONATE"}, append([]string{"user CONTROL"}, database...)},
		{level{onUser, "CONTROL"}, database},
		{level{onAppRole, "ALTER"}, append([]string{"application role CONTROL", "database ALTER ANY APPLICATION ROLE"}, alter...)},
		{level{onDatabase, "SELECT"}, append([]string{"server SELECT ALL USER SECURABLES"}, database...)},
		{level{onDatabase, "UPDATE"}, database},
		{level{onDatabase, "CONNECT"}, append([]string{"database CONNECT REPLICATION", "server CONNECT ANY DATABASE"}, database...)},
		{level{onDatabase, "ALTER"}, append([]string{"server ALTER ANY DATABASE"}, database...)},
		{level{onDatabase, "ALTER ANY ROLE"}, alter},
		{level{onDatabase, "ALTER ANY USER"}, alter},
		{level{onDatabase, "ALTER ANY SCHEMA"}, alter},
		{level{onDatabase, "ALTER ANY APPLICATION ROLE"}, alter},
		{level{onDatabase, "ALTER ANY DATABASE DDL TRIGGER"}, alter},
		{level{onDatabase, "ALTER ANY ASSEMBLY"}, alter},
		{level{onDatabase, "CONTROL"}, []string{"server CONTROL SERVER"}},
		{level{onLogin, "IMPERSONATE"}, []string{"login CONTROL", "server IMPERSONATE ANY LOGIN", "server CONTROL SERVER"}},
		{level{onLogin, "ALTER"}, []string{"login CONTROL", "server ALTER ANY LOGIN", "server CONTROL SERVER"}},
		{level{onLogin, "CONTROL"}, []string{"server CONTROL SERVER"}},
		{level{onServerRole, "ALTER"}, []string{"server role CONTROL", "server ALTER ANY SERVER ROLE", "server CONTROL SERVER"}},
		{level{onServerRole, "CONTROL"}, []string{"server CONTROL SERVER"}},
		{level{onServer, "CONNECT SQL"}, []string{"server CONTROL SERVER"}},
		{level{onServer, "CONTROL SERVER"}, nil},
	}
	for _, tt := range tests {
		var got []string
		space := tt.level.space()
		for _, l := range space {
			got = append(got, kindNames[l.kind]+" "+l.name)
		}
		if space[0] != tt.level {
			t.Errorf("%s is not the nearest to itself", got[0])
		}
		want := append([]string{kindNames[tt.level.kind] + " " + tt.level.name}, tt.by...)
		slices.Sort(got)
		slices.Sort(want)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s %s (-want +got):\n%s", kindNames[tt.level.kind], tt.level.name, d)
		}
	}
}

// TestFixedPowers is reference A.6 and A.7: what membership of a fixed role is
// worth.
func TestFixedPowers(t *testing.T) {
	type powers struct{ Grant, Deny []string }
	writes := []string{"INSERT", "UPDATE", "DELETE"}
	want := map[string]powers{
		"db_owner": {Grant: []string{"CONTROL"}}, "db_accessadmin": {Grant: []string{"ALTER ANY USER", "CONNECT"}},
		"db_securityadmin":  {Grant: []string{"ALTER ANY ROLE", "ALTER ANY APPLICATION ROLE"}},
		"db_ddladmin":       {Grant: []string{"ALTER ANY SCHEMA", "ALTER ANY DATABASE DDL TRIGGER", "ALTER ANY ASSEMBLY"}},
		"db_backupoperator": {}, "db_datareader": {Grant: []string{"SELECT"}}, "db_datawriter": {Grant: writes},
		"db_denydatareader": {Deny: []string{"SELECT"}}, "db_denydatawriter": {Deny: writes}, "public": {}, "dbo": {}, "guest": {},
		"sys": {}, "INFORMATION_SCHEMA": {},
	}
	got := map[string]powers{}
	for _, p := range builtIn {
		grant, deny := fixedPowers(p.ID)
		got[p.Name] = powers{grant, deny}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("of the database (-want +got):\n%s", d)
	}
	for name, want := range map[string][]string{"securityadmin": {"ALTER ANY LOGIN"}, "##MS_LoginManager##": {"ALTER ANY LOGIN"}, "##MS_DatabaseConnector##": {"CONNECT ANY DATABASE"},
		"##MS_DatabaseManager##": {"ALTER ANY DATABASE"}, "sysadmin": nil, "dbcreator": {"ALTER ANY DATABASE"}, "public": nil} {
		if d := cmp.Diff(want, fixedServerPowers(name)); d != "" {
			t.Errorf("of the server, %s: %s", name, d)
		}
	}
}
