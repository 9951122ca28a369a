package mssql

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The characters of a generated password: no two look alike, none needs
// quoting in a connection string, and all four classes occur.
const (
	passwordLower  = "abcdefghijkmnopqrstuvwxyz"
	passwordUpper  = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	passwordDigits = "23456789"
	passwordMarks  = "-_.+"
	passwordLength = 24
)

// GeneratePassword returns 24 random characters that hold all four classes
// and neither the login's name nor a part of it, in whatever case, which
// satisfies the complexity rules of every platform (reference E.3).
func GeneratePassword(login string) (string, error) {
	parts := nameParts(login)
	for {
		p, err := randomPassword()
		if err != nil || !holds(p, parts) {
			return p, err
		}
	}
}

// nameParts is what a password must not hold: the folded name, and its parts
// of three characters and more between blanks and , . - _ #, as the rule of
// Windows counts them.
func nameParts(login string) []string {
	name := foldName(login)
	var out []string
	if name != "" {
		out = append(out, name)
	}
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",.-_#", r) }) {
		if len([]rune(part)) >= 3 && part != name {
			out = append(out, part)
		}
	}
	return out
}

// holds reports whether a password holds one of the parts.
func holds(password string, parts []string) bool {
	folded := foldName(password)
	for _, part := range parts {
		if strings.Contains(folded, part) {
			return true
		}
	}
	return false
}

// ligatures are the letters that a collation may take for ASCII ones and that
// have no decomposition.
var ligatures = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i")

// foldName is a name without case, width and accents, the coarsest that a
// collation compares by: what is left out here could hide a name in a password.
func foldName(name string) string {
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(name))
	return ligatures.Replace(plain)
}

// randomPassword returns 24 random characters that hold all four classes.
func randomPassword() (string, error) {
	classes := []string{passwordLower, passwordUpper, passwordDigits, passwordMarks}
	all := passwordLower + passwordUpper + passwordDigits + passwordMarks
	out := make([]byte, passwordLength)
	for i := range out {
		set := all
		if i < len(classes) {
			set = classes[i]
		}
		c, err := pick(set)
		if err != nil {
			return "", fmt.Errorf("password: %w", err)
		}
		out[i] = c
	}
	for i := len(out) - 1; i > 0; i-- {
		j, err := rand.Int(rand.Reader, big.NewInt(int64(i+1)))
		if err != nil {
			return "", fmt.Errorf("password: %w", err)
		}
		out[i], out[j.Int64()] = out[j.Int64()], out[i]
	}
	return string(out), nil
}

// pick returns one random character of a set.
func pick(set string) (byte, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(int64(len(set))))
	if err != nil {
		return 0, err
	}
	return set[n.Int64()], nil
}
