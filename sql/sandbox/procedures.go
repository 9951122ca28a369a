package sandbox

import (
	"strings"

	"grantree/sql/tds"
)

// procedures are the system procedures by their names in lower case. It never changes.
var procedures map[string]procedure

func init() {
	procedures = map[string]procedure{
		"sp_executesql": needing(1, "@statement", spExecuteSQL),
		"sp_prepare":    needing(3, "@stmt", spPrepare),
		"sp_prepexec":   needing(3, "@stmt", spPrepExec),
		"sp_execute":    needing(1, "@handle", spExecute),
		"sp_unprepare":  needing(1, "@handle", spUnprepare),

		"sp_getapplock":          raising(spGetAppLock),
		"sp_releaseapplock":      raising(spReleaseAppLock),
		"sp_set_session_context": raising(spSetSessionContext),
		"sp_reset_connection":    steady(spResetConnection),

		// What system procedures of T-SQL are made of and no statement does. Only they can call these.
		"%%configure": steady(configure), "%%rename": steady(renameItem), "%%refresh": steady(refreshView),
		"%%property": raising(changeProperty), "%%migrate": steady(migrateUser),
		"%%refuse": steady(func(c *call) (int32, error) { return 1, unsupportedOption(c.args[0].str("")) }),
	}
}

// needing is a procedure of at least n arguments, the last of which has a name.
func needing(n int, last string, p procedure) procedure {
	return func(c *call) (int32, flow, error) {
		if len(c.args) < n {
			return 0, flowNext, refuse(201, c.base(), last)
		}
		return p(c)
	}
}

// steady adapts a procedure that never steers. Where it fails outside of any TRY the error goes out, the caller goes on
// and gets the return code, as from any procedure that meets an error.
func steady(p func(*call) (int32, error)) procedure { return plain(p, false) }

// raising is steady for a procedure that raises its errors itself, which XACT_ABORT does not concern (D.10).
func raising(p func(*call) (int32, error)) procedure { return plain(p, true) }

func plain(p func(*call) (int32, error), raised bool) procedure {
	return func(c *call) (int32, flow, error) {
		rc, err := p(c)
		if err != nil {
			return c.inside(rc, err, raised)
		}
		return rc, flowNext, nil
	}
}

// inside decides what becomes of an error in a procedure.
func (c *call) inside(rc int32, err error, raised bool) (int32, flow, error) {
	s := c.x.s
	f := s.fail(err, c.line)
	if f.cancelled || f.caller {
		return rc, flowNext, f
	}
	f.compile, f.raised = false, raised
	name := c.base()
	if strings.HasPrefix(name, "%%") { // a part of the procedure that calls it
		name = c.x.name
	}
	for _, e := range f.errors {
		if e.Procedure == "" {
			e.Procedure = name
		}
	}
	if f.last().IsInfo() {
		s.out.Info(f.last())
		return rc, flowNext, nil
	}
	if s.try > 0 {
		return rc, flowNext, f
	}
	proc := c.x.proc
	c.x.proc = true
	fl, err := c.x.failed(f, tds.CommandExecute)
	c.x.proc = proc
	s.nextErrno = s.errno
	return rc, fl, err
}
