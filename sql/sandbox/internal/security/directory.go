package security

import (
	"crypto/sha256"
	"slices"
	"strings"
)

// lookUp finds an account of Windows or Entra by its name: what it is, and its
// SID, which is the same on every server. There is no directory here, so every
// name is somebody's and nobody can log in by one; which are groups the options
// say.
func (s *Server) lookUp(name, kind string) (string, []byte, error) {
	group := slices.ContainsFunc(s.options.Groups, func(g string) bool { return s.collation.Equal(g, name) })
	sum := sha256.Sum256([]byte(s.collation.Fold(name)))
	switch {
	case kind == KindExternal && !s.options.Entra:
		return "", nil, refuse(33134, name)
	case kind == KindExternal && group:
		return KindEntra, sum[:16], nil
	case kind == KindExternal:
		return KindExternal, sum[:16], nil
	}
	sid := append([]byte{1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0}, sum[:16]...) // S-1-5-21-…
	if group {
		return KindGroup, sid, nil
	}
	return KindWindows, sid, nil
}

// authOf is the authentication_type of a user for a login of a kind (A.2).
func authOf(kind string) int {
	switch kind {
	case KindWindows, KindGroup:
		return authWindows
	case KindExternal, KindEntra:
		return authExternal
	}
	return authInstance
}

// fromDirectory makes a user of an account of Windows or Entra, which needs no
// login (A.1).
func (s *Server) fromDirectory(d *Database, p *Principal, kind string) error {
	if kind == KindExternal && strings.Contains(p.Name, `\`) {
		return refuse(15006, p.Name)
	}
	var err error
	if p.Kind, p.SID, err = s.lookUp(p.Name, kind); err != nil {
		return err
	}
	p.Auth = authOf(p.Kind)
	if d.bySID(p.SID) != nil {
		return refuse(15063)
	}
	return nil
}
