package grants

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBeyond(t *testing.T) {
	base := func() siteBuilder {
		return newSite("va", "vb", "other").role("+Mechanic", "Reporting").user("bob", "ann").member("Mechanic", "bob").member("Reporting", "ann", "bob")
	}
	want := newWanted("va", "vb").role("Mechanic").user("bob").Wanted
	for _, tt := range []struct {
		name string
		site siteBuilder
		want []string
	}{
		{"nothing", base().row(Granted, "SELECT", "va", "Mechanic").row(Granted, "SELECT", "other", "Reporting"), nil},
		{"a stranger's grants", base().row(Granted, "SELECT", "va", "Reporting").row(Granted, "UPDATE", "vb", "Reporting"),
			[]string{`unmanaged-grant: the role "Reporting" is granted SELECT, UPDATE on dbo.va, dbo.vb, which reaches ann, bob`}},
		{"a stranger's DENY", base().row(Denied, "SELECT", "va", "ann"), []string{`unmanaged-deny: the user "ann" is denied SELECT on dbo.va`}},
		{"public and guest", base().row(Granted, "SELECT", "va", "public").row(Granted, "SELECT", "va", "guest"),
			[]string{`guest-grant: guest is granted SELECT on dbo.va`, `public-grant: public is granted SELECT on dbo.va, which reaches ann, bob`}},
		{"the schema", base().schemaRow(Denied, "SELECT", DboID, "Mechanic").schemaRow(Granted, "SELECT", 77, "Mechanic"),
			[]string{`schema-deny: the role "Mechanic" is denied SELECT on the schema dbo, which reaches bob`}},
		{"the database", base().databaseRow(Granted, "CONTROL", "ann"), []string{`database-grant: the user "ann" is granted CONTROL on the database`}},
		{"fixed roles", base().member("db_owner", "ann").member("db_datareader", "Mechanic").member("db_backupoperator", "bob"),
			[]string{`fixed-role: the role "Mechanic" is a member of db_datareader, which reaches bob`, `fixed-role: the user "ann" is a member of db_owner`}},
		{"owners", ownedView(base()), []string{`owner: the role "Reporting" owns dbo.va and may do everything there, which reaches ann, bob`}},
		{"CONTROL on a view", base().row(Granted, "CONTROL", "va", "Mechanic"), []string{`control-grant: the role "Mechanic" is granted CONTROL on dbo.va, which reaches bob`}},
		{"columns", base().column(Granted, "SELECT", "va", 1, "bob").column(Revoked, "SELECT", "vb", 1, "Mechanic"),
			[]string{`column-deny: the role "Mechanic" is denied SELECT on columns of dbo.vb, which reaches bob`, `column-grant: the user "bob" is granted SELECT on columns of dbo.va`}},
		{"CONNECT denied", base().databaseRow(Denied, "CONNECT", "bob"), []string{`connect-denied: the user "bob" is denied CONNECT on the database`}},
		{"a role that nobody is in", base().role("Empty").row(Granted, "DELETE", "va", "Empty"),
			[]string{`unmanaged-grant: the role "Empty" is granted DELETE on dbo.va, which reaches nobody now`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range Beyond(tt.site.Snapshot, want) {
				if f.Severity != "warning" || f.Fix == "" {
					t.Errorf("finding = %+v", f)
				}
				got = append(got, f.Code+": "+f.Message[len(`site "North": `):])
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Beyond (-want +got):\n%s", diff)
			}
		})
	}
}

func ownedView(b siteBuilder) siteBuilder {
	b.view("va").Owner = b.id("Reporting")
	return b
}
