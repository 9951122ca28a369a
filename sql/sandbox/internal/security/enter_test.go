package security

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestEnter is the second table of C.6.
func TestEnter(t *testing.T) {
	no916 := `916 14 2 The server principal "erin" is not able to access the database "app" under the current security context.`
	cases := []struct {
		name    string
		setup   func(w *world)
		want    string
		user    int
		mapped  bool // the user is erin's own
		another string
	}{
		{name: "C.6 no user", want: no916},
		{name: "C.6 mapped user", setup: func(w *world) { w.must(w.s.CreateUser(w.as("sa"), UserSpec{Name: "erin"})) }, mapped: true},
		{name: "C.6 CONNECT denied: like no user", setup: func(w *world) {
			w.must(w.s.CreateUser(w.as("sa"), UserSpec{Name: "erin"}))
			w.do("sa", "DENY CONNECT TO erin")
		}, want: no916},
		{name: "C.6 CONNECT revoked: like no user", setup: func(w *world) {
			w.must(w.s.CreateUser(w.as("sa"), UserSpec{Name: "erin"}))
			w.do("sa", "REVOKE CONNECT FROM erin")
		}, want: no916},
		{name: "B.8 DENY CONTROL on the database denies CONNECT", setup: func(w *world) {
			w.must(w.s.CreateUser(w.as("sa"), UserSpec{Name: "erin"}))
			w.do("sa", "DENY CONTROL TO erin")
		}, want: no916},
		{name: "C.6 guest holds CONNECT", setup: func(w *world) { w.do("sa", "GRANT CONNECT TO guest") }, user: UserGuest},
		{name: "C.6 CONNECT ANY DATABASE: nameless, id 0", setup: func(w *world) {
			_, err := w.run(w.master("sa"), "GRANT CONNECT ANY DATABASE TO erin")
			w.must(err)
		}, user: RolePublic},
		{name: "C.6 public's CONNECT is no way in without a user", setup: func(w *world) { w.do("sa", "GRANT CONNECT TO public") }, want: no916},
		{name: "A.5 sysadmin is dbo", setup: func(w *world) { w.must(w.s.Roles(w.master("sa"), true).Add("sysadmin", "erin")) }, user: UserDBO},
		{name: "C.6 missing database is seen before access", another: "nope", want: "911 16 1 Database 'nope' does not exist. Make sure that the name is entered correctly."},
		{name: "H.2 offline", setup: func(w *world) {
			w.must(w.s.AlterDatabase(w.master("sa"), "app", DatabaseChange{State: ptr(Offline)}))
		}, want: "942 14 4 Database 'app' cannot be opened because it is offline."},
		{name: "H.2 RESTRICTED_USER", setup: func(w *world) {
			w.must(w.s.CreateUser(w.as("sa"), UserSpec{Name: "erin"}))
			w.must(w.s.AlterDatabase(w.master("sa"), "app", DatabaseChange{UserAccess: ptr(RestrictedUser)}))
		}, want: no916},
		{name: "A.5 guest is enabled in master", another: "master", user: UserGuest},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.login("erin", 50)
			if c.setup != nil {
				c.setup(w)
			}
			ctx, err := w.s.Enter(w.s.Session(w.s.LoginNamed("erin").ID, clock), orElse(c.another, "app"))
			if got := describe(err); got != c.want {
				t.Fatalf("answer = %q\n     want %q", got, c.want)
			}
			if c.want != "" {
				return
			}
			want := c.user
			if c.mapped {
				want = w.app().PrincipalNamed("erin").ID
			}
			if ctx.User != want {
				t.Errorf("user = %d, want %d", ctx.User, want)
			}
		})
	}
}

// TestExecuteAs is the first table of C.6.
func TestExecuteAs(t *testing.T) {
	no15517 := func(name string) string {
		return `15517 16 1 Cannot execute as the database principal because the principal "` + name + `" does not exist, this type of principal cannot be impersonated, or you do not have permission.`
	}
	cases := []struct {
		name, setup, login, user, want string
	}{
		{"C.6 db_owner", "MEMBER db_owner alice", "alice", "bob", ""},
		{"C.6 IMPERSONATE", "GRANT IMPERSONATE ON USER::bob TO alice", "alice", "bob", ""},
		{"C.6 CONTROL on the user", "GRANT CONTROL ON USER::bob TO alice", "alice", "bob", ""},
		{"C.6 without permission", "", "alice", "bob", no15517("bob")},
		{"C.6 missing: the same text", "", "alice", "nobody", no15517("nobody")},
		{"C.6 a role", "", "sa", "db_owner", no15517("db_owner")},
		{"C.6 sys", "", "sa", "sys", no15517("sys")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			if c.setup != "" {
				w.do("sa", c.setup)
			}
			ctx, err := w.s.ExecuteAsUser(w.as(c.login), c.user)
			if got := describe(err); got != c.want {
				t.Fatalf("answer = %q\n     want %q", got, c.want)
			}
			if c.want == "" && (ctx.User != w.app().PrincipalNamed(c.user).ID || ctx.Original != c.login || !ctx.Scoped) {
				t.Errorf("context = %+v", ctx)
			}
		})
	}
}

