package mssql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var wantedAudit = LoginAudit{Path: `D:\Audit`, Files: 20, Megabytes: 50}

// auditStates are what a server may have of the audit.
func auditStates() map[string]AuditState {
	audit := func(edit func(*ServerAudit)) *ServerAudit {
		a := &ServerAudit{LoginAudit: wantedAudit, Enabled: true, Continues: true}
		a.Path += `\`
		edit(a)
		return a
	}
	same := func(*ServerAudit) {}
	spec := func(enabled bool, groups ...string) *AuditSpec { return &AuditSpec{Enabled: enabled, Groups: groups} }
	both := spec(true, "SUCCESSFUL_LOGIN_GROUP", "FAILED_LOGIN_GROUP")
	return map[string]AuditState{
		"nothing":             {},
		"as it is wanted":     {Audit: audit(same), Spec: both},
		"without what it is":  {Audit: audit(same)},
		"turned off":          {Audit: audit(func(a *ServerAudit) { a.Enabled = false }), Spec: both},
		"both turned off":     {Audit: audit(func(a *ServerAudit) { a.Enabled = false }), Spec: spec(false, both.Groups...)},
		"another folder":      {Audit: audit(func(a *ServerAudit) { a.Path = `E:\Old\` }), Spec: both},
		"another size, off":   {Audit: audit(func(a *ServerAudit) { a.Megabytes, a.Enabled = 10, false }), Spec: both},
		"the case of Windows": {Audit: audit(func(a *ServerAudit) { a.Path = `d:\AUDIT\` }), Spec: both},
		"only failures":       {Audit: audit(same), Spec: spec(true, "FAILED_LOGIN_GROUP")},
		"nothing in it, off":  {Audit: audit(same), Spec: spec(false, "")},
		"more in it":          {Audit: audit(same), Spec: spec(true, append([]string{"LOGOUT_GROUP"}, both.Groups...)...)},
		"another's":           {Other: `the server audit "x"`},
	}
}

// send is what statements about the audit make of a server, by the rules of
// Microsoft's pages: what is turned on cannot be changed or dropped, and a
// specification needs its audit.
func send(t *testing.T, s AuditState, statements []string) AuditState {
	t.Helper()
	var group = regexp.MustCompile(`(ADD|DROP) \(([A-Z_]+)\)`)
	var size = regexp.MustCompile(`FILEPATH = N'([^']*)', MAXSIZE = (\d+) MB, MAX_ROLLOVER_FILES = (\d+)\).* ON_FAILURE = CONTINUE`)
	for _, q := range statements {
		rest, ok := strings.CutSuffix(q, ";")
		if !ok {
			t.Fatalf("%s has no end", q)
		}
		what, rest, _ := strings.Cut(rest, " [grantree logins]")
		files := func() LoginAudit {
			m := size.FindStringSubmatch(rest)
			if m == nil {
				t.Fatalf("%s does not say where", q)
			}
			megabytes, _ := strconv.Atoi(m[2])
			n, _ := strconv.Atoi(m[3])
			return LoginAudit{m[1], n, megabytes}
		}
		on := strings.HasSuffix(rest, "WITH (STATE = ON)")
		switch {
		case what == "CREATE SERVER AUDIT" && s.Audit == nil && strings.HasSuffix(rest, "AUDIT_GUID = '"+loginAuditGUID+"')"):
			s.Audit = &ServerAudit{LoginAudit: files(), Continues: true}
		case what == "ALTER SERVER AUDIT" && s.Audit != nil && strings.HasPrefix(rest, " WITH (STATE = "):
			a := *s.Audit
			a.Enabled, s.Audit = on, &a
		case what == "ALTER SERVER AUDIT" && s.Audit != nil && !s.Audit.Enabled:
			s.Audit = &ServerAudit{LoginAudit: files(), Continues: true}
		case what == "DROP SERVER AUDIT" && s.Audit != nil && !s.Audit.Enabled:
			s.Audit = nil
		case what == "CREATE SERVER AUDIT SPECIFICATION" && s.Spec == nil && s.Audit != nil && strings.HasPrefix(rest, " FOR SERVER AUDIT [grantree logins] ADD"):
			s.Spec = &AuditSpec{Enabled: on}
			for _, m := range group.FindAllStringSubmatch(rest, -1) {
				s.Spec.Groups = append(s.Spec.Groups, m[2])
			}
		case what == "ALTER SERVER AUDIT SPECIFICATION" && s.Spec != nil && strings.HasPrefix(rest, " WITH (STATE = "):
			s.Spec = &AuditSpec{Enabled: on, Groups: s.Spec.Groups}
		case what == "ALTER SERVER AUDIT SPECIFICATION" && s.Spec != nil && !s.Spec.Enabled:
			x := &AuditSpec{Groups: slices.Clone(s.Spec.Groups)}
			for _, m := range group.FindAllStringSubmatch(rest, -1) {
				if x.Groups = slices.DeleteFunc(x.Groups, func(g string) bool { return g == m[2] }); m[1] == "ADD" {
					x.Groups = append(x.Groups, m[2])
				}
			}
			s.Spec = x
		case what == "DROP SERVER AUDIT SPECIFICATION" && s.Spec != nil && !s.Spec.Enabled:
			s.Spec = nil
		default:
			t.Fatalf("the server refuses %s in %+v", q, s)
		}
	}
	return s
}

