package policy

import (
	"strings"

	"grantree/catalog"
	"grantree/finding"
)

// server reads a [server.NAME] table. Neither the URL nor what is wrong with
// it is repeated in a message: it may hold a password.
func (p *parser) server(name string, in *fileServer, w place) {
	s := Server{Name: name, URL: in.URL, User: in.User, PasswordEnv: in.PasswordEnv,
		PasswordFile: in.PasswordFile, Integrated: in.Integrated, Pos: w.at(), URLPos: w.at("url")}
	if p.first("server."+name, w.at()) {
		p.p.Servers = append(p.p.Servers, s)
	}
	p.serverURL(s, w)
	if in.Password != nil {
		p.findings.Errorf(finding.PasswordLiteral, w.at("password"), passwordFix, "server %q has its password written in the file", name)
	}
	if n := count(s.PasswordEnv != "", s.PasswordFile != "", s.Integrated); n > 1 {
		p.findings.Errorf(finding.TwoPasswords, w.at(), "keep one of password_env, password_file and integrated",
			"server %q says in %d ways how to log in", name, n)
	}
	if s.PasswordEnv != "" && !isVariable(s.PasswordEnv) {
		p.findings.Errorf(finding.BadPasswordEnv, w.at("password_env"), `write the variable's name, such as "GRANTREE_PASSWORD", and put the password into that variable`,
			"the value of password_env of server %q is not the name of an environment variable", name)
	}
	if strings.ContainsAny(s.User, ":;") || holdsSecret(s.User) {
		p.findings.Errorf(finding.PasswordLiteral, w.at("user"), "write the login's name alone, and "+passwordHome, "the user of server %q looks like a name with its password", name)
	}
	if s.Integrated && s.User != "" {
		p.findings.Errorf(finding.TwoPasswords, w.at("user"), "remove user, or integrated", "server %q has both a user and integrated", name)
	}
}

const (
	passwordHome = `use password_env = "VARIABLE" or password_file = "FILE"`
	passwordFix  = "remove it and " + passwordHome
)

// isVariable reports whether a text can be the name of an environment
// variable. What cannot is perhaps the password itself.
func isVariable(name string) bool {
	for i, c := range name {
		if !(c == '_' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || i > 0 && c >= '0' && c <= '9') {
			return false
		}
	}
	return name != ""
}

// site reads a [[site]].
func (p *parser) site(in fileSite, w place) {
	s := Site{Name: in.Name, Server: in.Server, Database: in.Database, Ignore: in.Ignore, Retired: in.Retired, Reason: in.Reason, Pos: w.at()}
	if s.Name == "" {
		p.missing(w, "name", "a [[site]]", `add name = "…"`)
		return
	}
	if s.Name == "*" {
		p.findings.Errorf(finding.NameInvalid, w.at("name"), "choose another name", `a site cannot be called "*", which is every site`)
	}
	p.validName(s.Name, "site", w.at("name"))
	if s.Server == "" {
		p.missing(w, "server", "site "+quote(s.Name), `add server = "…", the NAME of a [server.NAME]`)
	}
	if s.Database == "" {
		p.missing(w, "database", "site "+quote(s.Name), `add database = "…"`)
	} else {
		p.validName(s.Database, "database", w.at("database"))
	}
	for i, view := range in.Ignore {
		p.viewName(catalog.ViewName(view), w.at("ignore", i))
	}
	if s.Retired && s.Reason == "" {
		p.missing(w, "reason", "site "+quote(s.Name)+", which is retired,", "say why nobody can enter it any more")
	}
	if !s.Retired && s.Reason != "" {
		p.missing(w, "retired", "site "+quote(s.Name)+", which has a reason,", "add retired = true, or remove the reason")
	}
	p.p.Sites = append(p.p.Sites, s)
}

// count returns how many of the conditions hold.
func count(conditions ...bool) int {
	n := 0
	for _, c := range conditions {
		if c {
			n++
		}
	}
	return n
}
