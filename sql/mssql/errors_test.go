package mssql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/grants"

	mssql "github.com/microsoft/go-mssqldb"
	"pgregory.net/rapid"
)

// TestNumbers takes each number of the engine that grantree knows (reference C.6, D.3,
// D.4, I.1, I.3): what is said of it, and whether the same may be tried again, the
// database is away, or a permission is missing; and those beside them, of which nothing
// is known.
func TestNumbers(t *testing.T) {
	tests := map[class]map[int32]string{
		fatal: {
			18452: "does not trust the account of Windows", 18456: "check the user name and the password's source", 18470: "the login is disabled", 18486: "the login is locked out",
			18487: "password has expired", 18488: "must change its password first", 18451: "administrators in alone", 18461: "single-user mode", 17892: "a logon trigger",
			4064: "the login's default database", 916: "no user in the database", 3906: "the database is read-only", 3908: "emergency or standby",
			1101: "no space left", 1105: "no space left", 9002: "the transaction log is full: see SELECT log_reuse_wait_desc", 4002: "garbled", 50001: "another grantree is changing this site",
			3609: "a trigger ended the transaction", 4617: "a fixed role", 4624: "cannot be granted or denied", 15007: "no such login", 15023: "plan again", 15025: "plan again",
			15062: "guest is no person's", 15063: "a user of another name", 15081: "join or leave public", 15118: "does not satisfy the server's policy", 15136: "change its EXECUTE AS first",
			15138: "it owns something", 15141: "an endpoint", 15144: "the role has members", 15155: "a server role", 15170: "owns jobs", 15173: "has granted something on the server",
			15174: "owns a database", 15183: "it owns something", 15184: "it owns something", 15284: "has granted or denied something", 15401: "Windows does not know",
			15404: "Windows did not say", 15405: "is dbo, sa or alike", 15421: "it owns something", 15433: "another login has the SID", 15434: "is connected",
		},
		again: {
			18401: "being upgraded", 17809: "no connection left", 701: "no memory left", 1203: "lost track of a lock", 1204: "no locks left", 1221: "lost track of a lock",
			615: "moving to another server", 1205: "as a deadlock victim", 1222: "somebody else holds a lock", 3960: "under snapshot isolation", 10928: "too busy", 10929: "too busy",
			10936: "too busy", 40143: "moving", 40166: "moving", 40197: "moving", 40501: "too busy", 40540: "moving", 40613: "not available for a moment",
			49918: "too busy", 49919: "too busy", 49920: "too busy",
		},
		away: {
			911: "there is no such database on this server", 923: "lets its owners in alone", 924: "another one has it", 927: "being restored", 942: "the database is offline",
			945: "for lack of a file or of space", 978: "not the primary replica", 979: "not the primary replica", 982: "not the primary replica",
			4060: "the database cannot be opened: check its name", 4063: "the database cannot be opened: check its name",
		},
		again | away: {
			921: "not recovered yet", 922: "being recovered", 926: "suspect", 952: "changing its state", 976: "name the group's listener", 983: "neither primary nor secondary",
			988: "no quorum", 4221: "not ready yet",
		},
		missing: {
			229: "it needs VIEW DEFINITION", 262: "lacks a permission in this database", 297: "the server refused", 300: "the server refused", 371: "a policy outside",
			4613: "may not grant that", 4615: "the server refused", 4618: "in the name of that principal", 5011: "may not alter the database",
			15151: "does not exist, or this login may not see or change it", 15247: "lacks the permission to do that",
		},
	}
	known := map[int32]bool{}
	check := func(number int32, says string, is class) {
		err := fmt.Errorf("site: %w", Describe(Address{}, mssql.Error{Number: number, Message: "No."}))
		if !strings.Contains(err.Error(), says) || Number(err) != number {
			t.Errorf("%d: %v does not say %q", number, err, says)
		}
		got := fatal
		for bit, yes := range map[class]bool{again: Retryable(err), away: Away(err), missing: lacking(number)} {
			if yes {
				got |= bit
			}
		}
		if got != is {
			t.Errorf("%d is %d, want %d", number, got, is)
		}
	}
	for is, list := range tests {
		for number, says := range list {
			known[number] = true
			check(number, says, is)
		}
	}
	for number := range numbers {
		if !known[number] {
			t.Errorf("nothing is said here of %d", number)
		}
	}
	for number := range known {
		for _, other := range []int32{number - 1, number + 1} {
			if !known[other] {
				check(other, ": the server refused (", fatal)
			}
		}
	}
}