// TestLoginAuditChanges: whatever is there, the changes make it as it is wanted,
// then there are none, and their reverse brings back what there was.
func TestLoginAuditChanges(t *testing.T) {
	same := cmp.Options{cmpopts.IgnoreUnexported(AuditState{}), cmpopts.SortSlices(func(a, b string) bool { return a < b })}
	for name, s := range auditStates() {
		changes := wantedAudit.Changes(s)
		if still := name == "as it is wanted" || name == "the case of Windows" || name == "more in it" || name == "another's"; still != (len(changes) == 0) {
			t.Errorf("%s: %d changes: %v", name, len(changes), changes)
		}
		after := s
		for _, c := range changes {
			after = send(t, after, c.Statements)
		}
		if left := wantedAudit.Changes(after); len(left) > 0 {
			t.Errorf("%s: then there is still to do %v", name, left)
		}
		for _, c := range slices.Backward(changes) {
			after = send(t, after, c.Reverse)
		}
		if d := cmp.Diff(s, after, same); d != "" {
			t.Errorf("%s: taken back it is another: %s", name, d)
		}
	}
	odd := LoginAudit{Path: `/var/o'pt`, Files: 1, Megabytes: 2}.Changes(AuditState{})
	if want := `CREATE SERVER AUDIT [grantree logins] TO FILE (FILEPATH = N'/var/o''pt', MAXSIZE = 2 MB, MAX_ROLLOVER_FILES = 1) WITH (QUEUE_DELAY = 1000, ON_FAILURE = CONTINUE, AUDIT_GUID = '6772616E-7472-6565-6C6F-67696E730001');`; odd[0].Statements[0] != want {
		t.Error(odd[0].Statements[0])
	}
}

// TestReadLoginAudit reads what is there, and tells what is somebody else's.
func TestReadLoginAudit(t *testing.T) {
	ours, path := true, `D:\Audit\`
	audit := func(name string, ours bool) []driver.Value {
		return []driver.Value{name, ours, true, int64(0), path, int64(50), int64(20)}
	}
	spec := func(name string, ours bool, group string) []driver.Value {
		return []driver.Value{name, ours, true, group}
	}
	may := [][]driver.Value{{int64(1), int64(1), int64(1), "grantree"}}
	nothing := [][]driver.Value{}
	for name, tt := range map[string]struct {
		audits, specs, rights [][]driver.Value
		want                  AuditState
	}{
		"nothing": {nothing, nothing, may, AuditState{Sees: true, MayChange: true}},
		"ours": {[][]driver.Value{audit(loginAuditName, ours)}, [][]driver.Value{spec(loginAuditName, ours, "FAILED_LOGIN_GROUP"), spec(loginAuditName, ours, "SUCCESSFUL_LOGIN_GROUP")}, may,
			AuditState{Sees: true, MayChange: true, Audit: &ServerAudit{LoginAudit: LoginAudit{path, 20, 50}, Enabled: true, Continues: true}, Spec: &AuditSpec{true, []string{"FAILED_LOGIN_GROUP", "SUCCESSFUL_LOGIN_GROUP"}}}},
		"a namesake": {[][]driver.Value{audit(loginAuditName, false)}, nothing, may, AuditState{Sees: true, MayChange: true, Other: `the server audit "grantree logins"`}},
		"renamed":    {[][]driver.Value{audit("mine", ours)}, nothing, may, AuditState{Sees: true, MayChange: true, Other: `the server audit "mine", which was changed since,`}},
		"another's on ours": {[][]driver.Value{audit(loginAuditName, ours)}, [][]driver.Value{spec("theirs", ours, "LOGOUT_GROUP")}, may,
			AuditState{Sees: true, MayChange: true, Other: `the server audit specification "theirs"`, Audit: &ServerAudit{LoginAudit: LoginAudit{path, 20, 50}, Enabled: true, Continues: true}}},
		"who may only look":  {nothing, nothing, [][]driver.Value{{int64(0), int64(1), nil, "grantree"}}, AuditState{Sees: true}},
		"who may not even":   {nothing, nothing, [][]driver.Value{{int64(0), int64(0), int64(0), "grantree"}}, AuditState{}},
		"who may but change": {nothing, nothing, [][]driver.Value{{int64(1), int64(0), nil, "grantree"}}, AuditState{Sees: true, MayChange: true}},
	} {
		db := sql.OpenDB(recorded{{holds: []string{"sys.server_audits"}, rows: tt.audits, more: [][][]driver.Value{tt.specs, tt.rights}}})
		conn, err := db.Conn(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		got, err := ReadLoginAudit(context.Background(), conn)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if d := cmp.Diff(tt.want, got, cmpopts.IgnoreUnexported(AuditState{})); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		db.Close()
	}
}
