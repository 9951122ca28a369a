package policy

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
)

// maxName is the length of a sysname in UTF-16 code units (reference A.8).
const maxName = 128

// reserved holds the names that no principal of a database may take (reference
// A.5, A.6, A.8).
func reserved() []string {
	return []string{"public", "dbo", "guest", "sys", "INFORMATION_SCHEMA",
		"db_owner", "db_accessadmin", "db_securityadmin", "db_ddladmin", "db_backupoperator",
		"db_datareader", "db_datawriter", "db_denydatareader", "db_denydatawriter"}
}

// checkLength returns what is wrong with the length of a name, or "".
func checkLength(name string) string {
	n := len(utf16.Encode([]rune(name)))
	if n <= maxName {
		return ""
	}
	return fmt.Sprintf("is %d characters long; SQL Server takes %d", n, maxName)
}

// validName checks a name that is written between brackets in T-SQL: any
// character but NUL is allowed there, line breaks, quotes and brackets too.
// Space around a name is refused, because SQL Server does not compare trailing
// space and people do not see either.
func (p *parser) validName(name, what string, at finding.Pos) bool {
	if wrong := checkLength(name); wrong != "" {
		p.findings.Errorf(finding.NameTooLong, at, "choose a shorter name", "the %s name %q %s", what, shorten(name), wrong)
		return false
	}
	wrong := ""
	switch {
	case name == "":
		wrong = "is empty"
	case strings.Contains(name, "\x00"):
		wrong = "holds a NUL character"
	case strings.TrimSpace(name) == "":
		wrong = "is nothing but space"
	case strings.HasPrefix(name, " ") || strings.HasSuffix(name, " "):
		wrong = "begins or ends with a space"
	}
	if wrong != "" {
		p.findings.Errorf(finding.NameInvalid, at, "choose another name", "the %s name %q %s", what, name, wrong)
	}
	return wrong == ""
}

// validPrincipal checks the name of a role or user that grantree makes.
func (p *parser) validPrincipal(name, what string, at finding.Pos) bool {
	if !p.validName(name, what, at) {
		return false
	}
	for _, r := range reserved() {
		if sameName(name, r) {
			p.findings.Errorf(finding.NameReserved, at, reservedFix(what), "the %s name %q belongs to SQL Server itself", what, name)
			return false
		}
	}
	if what == "role" && strings.Contains(name, `\`) {
		p.findings.Errorf(finding.NameInvalid, at, "choose another name", "the role name %q holds a backslash, which only Windows accounts may have", name)
		return false
	}
	return true
}

func reservedFix(what string) string {
	if what == "role" {
		return `add role = "…" with another name`
	}
	return "choose another name"
}

// validUser checks the names of a user and of their login; told says that the
// policy tells what kind of login it is.
func (p *parser) validUser(u *User, told bool, nameAt, loginAt finding.Pos) {
	ok := p.validPrincipal(u.Name, "user", nameAt)
	if u.Login != u.Name {
		ok = p.validName(u.Login, "login", loginAt) && ok
	}
	windows := strings.Contains(u.Login, `\`)
	switch {
	case !ok:
	case u.Auth != AuthWindows && windows:
		p.findings.Errorf(finding.NameInvalid, loginAt, `remove auth, or write auth = "windows"`,
			"the login %q holds a backslash, so it is an account of Windows", u.Login)
	case u.Auth == AuthWindows && !windows:
		p.findings.Errorf(finding.NameInvalid, loginAt, `write login = "DOMAIN\\name"`,
			"the login %q holds no backslash, so it is no account of Windows", u.Login)
	case u.NewLogin && windows && !told:
		p.findings.Errorf(finding.NameInvalid, loginAt, `remove new_login, or add auth = "windows" to have the login made for the account`,
			"the login %q holds a backslash, so it is a Windows account and cannot be made with a password", u.Login)
	case strings.Contains(u.Name, `\`) && !windows:
		p.findings.Errorf(finding.NameInvalid, nameAt, "choose another name",
			"the user name %q holds a backslash, which only users of Windows logins may have", u.Name)
	}
}

// sameName compares names that the policy gives its own parts, and names where
// no site is at hand: without regard to case. Whether two principals or views
// are one in a site is for the site's collation to say.
func sameName(a, b string) bool { return grants.Collation{}.Equal(a, b) }

// foldName returns what names that are the same to sameName have in common.
func foldName(s string) string { return grants.Collation{}.Key(s) }

// shorten cuts a long name for a message.
func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// quote prints a name in a message.
func quote(s string) string { return fmt.Sprintf("%q", s) }

// looksLikeView reports whether a name is a view's rather than a node's: it
// has the catalog's prefix, or the catalog knows it as a view.
func (p *Policy) looksLikeView(name string) bool {
	view := catalog.ViewName(name)
	if p.Catalog.Prefix != "" && p.Catalog.SiteName(view).HasPrefix(p.Catalog.Prefix) {
		return true
	}
	return p.Catalog.HasView(view)
}

// viewNames lists the catalog's views, for suggestions.
func (p *Policy) viewNames() []string {
	var out []string
	for _, v := range p.Catalog.Views() {
		out = append(out, string(v))
	}
	return out
}

// CheckUser returns what is wrong with the names of a user that is about to be
// written, as Parse would find it; told says that the user's auth is to be. The
// line of a finding is 1 for the name and 2 for the login.
func CheckUser(u *User, told bool) finding.List {
	var p parser
	p.validUser(u, told, finding.Pos{Line: 1}, finding.Pos{Line: 2})
	if IsSA(u.Login) {
		p.findings.Errorf(finding.LoginIsSA, finding.Pos{Line: 2}, "give the person a login of their own", "the login %q is the server's own administrator, which can have no user", u.Login)
	}
	return finding.List(p.findings)
}

// CheckRole returns what is wrong with the name of a group whose role has it, as
// Parse would find it.
func CheckRole(name string) finding.List {
	var p parser
	p.validPrincipal(name, "role", finding.Pos{Line: 1})
	return finding.List(p.findings)
}

// CheckOutsider returns what is wrong with the name of an outsider.
func CheckOutsider(name string) finding.List {
	var p parser
	p.validName(name, "outsider", finding.Pos{Line: 1})
	return finding.List(p.findings)
}

// IsSA reports whether a login has the name that the server's own administrator
// has unless somebody renamed it. By its SID a plan knows it whatever its name.
func IsSA(login string) bool { return sameName(login, "sa") }
