package main

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/sites"
)

// letters hand each new password to its person: a file for each new login, made
// from a template. What a letter is made from holds one person's data and no
// other's.
type letters struct {
	app      *app
	template *letterTemplate
	dir      string
	to       map[[2]string]letter // by server and login
	written  int
}

// letter is what a template is handed. Its fields are a contract of
// docs/people.md.
type letter struct {
	FullName, Name, Email string
	Login, Password       string
	Server                string   // as the policy calls it
	Address               string   // what a program connects to
	Sites                 []string // those of the person on the server
	Databases             []string // of the same sites
	Groups                []string // those that they are in there

	file string
}

// shown is the letter with nothing in it that a terminal or printer obeys, or that
// makes a second line of one: names of people come from spreadsheets.
func (l letter) shown() letter {
	for _, text := range []*string{&l.FullName, &l.Name, &l.Email, &l.Login, &l.Password, &l.Server, &l.Address} {
		*text = finding.Printable(*text)
	}
	for _, list := range []*[]string{&l.Sites, &l.Databases, &l.Groups} {
		*list = slices.Clone(*list)
		for i, text := range *list {
			(*list)[i] = finding.Printable(text)
		}
	}
	return l
}

// parseLetter reads the template of letters. One that is none is an error before
// anything is sent.
func (a *app) parseLetter(name string) (*letterTemplate, error) {
	data, err := a.readFile(name)
	if err != nil {
		return nil, usageError("--letters: %v", err)
	}
	t, err := newLetterTemplate(name, data)
	if err != nil {
		return nil, usageError("--letters: %v; nothing was changed", err)
	}
	if !t.holdsPassword() {
		a.warnf("--letters: %s does not hold {{.Password}}, so that the password stands in the password file alone", name)
	}
	return t, nil
}

// newLetters addresses a letter to every new login that will be made. It fails
// where one could not be written, as far as can be known before.
//
// A folder that --letters-out names is the letters' own, and is made where it is not
// there. One in which others could put letters of theirs in the place of these is
// refused, also where it is that of the password file.
func (a *app) newLetters(t *letterTemplate, named, beside string, fp *sites.FleetPlan) (*letters, error) {
	dir := cmp.Or(named, beside)
	info, err := a.lstat(dir + string(filepath.Separator))
	switch {
	case named != "" && errors.Is(err, fs.ErrNotExist):
		if err := a.folder(dir); err != nil {
			return nil, usageError("--letters-out: %v; nothing was changed", err)
		}
	case err != nil || info != nil && !info.IsDir():
		return nil, usageError("--letters-out: there is no folder %q; nothing was changed", dir)
	case info != nil && info.Mode().Perm()&0o022 != 0:
		return nil, usageError("--letters-out: others may write to the folder %q (%s), and put another letter in a letter's place: chmod 700 it, or name one that is not there with --letters-out; nothing was changed", dir, info.Mode().Perm())
	}
	out := &letters{app: a, template: t, dir: dir, to: map[[2]string]letter{}}
	var names []string
	for _, l := range fp.NewAccounts() {
		to := letterTo(fp.Policy, l)
		for n := 1; to.file == "" || slices.Contains(names, grants.Collation{}.Key(to.file)); n++ {
			to.file = letterName(l, n)
		}
		names = append(names, grants.Collation{}.Key(to.file))
		if _, err := t.make(to); err != nil {
			return nil, usageError("--letters: %v to login %q; nothing was changed", err, l.Login)
		}
		if info, err := a.lstat(out.path(to)); info != nil || err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, usageError("the letter %s is there already: hand it over and remove it, or name another folder with --letters-out; nothing was changed", out.path(to))
		}
		out.to[[2]string{l.Place(), l.Login}] = to
	}
	return out, nil
}

// letterTo is the letter for the person who gets a login.
func letterTo(p *policy.Policy, l sites.NewLogin) letter {
	out := letter{Login: l.Login, Server: l.Place(), Name: l.Login, FullName: l.Login}
	i := slices.IndexFunc(p.Users, func(u *policy.User) bool { return u.Pos == l.Cause.Pos })
	if i < 0 {
		return out
	}
	u := p.Users[i]
	out.Name, out.FullName, out.Email = u.Name, cmp.Or(u.FullName, u.Name), u.Email
	if s, ok := p.Server(l.Server); ok {
		out.Address = s.Address()
	}
	for _, s := range p.UserSites(u) {
		if s.Server != l.Server || s.Contained != (l.Database != "") || s.Contained && s.Database != l.Database {
			continue
		}
		out.Sites, out.Databases = append(out.Sites, s.Name), append(out.Databases, s.Database)
		for _, g := range p.GroupsIn(u, s.Name) {
			if !slices.Contains(out.Groups, g) {
				out.Groups = append(out.Groups, g)
			}
		}
	}
	return out
}

// letterName is a file's name, by which it is nobody else's: the place and the
// login, parted by the first hyphen. What is not a plain letter, a digit or one of
// . - _ is written as %XX, byte for byte, and of the place the hyphen too. A long
// name is cut and has its sum behind it. Case does not tell two files apart in every
// folder: the n-th of such has ~n.
func letterName(l sites.NewLogin, n int) string {
	name := "letter-" + fileName(l.Place(), "._") + "-" + fileName(l.Login, "._-")
	if n > 1 {
		name += fmt.Sprintf("~%d", n)
	}
	return name + ".txt"
}

// fileName is a text as a part of a file's name. No two texts have the same one.
func fileName(text, plain string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(plain, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	if b.Len() <= maxNamePart {
		return b.String()
	}
	return fmt.Sprintf("%s~%x", b.String()[:maxNamePart-17], sha256.Sum256([]byte(text)))[:maxNamePart]
}

// maxNamePart keeps a letter's name within the 255 bytes of a file's.
const maxNamePart = 90

func (l *letters) path(to letter) string { return filepath.Join(l.dir, to.file) }

// write makes the letter of a login that is about to be made. The error holds
// nothing that the template was handed.
func (l *letters) write(server, login, password string) error {
	to, ok := l.to[[2]string{server, login}]
	if !ok {
		return fmt.Errorf("no letter was addressed to login %q", login)
	}
	to.Password = password
	text, err := l.template.make(to)
	if err != nil {
		return fmt.Errorf("the letter to %q cannot be made from the template", login)
	}
	if err := l.app.create(l.path(to), text, 0o600); err != nil {
		return err
	}
	l.written++
	return nil
}

// takeBack removes the letter of a login that was not made.
func (l *letters) takeBack(server, login string) error {
	l.written--
	return l.app.remove(l.path(l.to[[2]string{server, login}]))
}

// handOver is what becomes of each new password: the letter first, so that no
// login is made whose letter could not be, then the line of the password file.
func (l *letters) handOver(file *passwordFile) sites.Events {
	if l == nil {
		return sites.Events{Login: file.add, NotMade: file.notMade}
	}
	return sites.Events{
		Login: func(server, login, password string) error {
			if err := l.write(server, login, password); err != nil {
				return err
			}
			if err := file.add(server, login, password); err != nil {
				return errors.Join(err, l.takeBack(server, login))
			}
			return nil
		},
		NotMade: func(server, login string, unknown bool, why error) error {
			err := file.notMade(server, login, unknown, why)
			if !unknown {
				err = errors.Join(err, l.takeBack(server, login))
			}
			return err
		},
	}
}
