package security

// AlterAuthorization is ALTER AUTHORIZATION (D.8). class is the class word in
// upper case, empty for OBJECT; securable are the name parts. It needs TAKE
// OWNERSHIP on the entity, and IMPERSONATE on a user or membership in or ALTER
// on a role that is to own it. When the owner really changes, every permission
// on the entity is dropped (databases excepted); for a schema also those on the
// objects in it that have no owner of their own.
func (s *Server) AlterAuthorization(ctx *Context, class string, securable []string, owner string, schemaOwner bool) error {
	run := &grantRun{s: s, ctx: ctx, session: s.Checker(ctx), st: Statement{Class: orElse(class, "OBJECT"), Securable: securable}}
	if class == "DATABASE" {
		return s.giveDatabase(ctx, run.last(), owner)
	}
	if err := run.resolve(); err != nil {
		return err
	}
	if run.on.ID < 0 || !run.session.Can(run.on, "TAKE OWNERSHIP") {
		return errMissing(1, "find", lowerWord(run.word), run.last())
	}
	if run.db == nil {
		return s.giveServerRole(run, owner)
	}
	if schemaOwner && run.object != nil {
		owner = run.db.nameOf(run.db.Schema(run.object.Schema).Owner)
	}
	id, err := run.session.newOwner(run.db, owner, "find", "principal")
	if err != nil {
		return err
	}
	if schemaOwner {
		id = 0
	}
	return s.give(run, id)
}

// give stores the new owner of an object, a schema or a role.
func (s *Server) give(run *grantRun, owner int) error {
	fixed := run.word == "SCHEMA" && builtinSchema(run.on.ID) || run.word == "ROLE" && (isFixedRole(run.on.ID) || run.on.ID == RolePublic)
	if fixed || run.word == "USER" {
		return refuse(15150, "alter", lowerWord(run.word), run.last())
	}
	return s.change(run.db, func(d *Database) {
		switch run.word {
		case "OBJECT":
			next := *run.object
			next.Owner = owner
			d.putObject(&next)
			d.dropIfGiven(ClassObject, next.ID, d.OwnerOf(&next), run.owner)
		case "SCHEMA":
			d.giveSchema(Schema{ID: run.on.ID, Name: d.Schema(run.on.ID).Name, Owner: owner}, run.owner)
		default:
			next := *d.Principal(run.on.ID)
			next.Owner = owner
			d.putPrincipal(&next)
			d.dropIfGiven(ClassPrincipal, next.ID, owner, run.owner)
		}
	})
}

// dropIfGiven drops the permissions on an entity whose owner changed.
func (r *roster) dropIfGiven(class Class, id, to, from int) {
	if to != from {
		r.permissions.drop(class, id)
	}
}

func (d *Database) giveSchema(schema Schema, from int) {
	d.putSchema(&schema)
	d.dropIfGiven(ClassSchema, schema.ID, schema.Owner, from)
	for _, o := range d.inSchema(schema.ID) {
		if o.Owner == 0 {
			d.dropIfGiven(ClassObject, o.ID, schema.Owner, from)
		}
	}
}

// giveServerRole stores the new owner of a server role.
func (s *Server) giveServerRole(run *grantRun, owner string) error {
	p := s.LoginNamed(owner)
	if p == nil || !run.session.Can(OnLogin(p.ID), "IMPERSONATE") && !run.session.Can(OnLogin(p.ID), "ALTER") && p.ID != run.ctx.Login {
		return errMissing(1, "find", "principal", owner)
	}
	if run.word != "SERVER ROLE" || isFixedServerRole(run.on.ID) {
		return refuse(15150, "alter", lowerWord(run.word), run.last())
	}
	next := *s.Login(run.on.ID)
	next.Owner = p.ID
	s.putLogin(&next)
	s.dropIfGiven(ClassServerPrincipal, next.ID, p.ID, run.owner)
	return nil
}

// giveDatabase makes a login the owner of a database, where dbo is then that
// login. The login must not be a user there already (15110).
func (s *Server) giveDatabase(ctx *Context, name, owner string) error {
	d := s.DatabaseNamed(name)
	c := s.Checker(ctx)
	if d == nil || !c.Can(OnDatabase(d.ID), "TAKE OWNERSHIP") {
		return errMissing(1, "find", "database", name)
	}
	p := s.LoginNamed(owner)
	if p == nil || p.IsRole() || p.ID != ctx.Login && !c.Can(OnLogin(p.ID), "IMPERSONATE") {
		return errMissing(1, "find", "principal", owner)
	}
	if d.ID < DatabaseMSDB {
		return refuse(15109)
	}
	if user := d.bySID(p.SID); user != nil && user.ID != UserDBO {
		return refuse(15110)
	}
	return s.change(d, func(w *Database) {
		w.OwnerSID = p.SID
		dbo := *w.Principal(UserDBO)
		dbo.SID = p.SID
		w.putPrincipal(&dbo)
	})
}
