package grants

// offlineCollation is the usual one of the application's servers.
const offlineCollation = "SQL_Latin1_General_CP1_CI_AS"

// Offline returns a site made from the catalog alone: every view that the
// catalog knows, owned by dbo, and no user or role but those every database
// has. It stands in for a snapshot where no server is asked.
func (p *Policy) Offline(site Site) *Snapshot {
	c := ParseCollation(offlineCollation)
	s := &Snapshot{Site: site.Name, Server: site.Server, Database: site.Database, Collation: c, ServerCollation: c,
		Runner:        Runner{Login: "sa", User: "dbo", UserID: DboID, SysAdmin: true, CanControl: true, CanLogin: true},
		Principals:    builtInPrincipals(),
		Schemas:       []Schema{{ID: 1, Name: "dbo", Owner: DboID}},
		LoginsVisible: true,
	}
	schema := 1
	if !c.Equal(p.Catalog.Schema, "dbo") {
		schema = FirstUserID
		s.Schemas = append(s.Schemas, Schema{ID: schema, Name: p.Catalog.Schema, Owner: DboID})
	}
	const firstObject = 1000
	for i, v := range p.Catalog.Views() {
		s.Views = append(s.Views, SiteView{ID: firstObject + i, Schema: schema, Name: string(v), Owner: DboID})
	}
	return s
}

// builtInPrincipals returns the principals of an empty database (reference
// A.5, A.6).
func builtInPrincipals() []Principal {
	out := []Principal{
		{ID: PublicID, Name: "public", Type: DatabaseRole, Owner: DboID},
		{ID: DboID, Name: "dbo", Type: SQLUser, AuthType: 1, SID: "01"},
		{ID: GuestID, Name: "guest", Type: SQLUser, SID: "00"},
		{ID: 3, Name: "INFORMATION_SCHEMA", Type: SQLUser},
		{ID: 4, Name: "sys", Type: SQLUser},
	}
	fixed := map[int]string{DBOwnerID: "db_owner", DBAccessAdminID: "db_accessadmin", DBSecurityAdminID: "db_securityadmin",
		DBDDLAdminID: "db_ddladmin", 16389: "db_backupoperator", DBDataReaderID: "db_datareader", DBDataWriterID: "db_datawriter",
		DBDenyDataReaderID: "db_denydatareader", DBDenyDataWriterID: "db_denydatawriter"}
	for id := DBOwnerID; id <= DBDenyDataWriterID; id++ {
		if name, ok := fixed[id]; ok {
			out = append(out, Principal{ID: id, Name: name, Type: DatabaseRole, Fixed: true, Owner: DboID})
		}
	}
	return out
}
