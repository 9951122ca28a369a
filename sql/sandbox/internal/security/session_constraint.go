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
