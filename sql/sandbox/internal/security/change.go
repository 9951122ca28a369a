package security

// change returns a database of this version to write to; 3906 when it is
// read-only.
func (s *Server) change(id int) (*Database, error) {
	d := s.Database(id)
	if d == nil {
		return nil, refuse(911, "")
	}
	if d.Settings.ReadOnly {
		return nil, refuse(3906, d.Name)
	}
	return s.write(id), nil
}
