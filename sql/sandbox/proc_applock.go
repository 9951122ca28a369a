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

// appLock reads resource, owner and principal of a call. rc is not 0 when the call is wrong; the message says why.
func (c *call) appLock(resource, owner, principal *arg) (l appLock, err error) {
	s := c.x.s
	name := principal.str("public")
	if err := c.x.inAppPrincipal(name); err != nil {
		return l, err
	}
	text := resource.str("")
	if text == "" || len(utf16.Encode([]rune(text))) > 255 {
		return l, refuse(15600, "sys."+c.base())
	}
	l.key = lockKey{Database: s.context.Database, Principal: c.x.appPrincipal(name), Resource: text}
	l.owner = lockOwner{SPID: s.spid}
	switch strings.ToLower(owner.str("Transaction")) {
	case "transaction":
		if s.tx.count == 0 {
			return l, refuse(15626)
		}
		l.owner.Transaction = true
	case "session":
	default:
		return l, refuse(15625, owner.str(""), "@LockOwner")
	}
	return l, nil
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
	p, err := c.take(2, "@Resource", "@LockMode", "@LockOwner", "@LockTimeout", "@DbPrincipal")
	if err != nil {
		return appLockError, err
	}
	mode, ok := parseLockMode(p[1].str(""))
	if !ok {
		return appLockError, refuse(15625, p[1].str(""), "@LockMode")
	}
	l, err := c.appLock(p[0], p[2], p[4])
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
	l, err := c.appLock(p[0], p[1], p[2])
	if err != nil {
		return appLockError, err
	}
	if !c.x.s.srv.locks.Release(l.key, l.owner) {
		return appLockError, refuse(1223, l.key.Principal, l.key.Resource)
	}
	return 0, nil
}

// appLockOf reads the arguments that APPLOCK_MODE and APPLOCK_TEST share: principal, resource and owner.
func (f *asked) appLockOf(principal, resource, owner *string) (lockKey, lockOwner, error) {
	if principal == nil || resource == nil || owner == nil {
		return lockKey{}, lockOwner{}, nil
	}
	if err := f.x.inAppPrincipal(*principal); err != nil {
		return lockKey{}, lockOwner{}, err
	}
	key := lockKey{Database: f.context.Database, Principal: f.x.appPrincipal(*principal), Resource: *resource}
	return key, lockOwner{SPID: f.x.s.spid, Transaction: strings.EqualFold(*owner, "Transaction")}, nil
}

// appLockMode is APPLOCK_MODE.
func (f *asked) appLockMode(args []any) (any, error) {
	key, owner, err := f.appLockOf(argument(args, 0), argument(args, 1), argument(args, 2))
	if err != nil || key.Resource == "" {
		return nil, err
	}
	if mode, ok := f.x.s.srv.locks.Held(key, owner); ok {
		return mode.String(), nil
	}
	return "NoLock", nil
}

// appLockTest is APPLOCK_TEST.
func (f *asked) appLockTest(args []any) (any, error) {
	key, owner, err := f.appLockOf(argument(args, 0), argument(args, 1), argument(args, 3))
	if err != nil || key.Resource == "" || args[2] == nil {
		return nil, err
	}
	mode, ok := parseLockMode(*argument(args, 2))
	if !ok {
		return nil, nil
	}
	return bit(f.x.s.srv.locks.Grantable(lockRequest{Key: key, Owner: owner, Mode: mode})), nil
}
