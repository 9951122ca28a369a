package sshsig

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

func sum256(text []byte) []byte {
	sum := sha256.Sum256(text)
	return sum[:]
}

// Signer is a line of a file of allowed signers: whose key it is, for what and when.
type Signer struct {
	Principals    string // as written
	Key           ssh.PublicKey
	Namespaces    []string // patterns; none: every namespace
	After, Before time.Time
	Line          int
}

// ReadSigners reads a file of allowed signers (ssh-keygen(1), ALLOWED SIGNERS).
// Certificates are not read: a line of an authority is refused. Times without a Z are
// read as of in.
func ReadSigners(text []byte, in *time.Location) ([]Signer, error) {
	var out []Signer
	for i, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		s, err := readSigner(line, in)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		s.Line = i + 1
		out = append(out, s)
	}
	return out, nil
}

// readSigner reads one line: principals, options, key.
func readSigner(line string, in *time.Location) (Signer, error) {
	var s Signer
	rest := ""
	if quoted, ok := strings.CutPrefix(line, `"`); ok {
		s.Principals, rest, ok = strings.Cut(quoted, `"`)
		if !ok {
			return s, errors.New("a quote is not closed")
		}
	} else if i := strings.IndexAny(line, " \t"); i > 0 {
		s.Principals, rest = line[:i], line[i:]
	}
	key, _, options, _, err := ssh.ParseAuthorizedKey([]byte(strings.TrimSpace(rest)))
	if err != nil || s.Principals == "" {
		return s, errors.New("want the principals, options and a public key")
	}
	if strings.Contains(s.Principals, "!") {
		return s, errors.New("a principal that is left out names nobody here: write who signs with the key")
	}
	s.Key = key
	seen := map[string]bool{}
	for _, o := range options {
		name, value, _ := strings.Cut(o, "=")
		value = strings.Trim(value, `"`)
		if seen[name] {
			return s, fmt.Errorf("the option %q stands there twice", name)
		}
		seen[name] = true
		switch {
		case is(name, "namespaces"):
			s.Namespaces = strings.Split(value, ",")
		case is(name, "valid-after"):
			s.After, err = signerTime(value, in)
		case is(name, "valid-before"):
			s.Before, err = signerTime(value, in)
		case is(name, "cert-authority"):
			err = errors.New("certificates are not read: write the signers' own keys")
		default:
			err = fmt.Errorf("the option %q is not known", name)
		}
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

// is compares the name of an option, which ssh-keygen takes in any letters; here in
// small ones alone.
func is(name, option string) bool { return name == option }

// signerTime reads YYYYMMDD[Z] or YYYYMMDDHHMM[SS][Z].
func signerTime(text string, in *time.Location) (time.Time, error) {
	digits, utc := strings.CutSuffix(text, "Z")
	if utc {
		in = time.UTC
	}
	for _, layout := range []string{"20060102", "200601021504", "20060102150405"} {
		if t, err := time.ParseInLocation(layout, digits, in); err == nil && len(digits) == len(layout) {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time, as 20261231 or 202612312359", text)
}

// listed reports whether a list of patterns takes a name: one of them does, and none
// that begins with "!" (ssh_config(5), PATTERNS).
func listed(patterns []string, name string) bool {
	found := false
	for _, p := range patterns {
		rest, not := strings.CutPrefix(p, "!")
		if !matches(rest, name) {
			continue
		}
		if not {
			return false
		}
		found = true
	}
	return found
}

// matches reports whether a pattern is the whole of a name: "*" stands for any
// characters, "?" for one.
func matches(pattern, name string) bool {
	expression := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern))
	ok, err := regexp.MatchString("^(?s:"+expression+")$", name)
	return err == nil && ok
}

// By finds whose key made a signature for a namespace, at a time. Why nobody's is
// the error.
func By(signers []Signer, s Signature, namespace string, now time.Time) (string, error) {
	why := fmt.Errorf("its key %s is none of the allowed signers'", s.Fingerprint())
	for _, x := range signers {
		if !bytes.Equal(x.Key.Marshal(), s.Key.Marshal()) {
			continue
		}
		switch {
		case len(x.Namespaces) > 0 && !listed(x.Namespaces, namespace):
			why = fmt.Errorf("its key is not allowed to sign for %q (line %d of the allowed signers)", namespace, x.Line)
		case !x.After.IsZero() && now.Before(x.After):
			why = fmt.Errorf("its key is allowed from %s on (line %d of the allowed signers)", x.After.Format(time.DateTime), x.Line)
		case !x.Before.IsZero() && !now.Before(x.Before):
			why = fmt.Errorf("its key was allowed until %s (line %d of the allowed signers)", x.Before.Format(time.DateTime), x.Line)
		default:
			return x.Principals, nil
		}
	}
	return "", why
}
