package sandbox

import (
	"maps"
	"strings"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tds"
	"grantree/sql/tsql"
	"grantree/sql/units"
)

// contextKey is a key of the session context, by the name that it had first.
type contextKey struct {
	name     string
	value    any
	readOnly bool
}

// variantOf is an argument as a sql_variant.
func variantOf(a *arg) any {
	if a == nil || a.value == nil {
		return nil
	}
	if v, ok := a.value.(query.Variant); ok {
		return v
	}
	return query.Variant{Type: a.typ, Value: a.value}
}

// spSetSessionContext is sp_set_session_context (F).
func spSetSessionContext(c *call) (int32, error) {
	p, err := c.take(0, "@key", "@value", "@read_only")
	if err != nil {
		return 1, err
	}
	if p[0] == nil || p[1] == nil {
		return 1, refuse(16903, "sp_set_connection_context")
	}
	name, ok := p[0].value.(string)
	s, key := c.x.s, contextName(name)
	old := s.keys[key]
	switch {
	case !ok:
		return 1, refuse(225, "sp_set_session_context")
	case name == "" || len(units.Of(name)) > 128:
		return 1, refuse(15666, name)
	case p[1].typ.Length < 0 || p[2] != nil && p[2].value == nil:
		return 1, refuseAs(15600, 16, 1, "sp_set_connection_context")
	case old.readOnly:
		return 1, refuse(15664, old.name)
	}
	if old.name == "" {
		old.name = name
	}
	next := maps.Clone(s.keys)
	if next == nil {
		next = map[string]contextKey{}
	}
	next[key] = contextKey{name: old.name, value: variantOf(p[1]), readOnly: p[2].num(0) != 0}
	if contextSize(next) > 1<<20 {
		return 1, refuse(15665, name)
	}
	s.keys = next
	return 0, nil
}

// contextName is the name of a key as keys compare.
func contextName(name string) string { return strings.ToLower(strings.TrimRight(name, " ")) }

// contextSize is what keys and values take of the 1 MB of a session.
func contextSize(keys map[string]contextKey) (bytes int) {
	for _, k := range keys {
		bytes += 2 * len(k.name)
		if v, ok := k.value.(query.Variant); ok {
			bytes += max(v.Type.Length, 8)
		}
	}
	return bytes
}

// spConfigure is sp_configure: it lists the options, or sets one, at once and for good.
func spConfigure(c *call) (int32, error) {
	p, err := c.take(0, "@configname", "@configvalue")
	if err != nil {
		return 1, err
	}
	if p[1] == nil {
		return 1, refuse(40510, "sp_configure without a value")
	}
	name, value := p[0].str(""), int(p[1].num(0))
	old, _ := c.x.state.Configuration(strings.ToLower(name))
	rc, err := c.written(func(work *security.Server, w *security.Context) error { return work.Configure(w, name, value) })
	if err == nil {
		c.x.s.out.Info(refuse(15457, name, old, value))
	}
	return rc, err
}

// reconfigure is RECONFIGURE. What sp_configure set is in force already.
func (x *run) reconfigure(*tsql.Reconfigure) error {
	if x.s.tx.count > 0 {
		return refuse(574)
	}
	if !x.check().Can(security.OnServer(), "ALTER SETTINGS") {
		return refuse(5812)
	}
	return nil
}

// spHelpText is sp_helptext: the text of a view or a module, a row for each line.
func spHelpText(c *call) (int32, error) {
	p, err := c.take(1, "@objname", "@columnname")
	if err != nil {
		return 1, err
	}
	x := c.x
	name := p[0].str("")
	id := x.check().ObjectID(name, nil)
	var o *security.Object
	if id != nil {
		o, _ = x.check().Object(*id, 0)
	}
	switch {
	case o == nil:
		return 1, refuse(15009, name, x.s.databaseName())
	case o.Module != nil && o.Module.Encrypted:
		return 0, refuse(15471, name)
	case o.Definition == "" || !x.check().SeesDefinition(x.s.context.Database, o):
		return 1, refuse(15197, name)
	}
	x.s.out.Columns([]tds.Column{{Name: "Text", Type: tds.NVarChar(255), Nullable: true}})
	lines := strings.SplitAfter(strings.TrimSuffix(o.Definition, "\n"), "\n")
	for _, line := range lines {
		if err := x.s.out.Row([]any{truncate(line, 255)}); err != nil {
			return 1, err
		}
	}
	x.done(tds.CommandSelect, int64(len(lines)), 0)
	return 0, nil
}

// spResetConnection is what drivers of old call between two users of a connection.
func spResetConnection(c *call) (int32, error) {
	if err := c.x.s.reset(false); err != nil {
		return 0, err
	}
	return 0, nil
}

// kill is KILL (E.2).
func (x *run) kill(st *tsql.Kill) error {
	n, err := x.integer(st.ID)
	if err != nil {
		return err
	}
	s := x.s
	switch {
	case s.tx.count > 0:
		return refuse(6115)
	case n <= 0:
		return refuse(6101, n)
	case !x.check().Can(security.OnServer(), "ALTER ANY CONNECTION"):
		return refuse(6102)
	case int(n) == s.spid:
		return refuse(6104)
	case n <= 50:
		return refuse(6107)
	}
	s.srv.mu.Lock()
	target := s.srv.sessions[int(n)]
	s.srv.mu.Unlock()
	switch {
	case target == nil:
		return refuse(6106, n)
	case st.StatusOnly:
		return refuse(6120, n)
	}
	target.kill()
	return nil
}
