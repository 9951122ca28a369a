package security

// resolve finds the securable and its owner.
func (run *grantRun) resolve() error {
	class := run.st.Class
	if class == "" {
		class = run.impliedClass()
	}
	switch class {
	case "SERVER", "LOGIN", "SERVER ROLE", "ENDPOINT", "AVAILABILITY GROUP":
		return run.resolveServer(class)
	}
	run.db = run.s.Database(run.ctx.Database)
	run.word = class
	switch class {
	case "DATABASE":
		return run.resolveDatabase()
	case "SCHEMA":
		return run.resolveSchema()
	case "OBJECT":
		return run.resolveObject()
	case "USER", "ROLE":
		return run.resolvePrincipal()
	}
	return errMissing(1, "find", lowerWord(class), run.last()) // there are none of any other class
}

// impliedClass is the class of a statement without a class word: the object
// when it has an ON clause, else the database, else the server when a
// permission is one that only the server has (B.4).
func (run *grantRun) impliedClass() string {
	if len(run.st.Securable) > 0 {
		return "OBJECT"
	}
	for _, p := range run.st.Permissions {
		name := normalPermission(p.Name)
		if _, ok := builtins.byName[permissionOf{"DATABASE", name}]; ok {
			return "DATABASE"
		}
		if _, ok := builtins.byName[permissionOf{"SERVER", name}]; ok {
			return "SERVER"
		}
	}
	return "DATABASE"
}

// last returns the last part of the securable's name.
func (run *grantRun) last() string {
	if n := len(run.st.Securable); n > 0 {
		return run.st.Securable[n-1]
	}
	return ""
}

// resolveServer finds a securable of the server, which takes the current
// database to be master (4621).
func (run *grantRun) resolveServer(class string) error {
	if run.ctx.Database != DatabaseMaster && len(run.st.Permissions) > 0 {
		return refuse(4621)
	}
	run.word, run.on, run.owner = class, OnServer(), 0
	switch class {
	case "SERVER":
		return nil
	case "ENDPOINT":
		return refuse(40517, class) // there are some, which are not told of
	}
	p := run.s.LoginNamed(run.last())
	if p.word(true) != class || !run.session.SeesLogin(p) {
		return errMissing(1, "find", lowerWord(class), run.last())
	}
	run.on, run.owner = OnLogin(p.ID), p.Owner
	return nil
}

func (run *grantRun) resolveDatabase() error {
	run.on, run.owner = OnDatabase(run.db.ID), UserDBO
	if len(run.st.Securable) == 0 || run.s.collation.Equal(run.last(), run.db.Name) {
		return nil
	}
	if run.s.DatabaseNamed(run.last()) == nil {
		return errMissing(1, "find", "database", run.last())
	}
	return refuse(4610)
}

func (run *grantRun) resolveSchema() error {
	if run.elsewhere(1) {
		return refuse(4610)
	}
	schema := run.db.SchemaNamed(run.last())
	if schema == nil {
		return errMissing(1, "find", "schema", run.last())
	}
	run.on, run.owner = OnSchema(run.db.ID, schema.ID), schema.Owner
	return nil
}

// elsewhere reports whether the securable's name begins with another database;
// own is how many parts a name inside the database has at most.
func (run *grantRun) elsewhere(own int) bool {
	return len(run.st.Securable) > own && run.st.Securable[0] != "" && !run.s.collation.Equal(run.st.Securable[0], run.db.Name)
}

func (run *grantRun) resolveObject() error {
	if run.elsewhere(2) {
		return refuse(4610)
	}
	schema := schemaOf(run.st.Securable)
	o := run.db.Resolve(run.ctx.User, schema, run.last())
	if system := systemProcedure(schema, run.last()); system != nil {
		if o = system; run.db.ID != DatabaseMaster {
			return refuse(4629)
		}
	} else if id, ok := run.session.systemObject([]string{schema, run.last()}); ok {
		v := shippedViews().byID(id)
		if v.InMaster() && run.db.ID != DatabaseMaster {
			return refuse(4629)
		}
		o = v.whole()
	}
	if o == nil || o.Parent != 0 {
		return errMissing(1, "find", "object", run.last())
	}
	run.object = o
	run.on, run.owner = OnObject(run.db.ID, o.ID), run.db.OwnerOf(o)
	if o.ID < 0 {
		run.owner = UserDBO // who has given what public has
	}
	return nil
}

func (run *grantRun) resolvePrincipal() error {
	p := run.db.PrincipalNamed(run.last())
	if p.word(false) != run.word {
		return errMissing(1, "find", lowerWord(run.word), run.last())
	}
	run.on, run.owner = OnPrincipal(run.db.ID, p.ID), p.Owner
	return nil
}