// TestAdviceAsksForNoMore: no sentence tells to give a login a role or right that is
// more than what was asked for.
func TestAdviceAsksForNoMore(t *testing.T) {
	for n, known := range numbers {
		for _, more := range []string{"sysadmin", "db_owner", "securityadmin", "CONTROL SERVER", "TRUSTWORTHY ON"} {
			if strings.Contains(known.says, more) {
				t.Errorf("%d: %q speaks of %s", n, known.says, more)
			}
		}
	}
}

// TestWhatKeepsAPrincipal: where a user or role cannot be dropped, the query that lists
// what keeps them stands behind.
func TestWhatKeepsAPrincipal(t *testing.T) {
	for number, from := range map[int32]string{15136: "sys.sql_modules", 15138: "sys.certificates", 15183: "sys.objects", 15184: "sys.types", 15284: "sys.database_permissions", 15421: "sys.database_principals"} {
		drop := &StatementError{Change: grants.Change{Kind: grants.DropUser, Principals: []string{"o'hara"}}, Err: mssql.Error{Number: number, Message: "No."}}
		got := Describe(Address{}, drop).Error()
		if !strings.Contains(got, from) || !strings.Contains(got, "DATABASE_PRINCIPAL_ID(N'o''hara')") || strings.Contains(got, "%!") {
			t.Errorf("%d: %s", number, got)
		}
	}
	made := &StatementError{Change: grants.Change{Kind: grants.CreateUser, Principals: []string{"ann"}, Login: "ann"}, Err: mssql.Error{Number: 15063, Message: "No."}}
	if got := Describe(Address{}, made).Error(); !strings.Contains(got, "SUSER_SID(N'ann')") {
		t.Error(got)
	}
	other := &StatementError{Change: grants.Change{Kind: grants.DropMember, Role: "a", Principals: []string{"b"}}, Err: mssql.Error{Number: 15138, Message: "No."}}
	if got := Describe(Address{}, other).Error(); strings.Contains(got, "SELECT") {
		t.Error(got)
	}
}

// TestNoNumber takes errors that are not the engine's.
func TestNoNumber(t *testing.T) {
	dial := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	read := &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}
	tests := []struct {
		name, says  string
		err         error
		again, away bool
	}{
		{"nobody listens", "did not answer: check the address, the port and the firewall", dial, true, true},
		{"a connection that broke", "the connection broke off", read, true, true},
		{"one that the pool found broken", "the connection broke off", driver.ErrBadConn, true, true},
		{"the end of the stream", "did not answer", io.EOF, true, true},
		{"the end of the stream within an answer", "did not answer", io.ErrUnexpectedEOF, true, true},
		{"the end of the stream within a row", "the connection broke off", mssql.StreamError{InnerError: io.ErrUnexpectedEOF}, true, true},
		{"a socket that broke within a row", "the connection broke off", mssql.StreamError{InnerError: read}, true, true},
		{"an answer that is none", "did not answer", mssql.StreamError{InnerError: errors.New("unknown token")}, false, true},
		{"a name that is not found", "did not answer", &net.DNSError{Name: "sql01", IsNotFound: true}, true, true},
		{"stopped by hand", "stopped before the server answered", context.Canceled, false, true},
		{"stopped by hand in the middle", "stopped before the server answered", errors.Join(read, context.Canceled), true, true},
		{"no time left", "did not answer", context.DeadlineExceeded, false, true},
		{"no encryption there", "the server offers no encryption", errors.New("Server does not support encryption"), false, true},
		{"a certificate that nobody vouches for", "name the authority in the server's url", errors.New("TLS Handshake failed: x509"), false, true},
		{"a certificate of another name", "name the authority in the server's url", errors.New("certificate is valid for a, not b"), false, true},
		{"what the server said will not do", "on Azure", &ServerError{Sentence: "on Azure"}, false, false},
		{"a database that is offline by its row", "is offline", &ServerError{Number: 942, Sentence: "is offline"}, false, true},
		{"something else", "did not answer", errors.New("no"), false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := Describe(Address{}, tt.err)
			if !strings.Contains(err.Error(), tt.says) || Number(err) != 0 {
				t.Errorf("%v does not say %q", err, tt.says)
			}
			if Retryable(err) != tt.again || Away(err) != tt.away {
				t.Errorf("again %t, away %t", Retryable(err), Away(err))
			}
		})
	}
	if Retryable(nil) {
		t.Error("what went well is tried again")
	}
}

