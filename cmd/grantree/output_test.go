package main

import (
	"fmt"
	"testing"

	"grantree/finding"

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