// TestScope is C.6, row Scope: EXECUTE AS USER is worth nothing elsewhere.
func TestScope(t *testing.T) {
	w := newWorld(t)
	w.must(w.s.CreateUser(w.in("sa", "other"), UserSpec{Name: "bob"}))
	w.must(w.s.Roles(w.master("sa"), true).Add("sysadmin", "carol"))
	bob, err := w.s.ExecuteAsUser(w.as("sa"), "bob")
	w.must(err)
	_, err = w.s.Enter(bob, "other")
	if got, want := describe(err), `916 14 4 The server principal "bob" is not able to access the database "other" under the current security context.`; got != want {
		t.Errorf("USE under EXECUTE AS USER: %q, want %q", got, want)
	}
	w.must(w.s.AlterDatabase(w.master("sa"), "app", DatabaseChange{Trustworthy: ptr(true)}))
	if _, err = w.s.Enter(bob, "other"); err != nil {
		t.Errorf("from a trustworthy database of the same owner: %s", describe(err))
	}
	carol, err := w.s.ExecuteAsUser(w.as("sa"), "carol")
	w.must(err)
	if w.s.Checker(carol).Can(OnServer(), "CONTROL SERVER") {
		t.Error("EXECUTE AS USER kept the login's server roles")
	}
	login, err := w.s.ExecuteAsLogin(w.as("sa"), "bob")
	w.must(err)
	if _, err = w.s.Enter(login, "other"); err != nil {
		t.Errorf("EXECUTE AS LOGIN, USE: %s", describe(err))
	}
	_, err = w.s.ExecuteAsLogin(w.as("alice"), "bob")
	if got, want := describe(err), `15406 16 1 Cannot execute as the server principal because the principal "bob" does not exist, this type of principal cannot be impersonated, or you do not have permission.`; got != want {
		t.Errorf("EXECUTE AS LOGIN without permission: %q, want %q", got, want)
	}
}

// TestAuthenticate is the refused logins of C.6 and D.2's lock-out.
func TestAuthenticate(t *testing.T) {
	w := newWorld(t)
	create := func(name string, change func(*LoginSpec)) {
		spec := LoginSpec{Name: name, SID: []byte(name), Password: "Str0ng-enough", Hash: []byte("right")}
		change(&spec)
		w.must(w.s.CreateLogin(w.master("sa"), spec))
	}
	for _, name := range []string{"plain", "off", "refused", "locked", "old"} {
		create(name, func(spec *LoginSpec) { spec.CheckExpiration = ptr(name == "old") })
	}
	create("fresh", func(spec *LoginSpec) { spec.MustChange, spec.CheckExpiration = true, ptr(true) })
	w.must(w.s.AlterLogin(w.master("sa"), "off", LoginChange{Enable: ptr(false)}))
	_, err := w.run(w.master("sa"), "DENY CONNECT SQL TO refused")
	w.must(err)
	for range 3 {
		if _, _, err := w.s.Authenticate("locked", "wrong", clock); numbers(err)[0] != 18456 {
			t.Fatalf("wrong password: %s", describe(err))
		}
	}
	failed := func(name string) string { return "18456 14 1 Login failed for user '" + name + "'." }
	cases := []struct {
		name, login, password string
		state                 byte
		at                    time.Time
		want                  string
	}{
		{"C.6 right", "plain", "right", 0, clock, ""},
		{"C.6 no such login", "nobody", "right", 5, clock, failed("nobody")},
		{"C.6 a server role", "sysadmin", "right", 5, clock, failed("sysadmin")},
		{"C.6 wrong password", "plain", "wrong", 8, clock, failed("plain")},
		{"C.6 disabled, wrong password", "off", "wrong", 7, clock, failed("off")},
		{"C.6 disabled, right password", "off", "right", 1, clock, "18470 14 1 Login failed for user 'off'. Reason: The account is disabled."},
		{"C.6 CONNECT SQL denied", "refused", "right", 12, clock, failed("refused")},
		{"C.6 locked, wrong password", "locked", "wrong", 8, clock, failed("locked")},
		{"C.6 locked, right password", "locked", "right", 1, clock, "18486 14 1 Login failed for user 'locked' because the account is currently locked out. The system administrator can unlock it."},
		{"C.6 must change", "fresh", "right", 18, clock, "18488 14 1 Login failed for user 'fresh'. Reason: The password of the account must be changed."},
		{"C.6 not yet expired", "old", "right", 0, clock.AddDate(0, 0, 41), ""},
		{"C.6 expired", "old", "right", 1, clock.AddDate(0, 0, 42), "18487 14 1 Login failed for user 'old'. Reason: The password of the account has expired."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			login, state, err := w.s.Begin().Authenticate(c.login, c.password, c.at)
			if got := describe(err); got != c.want || state != c.state {
				t.Errorf("answer = %q state %d\n     want %q state %d", got, state, c.want, c.state)
			}
			if (err == nil) != (login != nil) {
				t.Errorf("login = %v with error %v", login, err)
			}
		})
	}
	w.must(w.s.AlterLogin(w.master("sa"), "locked", LoginChange{Password: ptr("Other-enough1"), Hash: []byte("new"), Unlock: true}))
	if _, _, err := w.s.Authenticate("locked", "new", clock); err != nil {
		t.Errorf("D.2 UNLOCK: %s", describe(err))
	}
}