func TestExplainSaysWhatToDo(t *testing.T) {
	a := Address{URL: "sqlserver://sql01.example", User: "grantree", Password: "hunter2", Database: "North"}
	err := Describe(a, mssql.Error{Number: 18456, Message: "Login failed for user 'grantree'."})
	want := `sqlserver://sql01.example database "North": the server refused the login: check the user name and the password's source (error 18456: Login failed for user 'grantree')`
	if err.Error() != want {
		t.Errorf("got\n%s\nwant\n%s", err, want)
	}
	if again := Describe(a, err); again != err {
		t.Errorf("explained twice: %v", again)
	}
	if Describe(a, nil) != nil {
		t.Error("no error became one")
	}
}

// TestPasswordNeverPrinted tries every way in which an address gets into text.
func TestPasswordNeverPrinted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[A-Za-z0-9;={}'"@:/?#]{6,20}zq`).Draw(t, "password")
		a := Address{URL: "sqlserver://127.0.0.1:1?dial timeout=1", User: "sa", Password: secret, Database: "x"}
		for _, text := range []string{fmt.Sprint(a), fmt.Sprintf("%+v", a), fmt.Sprintf("%#v", a), Describe(a, io.EOF).Error()} {
			if strings.Contains(text, secret) {
				t.Fatalf("the password is in %s", text)
			}
		}
		for _, bad := range []string{"http://h", "sqlserver://u:" + secret + "@", "sqlserver://sa:" + secret + "@h?encrypt=perhaps"} {
			_, err := Open(Address{URL: bad, User: "sa", Password: secret})
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Fatalf("the password is in %v", err)
			}
		}
	})
}

func TestGeneratePasswordHoldsEveryClass(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		p, err := GeneratePassword("E7")
		if err != nil {
			t.Fatal(err)
		}
		if len(p) != passwordLength || seen[p] {
			t.Fatalf("%d characters, seen before: %v", len(p), seen[p])
		}
		seen[p] = true
		if one, err := GeneratePassword("x"); err != nil || strings.ContainsAny(one, "xX") || strings.Contains(strings.ToLower(p), "e7") {
			t.Fatalf("the password holds the login's name (%v)", err)
		}
		for _, class := range []string{passwordLower, passwordUpper, passwordDigits, passwordMarks} {
			if !strings.ContainsAny(p, class) {
				t.Fatalf("no character of %q", class)
			}
		}
	}
}

