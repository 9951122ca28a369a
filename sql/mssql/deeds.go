package mssql

import (
	"cmp"

	"grantree/audit"
	"grantree/sql/tsql"
)

// Deeds says what the statements of a text do to principals and permissions: one
// deed for each permission and principal. A text that is not understood has
// none; of one that is, nor has what is about something else.
func Deeds(text string) []audit.Deed {
	batch, err := tsql.Parse(text)
	if err != nil {
		return nil
	}
	var out []audit.Deed
	ofServer := false
	for _, s := range batch.Statements {
		if use, ok := s.(*tsql.Use); ok {
			ofServer = use.Database.Value == "master"
		}
		for _, d := range deedsOf(s) {
			if ofServer && d.Class == "DATABASE" {
				d.Class = "SERVER"
			}
			out = append(out, d)
		}
	}
	return out
}

func deedsOf(s tsql.Statement) []audit.Deed {
	switch s := s.(type) {
	case *tsql.Permission:
		return permissionDeeds(s)
	case *tsql.AlterRole:
		d := audit.Deed{Class: "ROLE", Name: s.Name.Value}
		if s.Server {
			d.Class = "SERVER ROLE"
		}
		switch {
		case s.AddMember != nil:
			d.Doing, d.Principal = audit.AddsMember, s.AddMember.Value
		case s.DropMember != nil:
			d.Doing, d.Principal = audit.DropsMember, s.DropMember.Value
		default:
			return nil
		}
		return []audit.Deed{d}
	case *tsql.CreateUser:
		return []audit.Deed{{Doing: audit.MakesUser, Principal: s.Name.Value}}
	case *tsql.DropUser:
		return []audit.Deed{{Doing: audit.DropsUser, Principal: s.Name.Value}}
	case *tsql.CreateRole:
		if !s.Server {
			return []audit.Deed{{Doing: audit.MakesRole, Principal: s.Name.Value}}
		}
	case *tsql.DropRole:
		if !s.Server {
			return []audit.Deed{{Doing: audit.DropsRole, Principal: s.Name.Value}}
		}
	case *tsql.AlterAuthorization:
		class := cmp.Or(s.Class, "OBJECT")
		return []audit.Deed{{Doing: audit.GivesTo, Class: class, Schema: s.Entity.Schema, Name: s.Entity.Name}}
	}
	return nil
}

// permissionDeeds are those of GRANT, DENY and REVOKE. What takes the grant option
// alone leaves the permission as it is.
func permissionDeeds(s *tsql.Permission) []audit.Deed {
	if s.GrantOptionFor || s.All {
		return nil
	}
	d := audit.Deed{Doing: map[tsql.Action]audit.Doing{tsql.Grant: audit.Grants, tsql.Deny: audit.Denies, tsql.Revoke: audit.Revokes}[s.Action], Class: "DATABASE"}
	columns := false
	if s.On != nil {
		d.Class, d.Schema, d.Name = cmp.Or(s.On.Class, "OBJECT"), s.On.Name.Schema, s.On.Name.Name
		columns = len(s.On.Columns) > 0
		if d.Class == "DATABASE" {
			d.Name = ""
		}
	}
	var out []audit.Deed
	for _, item := range s.Items {
		for _, p := range s.Principals {
			d.Permission, d.Principal, d.Columns = item.Name, p.Value, columns || len(item.Columns) > 0
			out = append(out, d)
		}
	}
	return out
}
