package main

import (
	"errors"
	"fmt"
	"testing"

	"grantree/finding"
	"grantree/sites"
	"grantree/sql/mssql"

	"github.com/google/go-cmp/cmp"
)

// TestAcrossSites says once what is the same of several sites.
func TestAcrossSites(t *testing.T) {
	at := finding.Pos{File: "p.toml", Line: 3}
	stranger := func(site string) finding.Finding {
		return finding.Finding{Code: "fixed-role", Severity: finding.Warning, Fix: "DROP USER [own]", Message: fmt.Sprintf("site %q: own is in db_owner", site)}
	}
	other := stranger("B")
	other.Where = at
	var many finding.List
	for i := range 7 {
		many = append(many, stranger(fmt.Sprint("S", i)))
	}
	differs := stranger("B")
	differs.Fix = "DROP USER [own2]"
	server := finding.Finding{Code: "server-role", Message: `server "main": site "A": is in sysadmin`}
	for _, tt := range []struct {
		name string
		in   finding.List
		want []string
	}{
		{"nothing", nil, nil},
		{"one site", finding.List{stranger("A")}, []string{`site "A": own is in db_owner; DROP USER [own] (fixed-role)`}},
		{"two, among others", finding.List{stranger("A"), server, stranger("B")}, []string{`sites "A", "B": own is in db_owner; DROP USER [own] (fixed-role)`, `server "main": site "A": is in sysadmin (server-role)`}},
		{"another place", finding.List{stranger("A"), other}, []string{`site "A": own is in db_owner; DROP USER [own] (fixed-role)`, `p.toml:3: site "B": own is in db_owner; DROP USER [own] (fixed-role)`}},
		{"another statement", finding.List{stranger("A"), differs}, []string{`site "A": own is in db_owner; DROP USER [own] (fixed-role)`, `site "B": own is in db_owner; DROP USER [own2] (fixed-role)`}},
		{"very many", many, []string{`sites "S0", "S1", "S2", "S3", "S4" and 2 more: own is in db_owner; DROP USER [own] (fixed-role)`}},
		{"names that look like an end", finding.List{stranger(`A": x`), stranger(`A\`)}, []string{`sites "A\": x", "A\\": own is in db_owner; DROP USER [own] (fixed-role)`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range acrossSites(tt.in) {
				got = append(got, f.String())
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestLines: sites that could not be read for one reason are said once, with one
// way to go on without them.
func TestLines(t *testing.T) {
	unread := func(site, why string) *sites.UnreadError {
		return &sites.UnreadError{Site: site, Err: fmt.Errorf("sqlserver://h:1433 database %q: %s", "iMaint_"+site, why)}
	}
	failed := &sites.FailedError{Sites: []sites.SiteError{{Site: "North", Err: unread("North", "no answer")}, {Site: "East", Err: errors.New("it broke")},
		{Site: "Le Havre", Err: unread("Le Havre", "no answer")}}}
	for _, name := range []string{"Hull", "Kiel"} {
		failed.Sites = append(failed.Sites, sites.SiteError{Site: name, Err: errors.New("not begun: a site failed")})
	}
	blind := func(site string) error {
		database := "iMaint_" + site
		return &sites.UnreadError{Site: site, Err: fmt.Errorf("sqlserver://h:1433 database %q: %w", database,
			&mssql.ServerError{Sentence: fmt.Sprintf("login \"low\" may not see the permissions of database %q: it needs VIEW DEFINITION on it", database), Mend: "USE [" + database + "]; GRANT VIEW DEFINITION TO [low]"})}
	}
	got := lines(errors.Join(blind("Rye"), unread("Bath", `the database "iMaint_Bath" is offline`), failed, unread("South", "no answer"), unread("North", "no answer"), unread("West", "locked out"), blind("Ely"), unread("Wells", `the database "iMaint_Wells" is offline`), &exitError{message: "more"}))
	want := []string{
		`sites "Rye", "Ely": sqlserver://h:1433: login "low" may not see the permissions of the database: it needs VIEW DEFINITION on it: USE [iMaint_Rye]; GRANT VIEW DEFINITION TO [low]; USE [iMaint_Ely]; GRANT VIEW DEFINITION TO [low]; leave them out with --except Rye --except Ely`,
		`sites "Bath", "Wells": sqlserver://h:1433: the database is offline; leave them out with --except Bath --except Wells`,
		`sites "North", "Le Havre", "South": sqlserver://h:1433: no answer; leave them out with --except North --except "Le Havre" --except South`,
		`site "West": sqlserver://h:1433 database "iMaint_West": locked out; leave it out with --except West`,
		`site "East": it broke`, `sites "Hull", "Kiel": not begun: a site failed`, "more",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
