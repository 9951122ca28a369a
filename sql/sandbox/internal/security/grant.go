package security

import "slices"

// grantItem is one permission of a statement on one column or on the whole
// securable.
type grantItem struct {
	name  string
	code  string
	minor int
}

// grantRun is one GRANT, DENY or REVOKE while it is worked out. Everything is
// resolved and checked first; rows is a copy that replaces the stored rows only
// when all went well.
type grantRun struct {
	s        *Server
	ctx      *Context
	st       Statement
	session  *Checker
	actor    *Checker // who the statement acts as: the session, or AS
	actorID  int
	on       Securable
	word     string
	db       *Database
	object   *Object
	owner    int // effective owner of the securable
	items    []grantItem
	grantees []int
	messages []*Error
	rows     permissions
}

// Apply runs a permission statement (B.4 to B.7). Either every permission is
// changed for every grantee or nothing is. Messages are what goes out beside
// success: 4624 when a grantee is one that nothing can be granted to, in which
// case nothing changed, and 4628 for ALL.
func (s *Server) Apply(ctx *Context, st Statement) ([]*Error, error) {
	run := &grantRun{s: s, ctx: ctx, st: st, session: s.Checker(ctx)}
	for _, step := range []func() error{run.resolve, run.readItems, run.readGrantees, run.readActor} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	if run.word == "ROLE" && isFixedRole(run.on.ID) {
		return nil, errMissing(1, "find", "object", run.last()) // measured on SQL Server 2025
	}
	if run.disablesGuest() {
		return nil, refuse(15182)
	}
	run.rows = run.stored().copy()
	grantors, err := run.authorize()
	if err != nil {
		return nil, err
	}
	if m, special := run.special(); special {
		return append(run.messages, m), nil
	}
	for i, item := range run.items {
		for _, grantee := range run.grantees {
			if err := run.change(item, grantee, grantors[i]); err != nil {
				return nil, err
			}
		}
	}
	return run.messages, run.store()
}

// stored returns the permission rows the statement is about.
func (run *grantRun) stored() permissions {
	if run.db == nil {
		return run.s.permissions
	}
	return run.db.permissions
}

// store publishes the rows in the version.
func (run *grantRun) store() error {
	if run.db == nil {
		run.s.permissions = run.rows
		return nil
	}
	return run.s.change(run.db, func(d *Database) { d.permissions = run.rows })
}

// readItems turns permissions and column lists into items.
func (run *grantRun) readItems() error {
	permissions := run.st.Permissions
	if run.st.All {
		names, err := run.allMeans()
		if err != nil {
			return err
		}
		for _, name := range names {
			permissions = append(permissions, Permission{Name: name})
		}
		run.messages = append(run.messages, refuse(4628))
	}
	for _, p := range permissions {
		if err := run.readPermission(p); err != nil {
			return err
		}
	}
	return nil
}

// allMeans returns what ALL stands for on the securable (B.4).
func (run *grantRun) allMeans() ([]string, error) {
	switch {
	case run.word == "OBJECT" && run.object.Kind == KindProcedure:
		return []string{"EXECUTE"}, nil
	case run.word == "OBJECT" && run.object.Kind == KindFunction:
		return []string{"EXECUTE", "REFERENCES"}, nil
	case run.word == "OBJECT":
		return []string{"SELECT", "INSERT", "UPDATE", "DELETE", "REFERENCES"}, nil
	case run.word == "DATABASE":
		return []string{"BACKUP DATABASE", "BACKUP LOG", "CREATE DEFAULT", "CREATE FUNCTION", "CREATE PROCEDURE", "CREATE RULE", "CREATE TABLE", "CREATE VIEW"}, nil
	}
	return nil, refuse(102, "ALL")
}

