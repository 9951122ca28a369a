package security

// DropConstraint takes the object of a constraint away, as ALTER TABLE … DROP
// CONSTRAINT does once the table itself has been altered. It is no statement
// and checks nothing; it reports whether the table had such a constraint.
func (s *Server) DropConstraint(database, table int, name string) bool {
	d := s.Database(database)
	if d == nil {
		return false
	}
	for _, o := range d.UsersOf(table) {
		if o.Parent == table && d.Names().Equal(o.Name, name) {
			s.write(database).removeObject(o)
			return true
		}
	}
	return false
}

// Rename gives an object another name. Its id stays, and so do its permissions.
// It checks nothing.
func (s *Server) Rename(ctx *Context, o *Object, name string) error {
	next := *o
	next.Name, next.Modified, next.SystemNamed = name, ctx.Now, false
	return s.change(s.Database(ctx.Database), func(w *Database) { w.putObject(&next) })
}
