package security

import (
	"slices"
	"strings"
)

// normalPermission writes a permission name as the tables have it.
func normalPermission(name string) string {
	return strings.ToUpper(strings.Join(strings.Fields(name), " "))
}

func lowerWord(word string) string { return strings.ToLower(word) }

// readActor finds who the statement acts as. AS takes ALTER on a role or
// IMPERSONATE on a user, or db_securityadmin or db_owner (B.6); lacking it is
// 4618.
func (run *grantRun) readActor() error {
	run.actor, run.actorID = run.session, run.ctx.User
	if run.db == nil {
		run.actorID = run.ctx.Login
	}
	if run.st.As == "" {
		return nil
	}
	id, _, err := run.principal(run.st.As)
	if err != nil {
		return err
	}
	if id == run.actorID {
		return nil
	}
	if !run.mayActAs(id) {
		return refuse(4618, run.st.As)
	}
	run.actorID = id
	run.actor = run.session.as(id, run.db == nil)
	return nil
}

func (run *grantRun) mayActAs(id int) bool {
	on := OnLogin(id)
	if run.db != nil {
		if run.session.manages(run.db.ID) {
			return true
		}
		on = OnPrincipal(run.db.ID, id)
	}
	permission := "IMPERSONATE"
	if strings.HasSuffix(run.s.word(on), "ROLE") {
		permission = "ALTER"
	}
	return run.session.Can(on, permission)
}

// manages reports whether the context manages all permissions of a database:
// dbo, db_owner, db_securityadmin, or the server role securityadmin (A.6,
// A.7).
func (c *Checker) manages(database int) bool {
	t := c.in(database)
	return t.enter && (t.dbo || t.has(RoleOwner) || t.has(RoleSecurityAdmin) || slices.Contains(c.server, RoleSecurity))
}

// authorize checks the authority for every item and returns the grantor each
// is recorded under: the owner of the securable where the authority is
// ownership, CONTROL or a security role, the actor where it is only a row WITH
// GRANT OPTION (B.6). Without authority nothing more is said than that the
// securable was not found, or 4613 for a database and the server.
func (run *grantRun) authorize() ([]int, error) {
	owner := run.ownerAuthority()
	grantors := make([]int, len(run.items))
	for i, item := range run.items {
		switch {
		case owner:
			grantors[i] = run.ownerGrantor()
		case run.st.Action != Deny && run.mayPassOn(item):
			grantors[i] = run.actorID
		case run.word == "DATABASE" || run.word == "SERVER":
			return nil, refuse(4613)
		default:
			return nil, errMissing(1, "find", lowerWord(run.word), run.last())
		}
	}
	return grantors, nil
}

// ownerAuthority reports whether the actor may grant as the owner would.
func (run *grantRun) ownerAuthority() bool {
	if run.actor.absolute(run.on) || run.actor.Can(run.on, control(run.word)) {
		return true
	}
	if run.db != nil {
		return run.actor.manages(run.db.ID)
	}
	if run.word == "LOGIN" && run.actor.Can(OnServer(), "ALTER ANY LOGIN") {
		return true
	}
	return run.word == "SERVER" && slices.Contains(run.actor.server, RoleSecurity)
}

// ownerGrantor is the grantor recorded for owner authority.
func (run *grantRun) ownerGrantor() int {
	switch {
	case run.owner != 0:
		return run.owner
	case run.db == nil:
		return LoginSA
	}
	return UserDBO
}

// mayPassOn reports whether the actor itself holds the permission WITH GRANT
// OPTION on this very securable; a W higher up does not carry over (B.6). A
// member of db_accessadmin holds CONNECT that way (A.6).
func (run *grantRun) mayPassOn(item grantItem) bool {
	if run.word == "DATABASE" && item.name == "CONNECT" && run.actor.in(run.db.ID).has(RoleAccessAdmin) {
		return true
	}
	return slices.ContainsFunc(run.rows.of(run.on.Class, run.on.ID, run.actorID), func(r Row) bool {
		return r.Type == item.code && r.State == StateWithGrant && (r.Minor == 0 || r.Minor == item.minor)
	})
}