// TestMustChangePending is D.2: the options stay on until the password changed.
func TestMustChangePending(t *testing.T) {
	w := newWorld(t)
	w.must(w.s.CreateLogin(w.master("sa"), LoginSpec{Name: "erin", SID: []byte{5}, Password: "Str0ng-enough", Hash: []byte("x"), MustChange: true, CheckExpiration: ptr(true)}))
	err := w.s.AlterLogin(w.master("sa"), "erin", LoginChange{CheckPolicy: ptr(false)})
	if got, want := describe(err), "15128 16 1 The CHECK_POLICY and CHECK_EXPIRATION options cannot be turned OFF when MUST_CHANGE is ON."; got != want {
		t.Errorf("answer = %q, want %q", got, want)
	}
	w.must(w.s.AlterLogin(w.master("erin"), "erin", LoginChange{Password: ptr("New-enough12"), Hash: []byte("y"), OldPassword: ptr("x")}))
	if got := w.s.Checker(w.master("sa")).LoginProperty("erin", "IsMustChange"); got != 0 {
		t.Errorf("E.1 IsMustChange = %v, want 0", got)
	}
	err = w.s.AlterLogin(w.master("erin"), "erin", LoginChange{Password: ptr("x"), Hash: []byte("x"), OldPassword: ptr("y")})
	if got := numbers(err); !slices.Equal(got, []int32{15116}) {
		t.Errorf("D.2 policy comes before history: %v", got)
	}
}

// TestLoginProperty is E.1.
func TestLoginProperty(t *testing.T) {
	w := newWorld(t)
	w.must(w.s.CreateLogin(w.master("sa"), LoginSpec{Name: "erin", SID: []byte{5}, Password: "Str0ng-enough", Hash: []byte("x"), CheckExpiration: ptr(true), DefaultDatabase: "app"}))
	for range 3 {
		_, _, _ = w.s.Authenticate("erin", "wrong", clock)
	}
	never := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	cases := []struct {
		name, login, property string
		want                  any
	}{
		{"E.1 BadPasswordCount", "erin", "badpasswordcount", 3},
		{"E.1 BadPasswordTime", "erin", "BadPasswordTime", clock},
		{"E.1 BadPasswordTime, never", "bob", "BadPasswordTime", never},
		{"E.1 IsLocked", "erin", "IsLocked", 1},
		{"E.1 LockoutTime", "erin", "LockoutTime", clock},
		{"E.1 DaysUntilExpiration", "erin", "DaysUntilExpiration", 42},
		{"E.1 DaysUntilExpiration without policy", "bob", "DaysUntilExpiration", nil},
		{"E.1 DefaultDatabase", "erin", "DefaultDatabase", "app"},
		{"E.1 PasswordHashAlgorithm", "erin", "PasswordHashAlgorithm", 2},
		{"E.1 PasswordHash", "erin", "PasswordHash", []byte("x")},
		{"E.1 unknown property", "erin", "ShoeSize", nil},
		{"E.1 not a SQL login", "sysadmin", "IsLocked", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, w.s.Checker(w.master("sa")).LoginProperty(c.login, c.property)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	bob := w.s.Checker(w.master("bob"))
	if got := bob.LoginProperty("erin", "IsLocked"); got != nil {
		t.Errorf("E.1 another login without permission: %v", got)
	}
	if got := bob.LoginProperty("bob", "IsLocked"); got != 0 {
		t.Errorf("E.1 the own login: %v", got)
	}
}
