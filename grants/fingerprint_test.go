package grants

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestFingerprintTellsSitesApart(t *testing.T) {
	base := func() siteBuilder {
		return newSite("v").role("r").user("bob").member("r", "bob").row(Granted, "SELECT", "v", "r")
	}
	same := base().Fingerprint()
	for name, other := range map[string]siteBuilder{
		"another role":                  base().role("s"),
		"a mark":                        marks(base()),
		"another member":                base().member("db_owner", "bob"),
		"another row":                   base().row(Granted, "UPDATE", "v", "r"),
		"a column row":                  base().column(Granted, "UPDATE", "v", 2, "r"),
		"another state":                 newSite("v").role("r").user("bob").member("r", "bob").row(Denied, "SELECT", "v", "r"),
		"another owner":                 owned(base(), "bob"),
		"a row on a schema":             base().schemaRow(Granted, "SELECT", DboID, "r"),
		"a row beyond views":            base().row(Granted, "EXECUTE", "v", "r"),
		"another view":                  newSite("v", "w").role("r").user("bob").member("r", "bob").row(Granted, "SELECT", "v", "r"),
		"another owner of the database": changed(base(), func(s *Snapshot) { s.OwnerSID = "0505" }),
		"chains into other databases":   changed(base(), func(s *Snapshot) { s.Chaining = true }),
		"a table": changed(base(), func(s *Snapshot) {
			s.Objects = append(s.Objects, Object{ID: 7, Schema: DboID, Name: "t", Type: Table, Owner: DboID})
		}),
		"what a view refers to": changed(base(), func(s *Snapshot) {
			s.Dependencies = append(s.Dependencies, Dependency{From: s.Views[0].ID, Schema: "dbo", Name: "t"})
		}),
		"a row on a user": changed(base(), func(s *Snapshot) {
			s.Permissions = append(s.Permissions, PermissionRow{Class: ClassPrincipal, Major: base().id("bob"), Grantee: base().id("r"), Name: "IMPERSONATE", State: Granted})
		}),
		"another login of the same name": changed(base(), func(s *Snapshot) {
			s.Logins[0].SID = "AB"
			s.Principals[len(s.Principals)-1].SID = "AB"
		}),
		"a disabled login":          changed(base(), func(s *Snapshot) { s.Logins[0].Disabled = true }),
		"a member of a server role": changed(base(), func(s *Snapshot) { s.ServerMembers = append(s.ServerMembers, Member{Role: 3, Member: 300}) }),
		"a server permission": changed(base(), func(s *Snapshot) {
			s.ServerPermissions = append(s.ServerPermissions, ServerPermissionRow{Class: ClassServer, Grantee: 300, Name: "CONTROL SERVER", State: Granted})
		}),
	} {
		if other.Fingerprint() == same {
			t.Errorf("%s makes no difference", name)
		}
	}
	if len(same) != 64 || base().Fingerprint() != same {
		t.Errorf("fingerprint = %q", same)
	}
	version := base()
	version.Version, version.Runner = "17.0", Runner{User: "somebody"}
	version.login("stranger")
	version.ServerPermissions = append(version.ServerPermissions, ServerPermissionRow{Class: ClassServer, Grantee: 900, Name: "CONNECT SQL", State: Granted})
	if version.Fingerprint() != same {
		t.Error("version, runner or other logins make a difference")
	}
}

func changed(b siteBuilder, change func(*Snapshot)) siteBuilder {
	change(b.Snapshot)
	return b
}

func marks(b siteBuilder) siteBuilder {
	b.Principals[len(b.Principals)-1].Managed = true
	return b
}

func TestFingerprintIgnoresOrderAndIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawProperties(t, drawSite(t))
		want := s.Fingerprint()
		if shuffleSnapshot(s).Fingerprint() != want || renumbered(s).Fingerprint() != want {
			t.Fatal("another order or other ids make another fingerprint")
		}
	})
}

// renumbered gives everything but what every database has another id.
func renumbered(s *Snapshot) *Snapshot {
	id := func(n int) int {
		if isBuiltIn(n) {
			return n
		}
		return n + 100
	}
	out := *shuffleSnapshot(s)
	for i := range out.Principals {
		out.Principals[i].ID = id(out.Principals[i].ID)
	}
	out.Openings = slices.Clone(s.Openings)
	for i := range out.Openings {
		out.Openings[i].User = id(out.Openings[i].User)
	}
	for i, m := range out.Members {
		out.Members[i] = Member{id(m.Role), id(m.Member)}
	}
	for i := range out.Views {
		v := &out.Views[i]
		v.ID, v.Schema, v.Owner = v.ID+100, id(v.Schema), id(v.Owner)
	}
	for i := range out.Schemas {
		out.Schemas[i].ID, out.Schemas[i].Owner = id(out.Schemas[i].ID), id(out.Schemas[i].Owner)
	}
	for i := range out.Permissions {
		r := &out.Permissions[i]
		r.Grantee, r.Grantor = id(r.Grantee), id(r.Grantor)
		switch r.Class {
		case ClassObject:
			r.Major += 100
		case ClassSchema:
			r.Major = id(r.Major)
		}
	}
	return &out
}
