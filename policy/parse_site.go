package policy

import (
	"fmt"
	"regexp"
	"strings"

	"grantree/catalog"
	"grantree/finding"
)

// server reads a [server.NAME] table. Neither the URL nor what is wrong with
// it is repeated in a message: it may hold a password.
func (p *parser) server(name string, in *fileServer, w place) {
	s := Server{Name: name, URL: in.URL, User: in.User, PasswordEnv: in.PasswordEnv,
		PasswordFile: in.PasswordFile, Integrated: in.Integrated, Pos: w.at(), URLPos: w.at("url")}
	s.LoginAudit = p.loginAudit(name, in, w)
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

// The files of an audit of log-ins, where the policy does not say.
const (
	auditFiles     = 20
	auditMegabytes = 50
)

// folder is a folder of a server's as the server takes it: of a drive, a share or
// a root. What may not stand in a name of Windows' is none of it.
var folder = regexp.MustCompile(`^([A-Za-z]:\\|\\\\[^\\/:*?"<>|\x00-\x1f]+\\|/)[^:*?"<>|\x00-\x1f]*$`)

// loginAudit reads the keys about the audit of log-ins.
func (p *parser) loginAudit(server string, in *fileServer, w place) LoginAudit {
	out := LoginAudit{Path: in.LoginAudit, Files: auditFiles, Megabytes: auditMegabytes, Pos: w.at("login_audit")}
	if in.LoginAudit == "" {
		if in.LoginAuditFiles != nil || in.LoginAuditMegabytes != nil {
			p.missing(w, "login_audit", "server "+quote(server)+", which says how large it is,", "name the folder")
		}
		return LoginAudit{}
	}
	if !folder.MatchString(in.LoginAudit) {
		p.findings.Errorf(finding.AuditInvalid, w.at("login_audit"), `write the whole path of a folder that the server can write to, as 'D:\Audit' or "/var/opt/mssql/audit"`,
			"login_audit of server %q is no folder of a server", server)
	}
	for _, n := range []struct {
		key   string
		value *int
		to    *int
		least int
	}{{"login_audit_files", in.LoginAuditFiles, &out.Files, 1}, {"login_audit_megabytes", in.LoginAuditMegabytes, &out.Megabytes, 2}} {
		if n.value == nil {
			continue
		}
		if *n.to = *n.value; *n.value < n.least || *n.value > 1_000_000 {
			p.findings.Errorf(finding.AuditInvalid, w.at(n.key), fmt.Sprintf("write a number from %d to 1000000", n.least), "%s of server %q is %d", n.key, server, *n.value)
		}
	}
	return out
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
	s := Site{Name: in.Name, Server: in.Server, Database: in.Database, Ignore: in.Ignore, Contained: in.Contained, Retired: in.Retired, Reason: in.Reason, Pos: w.at()}
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
	s.Mode, s.ModePos = p.mode(in.Mode, w)
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
