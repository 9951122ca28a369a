package sandbox

import (
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tds"
)

// procedures are the system procedures by their names in lower case. It is filled where the program starts, since they
// call procedures themselves.
var procedures map[string]procedure

func init() {
	procedures = map[string]procedure{
		"sp_executesql": spExecuteSQL, "sp_prepare": spPrepare, "sp_prepexec": spPrepExec, "sp_execute": spExecute, "sp_unprepare": spUnprepare,
		"sp_getapplock": raising(spGetAppLock), "sp_releaseapplock": raising(spReleaseAppLock),
		"sp_addextendedproperty":       raising(propertyProcedure((*security.Server).AddProperty)),
		"sp_updateextendedproperty":    raising(propertyProcedure((*security.Server).UpdateProperty)),
		"sp_dropextendedproperty":      raising(spDropExtendedProperty),
		"sp_addrolemember":             steady(memberProcedure("@rolename", "@membername", addRoleMember)),
		"sp_droprolemember":            steady(memberProcedure("@rolename", "@membername", (*security.Server).DropMember)),
		"sp_addsrvrolemember":          steady(memberProcedure("@loginame", "@rolename", swapped((*security.Server).AddServerMember))),
		"sp_dropsrvrolemember":         steady(memberProcedure("@loginame", "@rolename", swapped((*security.Server).DropServerMember))),
		"sp_migrate_user_to_contained": steady(spMigrateUser),
		"sp_set_session_context":       raising(spSetSessionContext),
		"sp_configure":                 steady(spConfigure),
		"sp_helptext":                  raising(spHelpText),
		"sp_reset_connection":          steady(spResetConnection),
	}
}

// steady adapts a procedure that never steers. Where it fails outside of any TRY the error goes out, the caller goes on
// and gets the return code, as from any procedure that meets an error.
func steady(p func(*call) (int32, error)) procedure { return adapted(p, false) }

// raising is steady for a procedure that raises its errors itself, which XACT_ABORT does not concern (D.10).
func raising(p func(*call) (int32, error)) procedure { return adapted(p, true) }

func adapted(p func(*call) (int32, error), raises bool) procedure {
	return func(c *call) (int32, flow, error) {
		rc, err := p(c)
		if err != nil {
			return c.inside(rc, err, raises)
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
	for _, e := range f.errors {
		if e.Procedure == "" {
			e.Procedure = c.base()
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
