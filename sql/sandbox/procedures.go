package sandbox

// procedures are the system procedures, by their names in lower case. It is filled at start to break the circle between
// the procedures and the interpreter.
var procedures map[string]procedure

func init() {
	procedures = map[string]procedure{
		"sp_executesql":             spExecuteSQL,
		"sp_prepare":                spPrepare,
		"sp_prepexec":               spPrepExec,
		"sp_execute":                spExecute,
		"sp_unprepare":              spUnprepare,
		"sp_getapplock":             steady(spGetAppLock),
		"sp_releaseapplock":         steady(spReleaseAppLock),
		"sp_addextendedproperty":    steady(spAddExtendedProperty),
		"sp_updateextendedproperty": steady(spUpdateExtendedProperty),
		"sp_dropextendedproperty":   steady(spDropExtendedProperty),
		"sp_addrolemember":          steady(spAddRoleMember),
		"sp_droprolemember":         steady(spDropRoleMember),
		"sp_addsrvrolemember":       steady(spAddServerRoleMember),
		"sp_dropsrvrolemember":      steady(spDropServerRoleMember),
		"sp_set_session_context":    steady(spSetSessionContext),
		"sp_configure":              steady(spConfigure),
		"sp_helptext":               steady(spHelpText),
		"sp_reset_connection":       steady(spResetConnection),
	}
}

// steady adapts a procedure that never steers.
func steady(p func(*call) (int32, error)) procedure {
	return func(c *call) (int32, flow, error) {
		rc, err := p(c)
		return rc, flowNext, err
	}
}
