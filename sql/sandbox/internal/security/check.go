package security

import "slices"

// Checker answers questions about one version for one Context. It remembers
// what it worked out, so it must be made anew when the version or the Context
// changes, and used by one goroutine.
type Checker struct {
	s        *Server
	ctx      *Context
	server   []int // server principals of the token, sorted; nil when scoped
	barred   []int // those of the login when scoped: their DENYs alone count (C.6)
	sysadmin bool
	tokens   map[int]*token
	names    map[[2]string]*named
	known    map[Securable]*facts
	spaces   map[space]verdict
}

// facts is what decides all permissions on a securable: whether nothing binds
// the context there (C.1 steps 1 and 6), and the rows about its token.
type facts struct {
	word     string
	absolute bool
	rows     []Row
}

// space is the part of a permission's space above a securable, which is the
// same for all that are in one schema of one database.
type space struct {
	levels   *level
	database int
	schema   int
}

// token is what a Context is inside one database (C.1 step 3).
type token struct {
	db    *Database
	user  int
	enter bool  // false: no access, the token is empty
	dbo   bool  // no permission is looked at
	ids   []int // user, roles transitively and public, sorted
}

// Checker makes a Checker for a context.
func (s *Server) Checker(ctx *Context) *Checker {
	c := &Checker{s: s, ctx: ctx, tokens: map[int]*token{}, names: map[[2]string]*named{}, known: map[Securable]*facts{}, spaces: map[space]verdict{}}
	if ctx.Login == 0 {
		return c
	}
	token := s.token(ctx.Login, RoleServerPublic)
	if ctx.Scoped {
		c.barred = token
	} else {
		c.server, c.sysadmin = token, slices.Contains(token, RoleSysadmin)
	}
	return c
}

// DBO reports whether the context is dbo in a database.
func (c *Checker) DBO(database int) bool { return c.in(database).dbo }

// in returns the token of the context in a database.
func (c *Checker) in(database int) *token {
	if t := c.tokens[database]; t != nil {
		return t
	}
	t := &token{db: c.s.Database(database)}
	c.tokens[database] = t
	if t.db == nil {
		return t
	}
	if database == c.ctx.Database {
		c.fill(t, c.ctx.User)
		return t
	}
	if user, err := c.s.enter(c.ctx, c, t.db); err == nil {
		c.fill(t, user)
	}
	return t
}

// fill makes a token that of a user.
func (c *Checker) fill(t *token, user int) {
	t.enter, t.user = true, user
	t.dbo = user == UserDBO || c.sysadmin
	t.ids = t.db.token(user, RolePublic)
}

// as returns a checker for another principal of the server or, without any server
// authority, of the current database: the AS clause of B.6.
func (c *Checker) as(id int, server bool) *Checker {
	ctx := *c.ctx
	if server {
		ctx.Login, ctx.Scoped = id, false
	} else {
		ctx.User, ctx.Login, ctx.Scoped = id, 0, true
	}
	return c.s.Checker(&ctx)
}

// verdict is what a permission space says.
type verdict struct {
	absolute bool // sysadmin, dbo, owner: no DENY was looked at
	denied   bool
	granted  bool
}

// allowed reports the outcome of the order of C.1.
func (v verdict) allowed() bool { return v.absolute || v.granted && !v.denied }

// Can reports whether the context has a permission on a whole securable, by
// the order of section C.1. Permission is a name in upper case; a name that
// the class does not have is never held.
func (c *Checker) Can(on Securable, permission string) bool {
	return c.judge(on, permission).allowed()
}

// judge looks at every row that decides a permission on a whole securable.
func (c *Checker) judge(on Securable, permission string) verdict {
	f := c.facts(on)
	levels := builtins.spaces[permissionOf{f.word, permission}]
	if len(levels) == 0 {
		return verdict{}
	}
	if f.absolute {
		return verdict{absolute: true, granted: true}
	}
	var v verdict
	if on.Class == ClassObject && on.ID < 0 {
		c.judgeSystem(&v, on, permission)
		return v
	}
	v = c.above(on, levels)
	v.add(f.rows, levels[0].codes)
	return v
}

// facts is the memoized knowledge of a securable.
func (c *Checker) facts(on Securable) *facts {
	f := c.known[on]
	if f != nil {
		return f
	}
	f = &facts{word: c.s.word(on), absolute: c.absolute(on)}
	c.known[on] = f
	switch {
	case !on.inDatabase():
		f.rows = c.s.permissions.about(on, c.server)
	case on.Class != ClassDatabase && c.in(on.Database).enter:
		f.rows = c.in(on.Database).db.permissions.about(on, c.in(on.Database).ids)
	}
	return f
}

