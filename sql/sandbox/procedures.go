package sandbox

import "grantree/sql/tds"

// procedureNamed finds a system procedure by its name in lower case; nil for any other.
func procedureNamed(name string) procedure {
	switch name {
	case "sp_executesql":
		return spExecuteSQL
	case "sp_prepare":
		return spPrepare
	case "sp_prepexec":
		return spPrepExec
	case "sp_execute":
		return spExecute
	case "sp_unprepare":
		return spUnprepare
	case "sp_getapplock":
		return raising(spGetAppLock)
	case "sp_releaseapplock":
		return raising(spReleaseAppLock)
	case "sp_addextendedproperty":
		return raising(spAddExtendedProperty)
	case "sp_updateextendedproperty":
		return raising(spUpdateExtendedProperty)
	case "sp_dropextendedproperty":
		return raising(spDropExtendedProperty)
	case "sp_addrolemember":
		return steady(spAddRoleMember)
	case "sp_droprolemember":
		return steady(spDropRoleMember)
	case "sp_addsrvrolemember":
		return steady(spAddServerRoleMember)
	case "sp_dropsrvrolemember":
		return steady(spDropServerRoleMember)
	case "sp_migrate_user_to_contained":
		return steady(spMigrateUser)
	case "sp_set_session_context":
		return raising(spSetSessionContext)
	case "sp_configure":
		return steady(spConfigure)
	case "sp_helptext":
		return raising(spHelpText)
	case "sp_reset_connection":
		return steady(spResetConnection)
	}
	return nil
}

// steady adapts a procedure that never steers. Where it fails outside of any TRY the error goes out, the caller goes on
// and gets the return code, as from any procedure that meets an error.
func steady(p func(*call) (int32, error)) procedure {
	return func(c *call) (int32, flow, error) {
		rc, err := p(c)
		if err != nil {
			return c.inside(rc, err, false)
		}
		return rc, flowNext, nil
	}
}

// raising is steady for a procedure that raises its errors itself, which XACT_ABORT does not concern (D.10).
func raising(p func(*call) (int32, error)) procedure {
	return func(c *call) (int32, flow, error) {
		rc, err := p(c)
		if err != nil {
			return c.inside(rc, err, true)
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
