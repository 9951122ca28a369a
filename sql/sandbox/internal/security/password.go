package security

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// historyLength is how many earlier passwords are remembered.
const historyLength = 24

// firstPassword checks the password options of CREATE LOGIN (D.2).
func (s *Server) firstPassword(ctx *Context, spec LoginSpec) (Password, error) {
	p := Password{Hash: spec.Hash, LastSet: ctx.Now, CheckPolicy: !spec.Hashed, MustChange: spec.MustChange}
	set(&p.CheckPolicy, spec.CheckPolicy)
	set(&p.CheckExpiration, spec.CheckExpiration)
	if err := p.combine(spec.Hashed, spec.MustChange); err != nil {
		return p, err
	}
	if spec.Hashed {
		return p, nil
	}
	return p, s.policy(spec.Name, spec.Password, p.CheckPolicy)
}

// combine checks which options go together (D.2).
func (p Password) combine(hashed, mustChange bool) error {
	switch {
	case hashed && mustChange:
		return refuse(33010)
	case hashed && p.CheckPolicy:
		return refuse(33020)
	case p.CheckExpiration && !p.CheckPolicy:
		return refuse(15122)
	case mustChange && !p.CheckExpiration:
		return refuse(15099)
	}
	return nil
}

// policy checks a password against the rules of E.3: at most 128 characters
// always; with CHECK_POLICY a least length, three of four classes of
// characters, and not the account name.
func (s *Server) policy(name, password string, check bool) error {
	length := utf8.RuneCountInString(password)
	const prefix = "Password validation failed. The password does not meet the operating system policy requirements because it is "
	switch {
	case length > 128:
		return refuse(15117, prefix)
	case !check:
		return nil
	case length < s.options.MinPasswordLength:
		return refuse(15116, prefix)
	case classes(password) < 3 || strings.Contains(strings.ToLower(password), strings.ToLower(name)):
		return refuse(15118, prefix)
	}
	return nil
}

// classes counts the classes of characters: upper, lower, digit, other.
func classes(password string) int {
	var upper, lower, digit, other int
	for _, r := range password {
		switch {
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	return upper + lower + digit + other
}

// changeOptions applies CHECK_POLICY, CHECK_EXPIRATION and UNLOCK of ALTER
// LOGIN. Policy OFF also turns expiration off, forgets the history and unlocks.
func (s *Server) changeOptions(_ *Context, p *Principal, change LoginChange) error {
	pw := &p.Password
	off := func(b *bool) bool { return b != nil && !*b }
	if pw.MustChange && change.Password == nil && (off(change.CheckPolicy) || off(change.CheckExpiration)) {
		return refuse(15128)
	}
	set(&pw.CheckPolicy, change.CheckPolicy)
	if off(change.CheckPolicy) {
		pw.CheckExpiration, pw.History = false, nil
		pw.BadCount, pw.LockoutTime = 0, time.Time{}
	}
	set(&pw.CheckExpiration, change.CheckExpiration)
	if change.Unlock {
		pw.BadCount, pw.LockoutTime = 0, time.Time{}
	}
	return pw.combine(false, change.MustChange)
}

// changePassword applies PASSWORD. Only a change with OLD_PASSWORD is checked
// against the history (D.2).
func (s *Server) changePassword(ctx *Context, p *Principal, change LoginChange) error {
	if change.Password == nil && !change.Hashed {
		return nil
	}
	pw := &p.Password
	if change.Hashed {
		if err := pw.combine(true, change.MustChange); err != nil {
			return err
		}
	} else if err := s.policy(p.Name, *change.Password, pw.CheckPolicy); err != nil {
		return err
	}
	if change.OldPassword != nil && pw.CheckPolicy && s.used(*pw, *change.Password) {
		return refuse(15115)
	}
	if pw.CheckPolicy {
		pw.History = append(slices.Clone(pw.History), pw.Hash)
		pw.History = pw.History[max(0, len(pw.History)-historyLength):]
	}
	pw.Hash, pw.LastSet, pw.MustChange = change.Hash, ctx.Now, change.MustChange
	return nil
}

// used reports whether a password is the present one or a remembered one.
func (s *Server) used(p Password, password string) bool {
	return slices.ContainsFunc(append([][]byte{p.Hash}, p.History...), func(hash []byte) bool { return s.verify(hash, password) })
}

// verify asks the caller's function; a login without a hash matches nothing.
func (s *Server) verify(hash []byte, password string) bool {
	return hash != nil && s.options.Verify != nil && s.options.Verify(hash, password)
}
