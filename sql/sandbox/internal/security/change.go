package security

// change has a database of this version written to; 3906 when it is read-only.
func (s *Server) change(d *Database, write func(w *Database)) error {
	if d.Settings.ReadOnly {
		return refuse(3906, d.Name)
	}
	write(s.write(d.ID))
	return nil
}
