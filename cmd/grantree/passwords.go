package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"unicode"

	"grantree/policy"
)

// passwordFile takes the passwords of new logins: server, login and password,
// parted by tabs, a line each, written and synced before the login is made.
// What became of a login that then was not made, or of a password that was not
// set, follows in a line that begins with "#". Nobody but its owner may read it.
type passwordFile struct {
	syncedFile
	added int
}

// syncedFile is a file whose lines last, once Sync returns, whatever becomes of
// the machine.
type syncedFile interface {
	io.WriteCloser
	Sync() error
}

// add writes the line of a login that is about to be made.
func (p *passwordFile) add(server, login, password string) error {
	if _, err := fmt.Fprintf(p, "%s\t%s\t%s\n", field(server), field(login), field(password)); err != nil {
		return err
	}
	p.added++
	return p.Sync()
}

// passwordLines reports whether a text is one that a passwordFile wrote, by its
// first line that is no remark.
func passwordLines(text string) bool {
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		if line = strings.TrimRight(line, "\r\n"); strings.TrimSpace(line) == "" || line[0] == '#' {
			continue
		}
		fields := strings.Split(line, "\t")
		return len(fields) == 3 && fields[0] != "" && fields[1] != "" && len(fields[2]) >= passwordLength && !strings.Contains(fields[2], " ")
	}
	return false
}

// passwordLength is that of the passwords that grantree makes.
const passwordLength = 24

// keepsPasswords refuses a place for new passwords that is a file of the run: the
// policy, its catalog, a template, what password_file names, a journal.
func (a *app) keepsPasswords(name, journals string, p *policy.Policy) error {
	if filepath.Ext(name) == journalEnding || a.sameFile(filepath.Dir(name), journals) {
		return usageError("--passwords-out: %s would be taken for the journal of a run, in the folder %s: name another; nothing was changed", name, journals)
	}
	for _, s := range p.Servers {
		if s.PasswordFile != "" && a.sameFile(name, passwordFileOf(s)) {
			return usageError("--passwords-out: %s is the file that password_file of server %q names: name another; nothing was changed", name, s.Name)
		}
	}
	for _, read := range a.reads.names() {
		if a.sameFile(name, read) {
			return usageError("--passwords-out: %s is read by this run, and new passwords would stand in it: name another; nothing was changed", name)
		}
	}
	return nil
}

// passwordFileOf is where a server's password_file is: as include has it, from the
// file that names it.
func passwordFileOf(s policy.Server) string {
	if filepath.IsAbs(s.PasswordFile) {
		return s.PasswordFile
	}
	return filepath.Join(filepath.Dir(s.Pos.File), s.PasswordFile)
}

// readNames are the names of the files that a run has read.
type readNames struct {
	lock sync.Mutex
	all  []string
}

func (r *readNames) add(name string) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if !slices.Contains(r.all, name) {
		r.all = append(r.all, name)
	}
}

func (r *readNames) names() []string {
	if r == nil {
		return nil
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	return slices.Clone(r.all)
}

// notMade writes what became of the login in the line before.
func (p *passwordFile) notMade(server, login string, unknown bool, why error) error {
	if unknown {
		return p.remark(server, login, unknown, "may have been made; plan again to see", why)
	}
	return p.remark(server, login, unknown, "was not made", why)
}

// notSet writes what became of the password in the line before, of a login that
// had one.
func (p *passwordFile) notSet(server, login string, unknown bool, why error) error {
	if unknown {
		return p.remark(server, login, unknown, "may have been set; set another to be sure", why)
	}
	return p.remark(server, login, unknown, "was not set, and the login has the password that it had", why)
}

// remark writes a line that begins with "#" behind a password that is, or may be,
// nobody's.
func (p *passwordFile) remark(server, login string, unknown bool, outcome string, why error) error {
	if !unknown {
		p.added--
	}
	if _, err := fmt.Fprintf(p, "# %s\t%s\t%s: %s\n", field(server), field(login), outcome, field(why.Error())); err != nil {
		return err
	}
	return p.Sync()
}

// field is a text that cannot end its field or line, nor begin one that is
// read as a remark: what is not printable, a backslash and a "#" in front are
// written as JSON writes them in a string, which brings them back.
func field(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\\':
			b.WriteString(`\\`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case !unicode.IsPrint(r) && r <= 0xFFFF, r == '#' && i == 0:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
