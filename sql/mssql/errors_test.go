package mssql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/grants"

	mssql "github.com/microsoft/go-mssqldb"
	"pgregory.net/rapid"
)

func TestRetryable(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want bool
	}{
		{"nothing", nil, false},
		{"deadlock victim", mssql.Error{Number: 1205}, true},
		{"lock time-out, wrapped", fmt.Errorf("site: %w", mssql.Error{Number: 1222}), true},
		{"a failed login is never tried again", mssql.Error{Number: 18456}, false},
		{"permission denied", mssql.Error{Number: 15151}, false},
		{"a connection that broke", driver.ErrBadConn, true},
		{"end of stream", io.ErrUnexpectedEOF, true},
		{"cancelled", context.Canceled, false},
		{"anything else", errors.New("no"), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Retryable(tt.err); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
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
		{"no right is missing", grants.Change{Kind: grants.DropRole, Principals: []string{"Crew"}}, 15144, []string{"DROP ROLE [Crew];", "see the server's reason", "error 15144"}},
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
