package sites

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/finding"
)

// TestWaysInReachTheExits opens access past the policy, or closes what it
// gives, and wants each told by plan --check, which looks at the plan's
// mismatches, and by verify, with its cause; and nothing of it afterwards. What
// is said of each way is held in grants/agreement.
func TestWaysInReachTheExits(t *testing.T) {
	l := newLive(t)
	f := l.fleet("imvw_site")
	if err := l.apply(f); err != nil {
		t.Fatal(err)
	}
	l.admin("CREATE LOGIN eve WITH PASSWORD = N'Kj3-lkj2-Lkj9'; CREATE USER eve FOR LOGIN eve; CREATE ROLE Guests")
	l.admin("CREATE VIEW dbo.beside AS SELECT id FROM dbo.tb_part")
	for _, tt := range []struct{ name, do, undo, code, cause string }{
		{"a schema grant", "GRANT SELECT ON SCHEMA::dbo TO ann", "REVOKE SELECT ON SCHEMA::dbo FROM ann", "schema-grant", `"ann"`},
		{"a database grant to public", "GRANT DELETE TO public", "REVOKE DELETE FROM public", "database-grant", "public"},
		{"a fixed role", "ALTER ROLE db_datareader ADD MEMBER ann", "ALTER ROLE db_datareader DROP MEMBER ann", "fixed-role", "db_datareader"},
		{"ownership", "ALTER AUTHORIZATION ON dbo.imvw_part TO ann", "ALTER AUTHORIZATION ON dbo.imvw_part TO SCHEMA OWNER", "owner", "imvw_part"},
		{"a deny role", "ALTER ROLE db_denydatawriter ADD MEMBER ann", "ALTER ROLE db_denydatawriter DROP MEMBER ann", "fixed-role", "db_denydatawriter"},
		{"a DENY on the schema", "DENY UPDATE ON SCHEMA::dbo TO public", "REVOKE UPDATE ON SCHEMA::dbo FROM public", "schema-deny", "public"},
		{"a stranger's row", "GRANT SELECT ON dbo.imvw_part TO eve", "REVOKE SELECT ON dbo.imvw_part FROM eve", "unmanaged-grant", `"eve"`},
		{"a stranger in a group's role", "ALTER ROLE Reader ADD MEMBER eve", "ALTER ROLE Reader DROP MEMBER eve", "extra-member", `"eve"`},
		{"a role in a role", "ALTER ROLE Guests ADD MEMBER eve; ALTER ROLE Reader ADD MEMBER Guests", "ALTER ROLE Reader DROP MEMBER Guests; ALTER ROLE Guests DROP MEMBER eve", "extra-member", `"eve"`},
		{"sysadmin", "ALTER SERVER ROLE sysadmin ADD MEMBER ann", "ALTER SERVER ROLE sysadmin DROP MEMBER ann", "server-role", `"ann"`},
		{"EXECUTE AS", "GRANT IMPERSONATE ON USER::ann TO eve", "REVOKE IMPERSONATE ON USER::ann FROM eve", "impersonate", `"eve"`},
		{"a power over roles", "GRANT ALTER ANY ROLE TO eve", "REVOKE ALTER ANY ROLE FROM eve", "power-grant", `"eve"`},
		{"the table behind", "GRANT SELECT ON dbo.tb_part TO eve", "REVOKE SELECT ON dbo.tb_part FROM eve", "table-grant", "tb_part"},
		{"a view beside", "GRANT SELECT ON dbo.beside TO eve", "REVOKE SELECT ON dbo.beside FROM eve", "beside-grant", "beside"},
		{"a column", "GRANT SELECT ON dbo.imvw_part (name) TO ann", "REVOKE SELECT ON dbo.imvw_part (name) FROM ann", "column-grant", "imvw_part"},
		{"guest", "GRANT CONNECT TO guest; GRANT SELECT ON dbo.imvw_part TO guest", "REVOKE SELECT ON dbo.imvw_part FROM guest; REVOKE CONNECT FROM guest", "guest-grant", "guest"},
		{"CONNECT taken", "REVOKE CONNECT FROM ann", "GRANT CONNECT TO ann", "connect-missing", `"ann"`},
		{"a login disabled", "ALTER LOGIN ann DISABLE", "ALTER LOGIN ann ENABLE", "login-disabled", `"ann"`},
		{"a chain broken", "ALTER AUTHORIZATION ON dbo.tb_site TO eve", "ALTER AUTHORIZATION ON dbo.tb_site TO SCHEMA OWNER", "chain-broken", "imvw_site"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := live{T: t, server: l.server, url: l.url}
			l.admin(tt.do)
			planned, verified := l.plan(f).Mismatches(), f.Verify(context.Background(), time.Now())[0]
			l.admin(tt.undo)
			told := func(m finding.Finding) bool { return m.Code == tt.code && strings.Contains(m.Message, tt.cause) }
			if !slices.ContainsFunc(planned, told) {
				t.Errorf("plan --check is told %v, want %s naming %q", planned, tt.code, tt.cause)
			}
			if verified.OK() || !slices.ContainsFunc(verified.Mismatches.Of(finding.Error), told) {
				t.Errorf("verify says OK %v, %v, want %s naming %q", verified.OK(), verified.Mismatches, tt.code, tt.cause)
			}
			if again := f.Verify(context.Background(), time.Now())[0]; !again.OK() || len(l.plan(f).Mismatches()) > 0 {
				t.Errorf("after taking it back: %v %v", again.Err, again.Mismatches)
			}
		})
	}
}