func TestRefusedNamesTheStatement(t *testing.T) {
	job := Job{Site: "North", Changes: []grants.Change{
		{Kind: grants.CreateRole, Principals: []string{"a"}},
		{Kind: grants.GrantOn, Schema: "dbo", View: "v", Permissions: catalog.Select, Principals: []string{"a"}},
		{Kind: grants.DenyOn, Schema: "dbo", View: "v", Permissions: catalog.Select, Principals: []string{"b"}},
	}}
	statements := []string{"CREATE ROLE [a];\nEXEC x;", "GRANT SELECT ON [dbo].[v] TO [a];", "DENY SELECT ON [dbo].[v] TO [b];"}
	for line, want := range map[int32]int{1: 0, 2: 0, 3: 1, 4: 2} {
		var se *StatementError
		err := refused(job, statements, mssql.Error{Number: 15151, LineNo: line})
		if !errors.As(err, &se) || se.Change.Kind != job.Changes[want].Kind {
			t.Errorf("line %d: %v", line, err)
		}
	}
	var se *StatementError
	if err := refused(job, statements, mssql.Error{Number: 229, LineNo: 9}); errors.As(err, &se) {
		t.Errorf("an error of the read back was blamed on %v", se.Change)
	}
}

func TestExplainQuotesTheStatementAndWhatItNeeds(t *testing.T) {
	a := Address{URL: "sqlserver://sql01.example", Database: "North"}
	tests := []struct {
		name   string
		change grants.Change
		number int32
		want   []string
	}{
		{"a user", grants.Change{Kind: grants.CreateUser, Principals: []string{"olga"}, Login: "olga"}, 15247,
			[]string{"refused CREATE USER [olga] FOR LOGIN [olga]; …", "needs ALTER ANY USER", "unless a DENY takes it away", "error 15247"}},
		{"a role", grants.Change{Kind: grants.CreateRole, Principals: []string{"Crew"}}, 262, []string{"CREATE ROLE [Crew]", "IMPERSONATE on user dbo"}},
		{"a grant", grants.Change{Kind: grants.GrantOn, Schema: "dbo", View: "v", Permissions: catalog.Select, Principals: []string{"Crew"}}, 15151,
			[]string{"GRANT SELECT ON [dbo].[v] TO [Crew];", "needs CONTROL on [dbo].[v]"}},
		{"a member", grants.Change{Kind: grants.AddMember, Role: "Crew", Principals: []string{"olga"}}, 15151, []string{"ADD MEMBER [olga]", "needs ALTER on role [Crew]"}},
		{"no right is missing", grants.Change{Kind: grants.DropRole, Principals: []string{"Crew"}}, 15144, []string{"DROP ROLE [Crew];", "plan again", "error 15144"}},
		{"something else", grants.Change{Kind: grants.DropRole, Principals: []string{"Crew"}}, 15150, []string{"DROP ROLE [Crew];", "see the server's reason", "error 15150"}},
		{"a mark", grants.Change{Kind: grants.Mark, Principals: []string{"olga"}}, 15151, []string{"needs ALTER on [olga]"}},
		{"a user that goes", grants.Change{Kind: grants.DropUser, Principals: []string{"olga"}, Login: "olga"}, 15151, []string{"needs ALTER ANY USER in the database"}},
		{"a denial", grants.Change{Kind: grants.DenyOn, Schema: "dbo", View: "v", Permissions: catalog.Select, Principals: []string{"Crew"}}, 4613, []string{"needs CONTROL on [dbo].[v]"}},
		{"a grant that goes", grants.Change{Kind: grants.RevokeOn, Schema: "dbo", View: "v", Permissions: catalog.Select, Principals: []string{"Crew"}}, 4613, []string{"needs CONTROL on [dbo].[v]"}},
		{"a member who goes", grants.Change{Kind: grants.DropMember, Role: "Crew", Principals: []string{"olga"}}, 15151, []string{"needs ALTER on role [Crew]"}},
		{"a victim", grants.Change{Kind: grants.DropRole, Principals: []string{"Crew"}}, 1205, []string{"DROP ROLE [Crew];", "deadlock victim: try again"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := Describe(a, &StatementError{Site: "North", Change: tt.change, Err: mssql.Error{Number: tt.number, Message: "No."}})
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\ndoes not say %q", err, want)
				}
			}
		})
	}
}
