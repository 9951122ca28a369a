package policy

import (
	"strings"

	"grantree/tomldoc"
)

// userKeys writes a user as a file has them: what goes without saying is left
// out.
func userKeys(u *User) []tomldoc.Key {
	var k keys
	k.text("name", u.Name)
	k.text("full_name", u.FullName)
	k.text("email", u.Email)
	k.text("was", u.Was)
	if u.Login != u.Name {
		k.text("login", u.Login)
	}
	login := u.Login
	if login == "" {
		login = u.Name
	}
	if windows := strings.Contains(login, `\`); windows != (u.Auth == AuthWindows) || windows && u.NewLogin || u.Auth == AuthEntra {
		k.text("auth", string(u.Auth))
	}
	k.text("was_login", u.WasLogin)
	k.flag("new_login", u.NewLogin)
	k.list("groups", u.Groups)
	k.list("sites", u.Sites)
	if !u.Until.IsZero() {
		k.put("until", u.Until)
	}
	k.flag("inactive", u.Inactive)
	k.text("inactive_reason", u.InactiveReason)
	k.list("also", u.Also.Words)
	k.text("also_reason", u.Also.Reason)
	k.text("reason", u.Reason)
	var at [][]tomldoc.Key
	for _, a := range u.At {
		at = append(at, atKeys(a))
	}
	k.tables("at", at)
	k.lines("allow", u.Allow)
	k.lines("deny", u.Deny)
	return k
}

// atKeys writes a user's other groups in other sites.
func atKeys(a Elsewhere) []tomldoc.Key {
	var k keys
	k.list("sites", a.Sites)
	k.list("groups", a.Groups)
	k.list("also", a.Also.Words)
	k.text("also_reason", a.Also.Reason)
	k.lines("allow", a.Allow)
	k.lines("deny", a.Deny)
	return k
}

// entryKeys writes a line.
func entryKeys(e Entry) []tomldoc.Key {
	var k keys
	k.text("on", e.On)
	k.text("view", string(e.View))
	if e.AllViews {
		k.text("views", "*")
	}
	k.list("permissions", e.Permissions.Words())
	k.list("except", e.Except)
	k.flag("overrides", e.Overrides)
	k.text("reason", e.Reason)
	k.text("source", e.Source)
	if !e.Until.IsZero() {
		k.put("until", e.Until)
	}
	return k
}

// keys is a table that is written key by key; what is empty is not written.
type keys []tomldoc.Key

func (k *keys) put(name string, value any) { *k = append(*k, tomldoc.Key{Name: name, Value: value}) }

func (k *keys) text(name, value string) {
	if value != "" {
		k.put(name, value)
	}
}

func (k *keys) flag(name string, value bool) {
	if value {
		k.put(name, true)
	}
}

func (k *keys) list(name string, value []string) {
	if len(value) > 0 {
		k.put(name, value)
	}
}

func (k *keys) tables(name string, value [][]tomldoc.Key) {
	if len(value) > 0 {
		k.put(name, value)
	}
}

func (k *keys) lines(name string, lines []Entry) {
	var out [][]tomldoc.Key
	for _, e := range lines {
		out = append(out, entryKeys(e))
	}
	k.tables(name, out)
}
