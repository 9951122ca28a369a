package mssql

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"grantree/grants"
	"grantree/sql/tsql"

	mssql "github.com/microsoft/go-mssqldb"
)

// contained is a user who is made with a password of the database's own.
func contained(name string) grants.Change {
	return grants.Change{Kind: grants.CreateUser, Principals: []string{name}, Own: grants.SQLUser}
}

// TestPasswordsTravelAsAParameter: no text that is sent holds one, whatever the
// user is called, and none is sent where one is missing.
func TestPasswordsTravelAsAParameter(t *testing.T) {
	one, other := strings.Repeat("a", passwordLength), strings.Repeat("b", passwordLength)
	job := Job{Site: "N", Changes: []grants.Change{{Kind: grants.CreateRole, Principals: []string{"R"}}, contained("ann"), contained("o'h]ara\nGO\n"), {Kind: grants.AddMember, Role: "R", Principals: []string{"ann"}}},
		Passwords: map[string]string{"ann": one, "o'h]ara\nGO\n": other}}
	statements, args, err := job.statements()
	if err != nil || len(statements) != 4 || len(args) != 1 {
		t.Fatalf("%d statements, %d arguments, %v", len(statements), len(args), err)
	}
	text := strings.Join(statements, "\n")
	if strings.Contains(text, one) || strings.Contains(text, other) || !strings.Contains(fmt.Sprint(args), one+other) {
		t.Errorf("%s\n%v", text, args)
	}
	if _, err := tsql.Parse(text); err != nil {
		t.Error(err)
	}
	if plain, args, err := (Job{Changes: job.Changes[:1]}).statements(); err != nil || args != nil || strings.Join(plain, "") != Render(job.Changes[0]) {
		t.Errorf("without passwords: %q, %v, %v", plain, args, err)
	}
	delete(job.Passwords, "ann")
	if _, _, err := job.statements(); err == nil || !strings.Contains(err.Error(), `there is no password for user "ann"; nothing was sent`) {
		t.Error(err)
	}
}

// TestRefusedPasswordIsToldByItsStatement: what the server refuses is named by
// the statement that it stands in, not by the text that the server made of it.
func TestRefusedPasswordIsToldByItsStatement(t *testing.T) {
	_, connect := liveSite(t)
	conn := connect("sa")
	ctx := context.Background()
	for _, batch := range strings.Split(Contain("North"), "\nGO\n") {
		if _, err := conn.ExecContext(ctx, batch); err != nil {
			t.Fatal(err)
		}
	}
	job := Job{Site: "N", Changes: []grants.Change{{Kind: grants.CreateRole, Principals: []string{"R"}}, contained("amy"), contained("two\nlines"), contained("weak"), contained("zoe")}, Passwords: map[string]string{}}
	for _, c := range job.Changes[1:] {
		job.Passwords[c.Principals[0]] = strings.Repeat("Kj3-", passwordLength/4)
	}
	job.Passwords["weak"] = strings.Repeat("a", passwordLength)
	statements, args, err := job.statements()
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.ExecContext(ctx, "BEGIN TRANSACTION;")
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.ExecContext(ctx, strings.Join(statements, "\n"), args...)
	if e, ok := err.(mssql.Error); !ok || e.Number != 15118 {
		t.Fatal(err)
	}
	if err := refused(job, statements, err); !strings.Contains(err.Error(), "the server refused CREATE USER [weak] WITH PASSWORD = N'…'") || strings.Contains(err.Error(), job.Passwords["weak"]) {
		t.Error(err)
	}
}

// TestScriptHoldsNoPassword: a script neither makes nor brings back a user with
// one.
func TestScriptHoldsNoPassword(t *testing.T) {
	drop := grants.Change{Kind: grants.DropUser, Principals: []string{"ann"}, Own: grants.SQLUser, Drops: &grants.Dropped{}}
	for _, c := range []grants.Change{contained("ann"), drop} {
		text, err := Script(nil, ServerScript{}, []SiteScript{{Site: "N", Database: "N", Changes: []grants.Change{c}}})
		if err == nil || text != "" || !strings.Contains(err.Error(), `user "ann" has a password of the database's own, and a script cannot hold one`) {
			t.Errorf("%s: %v", c.Kind, err)
		}
	}
}
