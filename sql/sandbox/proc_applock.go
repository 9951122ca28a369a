package sandbox

import (
	"strings"
	"time"

	"grantree/sql/sandbox/internal/security"
	"grantree/sql/units"
)

// appLockError is what sp_getapplock and sp_releaseapplock return where they are called wrongly, appLockCodes are the
// other return codes of sp_getapplock (D.9).
const appLockError = -999

var appLockCodes = map[lockResult]int32{lockGranted: 0, lockGrantedAfterWait: 1, lockTimedOut: -1, lockCancelled: -2, lockDeadlock: -3}

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
	l.key, err = c.x.appLockKey(principal.str("public"), resource.str(""))
	return l, err
}

// appLockKey is the key of an application lock, where the caller is its principal, a member of it, dbo or in db_owner
// (1202). "If a resource string is longer than nvarchar(255), the value is truncated".
func (x *run) appLockKey(principal, resource string) (lockKey, error) {
	d := x.s.database(x.state)
	p := d.PrincipalNamed(principal)
	member := func(role string) bool { in := x.check().IsMember(role); return in != nil && *in == 1 }
	if p == nil || p.ID != security.RolePublic && p.ID != x.s.context.User && !member(principal) && !member("db_owner") && !x.check().DBO(d.ID) {
		return lockKey{}, refuse(1202, principal)
	}
	all := units.Of(resource)
	return lockKey{Database: d.ID, Principal: p.Name, Resource: units.Text(all[:min(len(all), 255)])}, nil
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
	got := s.srv.locks.Acquire(s.request, r)
	if got == lockCancelled {
		return appLockCodes[got], s.request.Err()
	}
	return appLockCodes[got], nil
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
	key, err = f.x.appLockKey(*principal, *resource)
	return key, o, err
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