// readPermission checks one permission against the class and kind of the
// securable: 102 for a name the class does not have, 4606 for the wrong kind
// of object, 1019, 1020 and 4615 for column lists (B.4).
func (run *grantRun) readPermission(p Permission) error {
	name := normalPermission(p.Name)
	b, ok := builtins.byName[permissionOf{run.word, name}]
	if !ok || name == "CREATE SEQUENCE" && run.word == "DATABASE" { // measured on SQL Server 2025
		return refuse(102, p.Name)
	}
	if run.object != nil && !fitsKind(run.object.Kind, name) {
		return refuse(4606, name)
	}
	columns := p.Columns
	if len(run.st.Columns) > 0 {
		if len(columns) > 0 {
			return refuse(1019)
		}
		columns = run.st.Columns
	}
	if len(columns) == 0 {
		run.items = append(run.items, grantItem{name, b.Type, 0})
		return nil
	}
	return run.readColumns(name, b.Type, columns)
}

func (run *grantRun) readColumns(name, code string, columns []string) error {
	if run.object == nil || len(run.object.Columns) == 0 || !hasColumnRules(name) && name != "UNMASK" {
		return refuse(1020)
	}
	if run.object.ID < 0 {
		return refuse(40517, "columns of "+run.object.Name) // no check of them is made
	}
	for _, column := range columns {
		found := run.object.Column(run.db.Names(), column)
		if found == nil {
			return refuse(4615, column)
		}
		run.items = append(run.items, grantItem{name, code, found.ID})
	}
	return nil
}

// fitsKind reports whether an object permission makes sense on a kind of
// object.
func fitsKind(kind, permission string) bool {
	switch kind {
	case KindTable, KindView, KindInline:
		return permission != "EXECUTE" && permission != "RECEIVE"
	case KindProcedure, KindFunction:
		return !slices.Contains([]string{"SELECT", "INSERT", "UPDATE", "DELETE", "RECEIVE", "VIEW CHANGE TRACKING"}, permission) && (kind == KindFunction || permission != "REFERENCES")
	}
	return permission != "RECEIVE"
}

// readGrantees resolves every grantee before anything changes: 15151 for a
// missing one, 4617 for a fixed role (B.4).
func (run *grantRun) readGrantees() error {
	for _, name := range run.st.Grantees {
		id, fixed, err := run.principal(name)
		if err != nil {
			return err
		}
		if fixed {
			return refuse(4617)
		}
		run.grantees = append(run.grantees, id)
	}
	return nil
}

// principal resolves a grantee or grantor at the scope of the securable.
func (run *grantRun) principal(name string) (id int, fixed bool, err error) {
	p, word := run.s.LoginNamed(name), "login"
	if run.db != nil {
		p, word = run.db.PrincipalNamed(name), "user"
	}
	if p == nil {
		return 0, false, errMissing(1, "find", word, name)
	}
	return p.ID, p.Fixed, nil
}

// special reports whether a grantee is one that nothing can be granted to,
// with the message for it: the whole statement then does nothing (B.7). The
// state is 3 when the grantee owns the securable.
func (run *grantRun) special() (*Error, bool) {
	m := refuse(4624)
	for _, id := range run.grantees {
		switch {
		case run.db == nil && (id == LoginSA || id == run.actorID):
			return m, true
		case run.db == nil:
		case id == UserDBO || id == UserInfoSchema || id == UserSys || id == run.actorID && id != RolePublic:
			return m, true
		}
		if run.owner != 0 && id == run.owner {
			m.State = 3
			return m, true
		}
	}
	return m, false
}

// disablesGuest reports whether the statement would shut guest out of master
// or tempdb (D.3).
func (run *grantRun) disablesGuest() bool {
	if run.db == nil || run.db.ID > DatabaseTempdb || run.word != "DATABASE" || run.st.Action == Grant {
		return false
	}
	connects := func(i grantItem) bool { return i.name == "CONNECT" }
	return slices.Contains(run.grantees, UserGuest) && slices.ContainsFunc(run.items, connects)
}
