package mssql

import (
	"fmt"

	"grantree/grants"
)

// Hidden says what a DENY keeps from the runner's eyes: whoever is denied VIEW
// DEFINITION, or CONTROL, on an object, schema, user or role does not see it, whatever
// they hold on the database (reference C.4). The catalog views leave it out without a
// word, while the row of the DENY itself is there. Of sysadmin and dbo nothing is kept.
func Hidden(s *grants.Snapshot) []grants.Unread {
	if s.Runner.SysAdmin || s.Runner.UserID == grants.DboID {
		return nil
	}
	token, seen := runnerToken(s), seenIDs(s)
	var out []grants.Unread
	for _, row := range s.Permissions {
		who, ours := token[row.Grantee]
		if !ours || row.State != grants.Denied || row.Minor != 0 || row.Name != "VIEW DEFINITION" && row.Name != "CONTROL" {
			continue
		}
		u := grants.Unread{Why: fmt.Sprintf("%q is denied %s on it, and so is the login that runs grantree", who, row.Name)}
		switch schema := schemaName(s, row.Major); {
		case row.Class == grants.ClassSchema && schema != "":
			u.What = fmt.Sprintf("what the schema %q holds", schema)
			u.Fix = []grants.Remedy{{Kind: grants.RemedyRevoke, On: grants.Securable{Class: "SCHEMA", Name: schema}, Permissions: []string{row.Name}, Principal: who}}
		case row.Class == grants.ClassObject && row.Major > 0 && !seen[row.Class][row.Major]:
			u.What = fmt.Sprintf("a view or other object, OBJECT_NAME(%d) to an administrator,", row.Major)
		case row.Class == grants.ClassPrincipal && !seen[row.Class][row.Major]:
			u.What = fmt.Sprintf("a user or role, USER_NAME(%d) to an administrator,", row.Major)
		default:
			continue
		}
		out = append(out, u)
	}
	return out
}

// runnerToken is who the runner is to the database, by id and with the name: their
// user, the roles that it is in, through others too, and public.
func runnerToken(s *grants.Snapshot) map[int]string {
	ids := map[int]bool{grants.PublicID: true, s.Runner.UserID: true}
	for before := 0; before < len(ids); {
		before = len(ids)
		for _, m := range s.Members {
			if ids[m.Member] {
				ids[m.Role] = true
			}
		}
	}
	out := make(map[int]string, len(ids))
	for _, p := range s.Principals {
		if ids[p.ID] {
			out[p.ID] = p.Name
		}
	}
	return out
}

// seenIDs are the ids of what the runner sees, by class.
func seenIDs(s *grants.Snapshot) map[grants.Class]map[int]bool {
	objects, principals := make(map[int]bool, len(s.Views)+len(s.Objects)), make(map[int]bool, len(s.Principals))
	for _, v := range s.Views {
		objects[v.ID] = true
	}
	for _, o := range s.Objects {
		objects[o.ID] = true
	}
	for _, p := range s.Principals {
		principals[p.ID] = true
	}
	return map[grants.Class]map[int]bool{grants.ClassObject: objects, grants.ClassPrincipal: principals}
}

// schemaName is the name of a schema, or empty.
func schemaName(s *grants.Snapshot, id int) string {
	for _, x := range s.Schemas {
		if x.ID == id {
			return x.Name
		}
	}
	return ""
}
