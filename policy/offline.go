package policy

import "grantree/grants"

// offlineCollation is the usual one of the application's servers.
const offlineCollation = "SQL_Latin1_General_CP1_CI_AS"

// Offline returns a site made from the catalog alone: every view that the
// catalog knows, owned by dbo, and no user or role but those every database
// has. It stands in for a snapshot where no server is asked.
func (p *Policy) Offline(site Site) *grants.Snapshot {
	c := grants.ParseCollation(offlineCollation)
	s := &grants.Snapshot{Site: site.Name, Server: site.Server, Database: site.Database, Collation: c, ServerCollation: c,
		Runner:        grants.Runner{Login: "sa", User: "dbo", UserID: grants.DboID, SysAdmin: true, CanControl: true, CanLogin: true},
		Principals:    builtInPrincipals(),
		Schemas:       []grants.Schema{{ID: 1, Name: "dbo", Owner: grants.DboID}},
		LoginsVisible: true,
	}
	schema := 1
	if !c.Equal(p.Catalog.Schema, "dbo") {
		schema = grants.FirstUserID
		s.Schemas = append(s.Schemas, grants.Schema{ID: schema, Name: p.Catalog.Schema, Owner: grants.DboID})
	}
	const firstObject = 1000
	for i, v := range p.Catalog.Views() {
		s.Views = append(s.Views, grants.SiteView{ID: firstObject + i, Schema: schema, Name: string(v), Owner: grants.DboID})
	}
	return s
}

// builtInPrincipals returns the principals of an empty database (reference
// A.5, A.6).
func builtInPrincipals() []grants.Principal {
	out := []grants.Principal{
		{ID: grants.PublicID, Name: "public", Type: grants.DatabaseRole, Owner: grants.DboID},
		{ID: grants.DboID, Name: "dbo", Type: grants.SQLUser, AuthType: 1, SID: "01"},
		{ID: grants.GuestID, Name: "guest", Type: grants.SQLUser, SID: "00"},
		{ID: 3, Name: "INFORMATION_SCHEMA", Type: grants.SQLUser},
		{ID: 4, Name: "sys", Type: grants.SQLUser},
	}
	fixed := map[int]string{grants.DBOwnerID: "db_owner", grants.DBAccessAdminID: "db_accessadmin", grants.DBSecurityAdminID: "db_securityadmin",
		grants.DBDDLAdminID: "db_ddladmin", 16389: "db_backupoperator", grants.DBDataReaderID: "db_datareader", grants.DBDataWriterID: "db_datawriter",
		grants.DBDenyDataReaderID: "db_denydatareader", grants.DBDenyDataWriterID: "db_denydatawriter"}
	for id := grants.DBOwnerID; id <= grants.DBDenyDataWriterID; id++ {
		if name, ok := fixed[id]; ok {
			out = append(out, grants.Principal{ID: id, Name: name, Type: grants.DatabaseRole, Fixed: true, Owner: grants.DboID})
		}
	}
	return out
}
