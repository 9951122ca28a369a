package sandbox

import (
	"strings"
	"time"
	"unicode/utf16"

	"grantree/sql/sandbox/internal/security"
)

// Return codes of sp_getapplock (D.9).
const (
	appLockGranted   = 0
	appLockWaited    = 1
	appLockTimedOut  = -1
	appLockCancelled = -2
	appLockDeadlock  = -3
	appLockError     = -999
)

// appLock is what the parameters of sp_getapplock and sp_releaseapplock name.
type appLock struct {
	key   lockKey
	owner lockOwner
}

// appLockOwner reads the owner of a lock; ok is false for a word that is none.
func (s *session) appLockOwner(word string) (owner lockOwner, ok bool) {
	owner = lockOwner{SPID: s.spid, Transaction: strings.EqualFold(word, "Transaction")}
	return owner, owner.Transaction || strings.EqualFold(word, "Session")
}

// appLock reads resource, owner and principal of a call. missing is what is said of a transaction's lock without one.
func (c *call) appLock(resource, owner, principal *arg, missing error) (l appLock, err error) {
	s, ok := c.x.s, false
	l.owner, ok = s.appLockOwner(owner.str("Transaction"))
	switch {
	case !ok:
		return l, refuse(15625, owner.str(""), "@LockOwner")
	case resource == nil || resource.value == nil:
		return l, refuseAs(1224, 16, 5, "xp_userlock")
	case l.owner.Transaction && s.tx.count == 0:
		return l, missing
	case principal != nil && principal.value == nil:
		return l, refuse(1230, "xp_userlock")
	}
	name := principal.str("public")
	if err := c.x.inAppPrincipal(name); err != nil {
		return l, err
	}
	l.key = lockKey{Database: s.context.Database, Principal: c.x.appPrincipal(name), Resource: lockResource(resource.str(""))}
	return l, nil
}

// lockResource is a name of a resource as it is kept: "if a resource string is longer than nvarchar(255), the value is
// truncated".
func lockResource(name string) string {
	units := utf16.Encode([]rune(name))
	return string(utf16.Decode(units[:min(len(units), 255)]))
}

// appPrincipal is the principal of an application lock by its proper name.
func (x *run) appPrincipal(name string) string {
	if p := x.s.database(x.state).PrincipalNamed(name); p != nil {
		return p.Name
	}
	return name
}

// inAppPrincipal checks that the caller is the principal, a member of it, dbo or in db_owner (1202).
func (x *run) inAppPrincipal(name string) error {
	d := x.s.database(x.state)
	p := d.PrincipalNamed(name)
	ok := false
	if p != nil {
		in := x.check().IsMember(name)
		owner := x.check().IsMember("db_owner")
		ok = p.ID == security.RolePublic || p.ID == x.s.context.User || in != nil && *in == 1 || owner != nil && *owner == 1 || x.check().DBO(d.ID)
	}
	if !ok {
		return refuse(1202, name)
	}
	return nil
}

// spGetAppLock is sp_getapplock.
func spGetAppLock(c *call) (int32, error) {
	p, err := c.take(0, "@Resource", "@LockMode", "@LockOwner", "@LockTimeout", "@DbPrincipal")
	if err != nil {
		return appLockError, err
	}
	if p[1] == nil {
		return appLockError, errCall(201, 16, 4, c.base(), "@LockMode")
	}
	mode, ok := parseLockMode(p[1].str(""))
	if !ok {
		return appLockError, refuse(15625, p[1].str(""), "@LockMode")
	}
	l, err := c.appLock(p[0], p[2], p[4], refuse(15626))
	if err == nil && p[3].num(0) < -1 {
		err = refuseAs(1227, 16, 2, "xp_userlock")
	}
	if err != nil {
		return appLockError, err
	}
	s := c.x.s
	timeout := s.settings.lockTimeout
	if p[3] != nil && p[3].value != nil {
		timeout = time.Duration(p[3].num(0)) * time.Millisecond
		if timeout < 0 {
			timeout = -1
		}
	}
	r := lockRequest{Key: l.key, Owner: l.owner, Mode: mode, Timeout: timeout, Priority: s.settings.deadlockPriority}
	switch s.srv.locks.Acquire(s.request, r) {
	case lockGranted:
		return appLockGranted, nil
	case lockGrantedAfterWait:
		return appLockWaited, nil
	case lockCancelled:
		return appLockCancelled, s.request.Err()
	case lockDeadlock:
		return appLockDeadlock, nil
	}
	return appLockTimedOut, nil
}

// spReleaseAppLock is sp_releaseapplock.
func spReleaseAppLock(c *call) (int32, error) {
	p, err := c.take(1, "@Resource", "@LockOwner", "@DbPrincipal")
	if err != nil {
		return appLockError, err
	}
	l, err := c.appLock(p[0], p[1], p[2], refuse(3918))
	if err != nil {
		return appLockError, err
	}
	if !c.x.s.srv.locks.Release(l.key, l.owner) {
		return appLockError, refuse(1223, l.key.Principal, l.key.Resource)
	}
	return 0, nil
}

// appLockOf reads the arguments that APPLOCK_MODE and APPLOCK_TEST share: principal, resource and owner, which is the
// transaction where it is NULL.
func (f *asked) appLockOf(function string, principal, resource, owner *string) (key lockKey, o lockOwner, err error) {
	word, ok := "Transaction", false
	if owner != nil {
		word = *owner
	}
	o, ok = f.x.s.appLockOwner(word)
	switch {
	case principal == nil:
		return key, o, refuseAs(1230, 16, 3, function)
	case resource == nil:
		return key, o, refuseAs(1225, 16, 1, function)
	case !ok:
		return key, o, refuse(1226, function)
	case o.Transaction && f.x.s.tx.count == 0:
		return key, o, refuseAs(3918, 16, 2)
	}
	key = lockKey{Database: f.context.Database, Principal: f.x.appPrincipal(*principal), Resource: lockResource(*resource)}
	return key, o, f.x.inAppPrincipal(*principal)
}

// appLockMode is APPLOCK_MODE.
func (f *asked) appLockMode(args []any) (any, error) {
	key, owner, err := f.appLockOf("applock_mode", argument(args, 0), argument(args, 1), argument(args, 2))
	if err != nil {
		return nil, err
	}
	if mode, ok := f.x.s.srv.locks.Held(key, owner); ok {
		return mode.String(), nil
	}
	return "NoLock", nil
}

// appLockTest is APPLOCK_TEST.
func (f *asked) appLockTest(args []any) (any, error) {
	var mode lockMode
	ok := args[2] != nil
	if ok {
		mode, ok = parseLockMode(*argument(args, 2))
	}
	if !ok && args[0] != nil && args[1] != nil {
		return nil, refuseAs(1225, 16, 3, "applock_test")
	}
	key, owner, err := f.appLockOf("applock_test", argument(args, 0), argument(args, 1), argument(args, 3))
	if err != nil {
		return nil, err
	}
	return bit(f.x.s.srv.locks.Grantable(lockRequest{Key: key, Owner: owner, Mode: mode})), nil
}
