package tds

import "time"

// The values that a Server uses where a field says nothing.

func (s *Server) maxConns() int   { return orDefault(s.MaxConns, 256) }
func (s *Server) maxMessage() int { return orDefault(s.MaxMessage, 64<<20) }

func (s *Server) loginTimeout() time.Duration { return orDefault(s.LoginTimeout, 15*time.Second) }
func (s *Server) writeTimeout() time.Duration { return orDefault(s.WriteTimeout, time.Minute) }

func (s *Server) version() [4]byte { return orDefault(s.Version, [4]byte{16, 0, 0x10, 0x27}) }
func (s *Server) name() string     { return orDefault(s.Name, "grantree") }

// encryption is what the server can and wants.
func (s *Server) encryption() encryptionPolicy {
	switch {
	case s.TLSConfig == nil:
		return encryptNever
	case s.RequireEncryption:
		return encryptForced
	}
	return encryptOptional
}

// logf writes to the ErrorLog.
func (s *Server) logf(format string, args ...any) {
	if s.ErrorLog != nil {
		s.ErrorLog(format, args...)
	}
}

// orDefault is v, or def where v is the zero value.
func orDefault[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}