// judgeSystem adds what decides a permission on a catalog view: CONTROL on the database, and the view's own rows, those of
// public among them. A view about the server has its rows in master.
func (c *Checker) judgeSystem(v *verdict, on Securable, permission string) {
	enter := c.in(on.Database).enter
	if enter && permission == "EXECUTE" {
		c.judgeProcedure(v, on)
		return
	}
	if !enter || permission != "SELECT" && permission != "CONTROL" {
		return
	}
	codes := []string{"CL"}
	if permission == "SELECT" {
		codes = append(codes, "SL")
	}
	v.granted = c.Can(OnDatabase(on.Database), "CONTROL")
	if view := shippedViews().byID(on.ID); view == nil || !view.InMaster() {
		v.add(c.facts(on).rows, codes)
		return
	}
	ids := []int{RolePublic}
	if master := c.in(DatabaseMaster); master.enter {
		ids = master.ids
	}
	v.add(c.s.Database(DatabaseMaster).permissions.about(on, ids), codes)
}

// absolute reports whether nothing binds the context on a securable: it is
// sysadmin, dbo of the database, or owner (C.1 steps 1 and 6).
func (c *Checker) absolute(on Securable) bool {
	if c.sysadmin {
		return true
	}
	if !on.inDatabase() {
		p := c.s.Login(on.ID)
		return on.Class == ClassServerPrincipal && p != nil && p.IsRole() && !isFixedServerRole(p.ID) && slices.Contains(c.server, p.Owner)
	}
	t := c.in(on.Database)
	if !t.enter {
		return false
	}
	return t.dbo || t.owns(on)
}

// owns reports whether the token holds the owner of a securable or of its
// schema.
func (t *token) owns(on Securable) bool {
	switch on.Class {
	case ClassObject:
		o := t.db.Object(on.ID)
		return o != nil && (t.has(t.db.OwnerOf(o)) || t.ownsSchema(o.Schema))
	case ClassSchema:
		return t.ownsSchema(on.ID)
	case ClassPrincipal:
		p := t.db.Principal(on.ID)
		return p != nil && p.IsRole() && p.Owner != 0 && t.has(p.Owner)
	}
	return false
}

func (t *token) ownsSchema(id int) bool {
	s := t.db.Schema(id)
	return s != nil && t.has(s.Owner)
}

// has reports whether a principal is in the token.
func (t *token) has(id int) bool {
	_, found := slices.BinarySearch(t.ids, id)
	return found
}

// above is the memoized verdict of the levels of a permission's space that are
// not rows of the securable itself.
func (c *Checker) above(on Securable, levels []level) verdict {
	key := space{levels: &levels[0], database: on.Database}
	if on.Class == ClassObject {
		if o := c.in(on.Database).object(on.ID); o != nil {
			key.schema = o.Schema
		}
	}
	v, ok := c.spaces[key]
	if ok {
		return v
	}
	for i, l := range levels {
		t := c.in(on.Database)
		switch {
		case l.class == "SERVER":
			c.judgeServer(&v, l.codes)
		case !on.inDatabase() || !t.enter:
		case l.class == "DATABASE":
			v.add(t.db.permissions.about(OnDatabase(0), t.ids), l.codes)
			v.addFixed(fixedRoles, t.ids, l.codes)
		case l.class == "SCHEMA" && i > 0:
			v.add(t.db.permissions.about(OnSchema(0, key.schema), t.ids), l.codes)
		}
	}
	c.spaces[key] = v
	return v
}

// object returns an object of the token's database, nil where there is none.
func (t *token) object(id int) *Object {
	if t.db == nil {
		return nil
	}
	return t.db.Object(id)
}

// judgeServer adds the rows and fixed roles of the server.
func (c *Checker) judgeServer(v *verdict, codes []string) {
	v.add(c.s.permissions.about(OnServer(), c.server), codes)
	var barred verdict
	barred.add(c.s.permissions.about(OnServer(), c.barred), codes)
	v.denied = v.denied || barred.denied
	v.addFixed(fixedServerRoles, c.server, codes)
}

// add adds the rows with any of the codes. Column rows are not looked at.
func (v *verdict) add(rows []Row, codes []string) {
	for _, r := range rows {
		if r.Minor == 0 && slices.Contains(codes, r.Type) {
			v.addState(r.State)
		}
	}
}

func (v *verdict) addState(state byte) {
	switch state {
	case StateGrant, StateWithGrant:
		v.granted = true
	case StateDeny:
		v.denied = true
	}
}

// addFixed adds the hidden rights of the fixed roles in a token.
func (v *verdict) addFixed(roles []fixedRole, ids []int, codes []string) {
	for _, r := range roles {
		if _, member := slices.BinarySearch(ids, r.id); !member {
			continue
		}
		v.granted = v.granted || intersects(r.grants, codes)
		v.denied = v.denied || intersects(r.denies, codes)
	}
}

func intersects(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
