package sites

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"grantree/finding"
	"grantree/policy"
	"grantree/sql/mssql"
	"grantree/sql/sandbox"
)

// twoServers is two sandboxes with a site each, and a policy that makes the
// login eve on both.
func twoServers(t *testing.T) (a, b live, f *Fleet) {
	a, b = newLive(t), newLive(t)
	text := ""
	for i, l := range []live{a, b} {
		text += fmt.Sprintf("[server.s%d]\nurl = %q\nuser = \""+runner()+"\"\npassword_env = \"X\"\n[[site]]\nname = \"Site%d\"\nserver = \"s%d\"\ndatabase = \"Site\"\n", i, l.url, i, i)
	}
	text += "[[group]]\nname = \"Reader\"\n[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\"]\n[[user]]\nname = \"eve\"\ngroups = [\"Reader\"]\nsites = [\"*\"]\nnew_login = true\n"
	f, err := Open(parsed(t, text), Options{Whole: *whole, Password: func(policy.Server) (string, error) { return livePassword, nil }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return a, b, f
}

// sid is a login's on the server of a site.
func sid(t *testing.T, f *Fleet, site, login string) string {
	t.Helper()
	return loginSID(t, f.pools[site], login)
}

// loginSID is a login's on a server.
func loginSID(t *testing.T, db *sql.DB, login string) string {
	t.Helper()
	out, err := mssql.LoginSIDs(context.Background(), db, []string{login})
	if err != nil {
		t.Fatal(err)
	}
	return out[0]
}

func applyTo(t *testing.T, f *Fleet, ev Events) error {
	t.Helper()
	r := f.Read(context.Background())
	if err := Failures(r); err != nil {
		t.Fatal(err)
	}
	_, err := f.Apply(context.Background(), Plan(f.Policy, r, PlanOptions{ExpectLoss: -1}), ev)
	return err
}

// TestOneSIDEverywhere: a person has one SID on all servers, grantree's own
// or that of the login that was there.
func TestOneSIDEverywhere(t *testing.T) {
	t.Run("made on both", func(t *testing.T) {
		_, _, f := twoServers(t)
		if err := applyTo(t, f, Events{}); err != nil {
			t.Fatal(err)
		}
		one, other := sid(t, f, "Site0", "eve"), sid(t, f, "Site1", "eve")
		if one != other || !strings.HasPrefix(one, "6772616E74726565") || len(one) != 32 {
			t.Errorf("%s and %s", one, other)
		}
	})
	t.Run("and has another name on one", func(t *testing.T) {
		a, b, f := twoServers(t)
		if err := applyTo(t, f, Events{}); err != nil {
			t.Fatal(err)
		}
		b.admin("DROP USER eve;")
		b.admin("ALTER LOGIN eve WITH NAME = eve_old;")
		a.admin("REVOKE SELECT ON dbo.imvw_site FROM Reader;")
		fp := Plan(f.Policy, f.Read(context.Background()), PlanOptions{ExpectLoss: -1})
		i := slices.IndexFunc(fp.Findings, func(x finding.Finding) bool { return x.Code == finding.LoginClash })
		if i < 0 || !slices.Equal(fp.Findings[i].Statements, []string{"ALTER LOGIN [eve_old] WITH NAME = [eve];"}) || !strings.Contains(fp.Findings[i].Message, `the login "eve_old" of server "s1" has the SID`) {
			t.Fatal(fp.Findings)
		}
		results, err := f.Apply(context.Background(), fp, Events{Login: func(_, login, _ string) error { t.Errorf("a password for %s", login); return nil }})
		var out *LeftOutError
		if errors.As(err, &out); out == nil || len(results) != 2 || results[0].Outcome != Applied || !results[1].Outcome.Done() {
			t.Errorf("%v, %v", results, err)
		}
		b.admin(fp.Findings[i].Statements[0])
		if err := applyTo(t, f, Events{}); err != nil || sid(t, f, "Site0", "eve") != sid(t, f, "Site1", "eve") {
			t.Error(err)
		}
	})
	t.Run("whose name is a server role's", func(t *testing.T) {
		_, b, f := twoServers(t)
		b.admin("CREATE SERVER ROLE EVE;")
		r := f.Read(context.Background())
		results, err := f.Apply(context.Background(), Plan(f.Policy, r, PlanOptions{ExpectLoss: -1}), Events{})
		var out *LeftOutError
		if errors.As(err, &out); out == nil || !slices.Equal(out.Names, []string{"eve"}) || !strings.Contains(err.Error(), `a server role named "eve"`) || len(results) != 2 || results[0].Outcome != Applied || results[1].Outcome != Applied {
			t.Errorf("%v, %v", results, err)
		}
	})
	t.Run("or becomes one before it is made", func(t *testing.T) {
		_, b, f := twoServers(t)
		fp := Plan(f.Policy, f.Read(context.Background()), PlanOptions{ExpectLoss: -1})
		b.admin("CREATE SERVER ROLE EVE;")
		var why []string
		results, err := f.Apply(context.Background(), fp, Events{NotMade: func(_, _ string, _ bool, err error) error { why = append(why, err.Error()); return nil }})
		if err == nil || len(results) != 2 || results[0].Outcome != Applied || results[1].Outcome.Done() || len(why) != 1 || !strings.Contains(why[0], "15025") && !strings.Contains(why[0], "already exists") {
			t.Errorf("%v, %v, %q", results, err, why)
		}
	})
	t.Run("there on one", func(t *testing.T) {
		_, b, f := twoServers(t)
		b.admin("CREATE LOGIN EVE WITH PASSWORD = N'Kj3-lkj2-Lkj9', SID = 0x241C11948AEEB749B0D22646DB1A19F2;")
		if err := applyTo(t, f, Events{}); err != nil {
			t.Fatal(err)
		}
		if got := sid(t, f, "Site0", "eve"); got != "241C11948AEEB749B0D22646DB1A19F2" {
			t.Errorf("the other server's login has SID %s", got)
		}
	})
}

// TestPasswordIsKeptFirst: no login is made whose password is nowhere, and
// what became of one whose statement failed is said.
func TestPasswordIsKeptFirst(t *testing.T) {
	type note struct {
		login   string
		unknown bool
	}
	run := func(t *testing.T, fault func(a live), keep func(f *Fleet) error) (made bool, notes []note, err error) {
		a, _, f := twoServers(t)
		f.Sites = f.Sites[:1]
		r := f.Read(context.Background())
		fp := Plan(f.Policy, r, PlanOptions{ExpectLoss: -1})
		fault(a)
		_, err = f.Apply(context.Background(), fp, Events{
			Login: func(_, _, _ string) error { return keep(f) },
			NotMade: func(_, login string, unknown bool, _ error) error {
				notes = append(notes, note{login, unknown})
				return nil
			},
		})
		return sid(t, f, "Site0", "eve") != "", notes, err
	}
	nothing := func(live) {}
	t.Run("before the login is there", func(t *testing.T) {
		made, notes, err := run(t, nothing, func(f *Fleet) error {
			if sid(t, f, "Site0", "eve") != "" {
				t.Error("the login was there before its password was kept")
			}
			return nil
		})
		if !made || notes != nil || err != nil {
			t.Errorf("made %t, notes %v, %v", made, notes, err)
		}
	})
	t.Run("where it cannot be kept", func(t *testing.T) {
		made, _, err := run(t, nothing, func(*Fleet) error { return errors.New("disk full") })
		if made || err == nil || !strings.Contains(err.Error(), "could not be kept, so it was not made: disk full") {
			t.Errorf("made %t, %v", made, err)
		}
	})
	t.Run("where it cannot be kept, and a user waits for the login", func(t *testing.T) {
		a, _, f := twoServers(t)
		if err := applyTo(t, f, Events{}); err != nil {
			t.Fatal(err)
		}
		a.master("DROP LOGIN eve")
		f.Sites = f.Sites[:1]
		err := applyTo(t, f, Events{Login: func(_, _, _ string) error { return errors.New("disk full") }})
		if err == nil || !strings.Contains(err.Error(), `the password of login "eve" on server "s0" could not be kept, so it was not made: disk full`) {
			t.Error(err)
		}
	})
	t.Run("where the server does not make it", func(t *testing.T) {
		fault := func(a live) {
			a.server.Inject(sandbox.Fault{App: "grantree", Statement: 4, Kind: sandbox.FaultDeadlock})
		}
		made, notes, err := run(t, fault, func(*Fleet) error { return nil })
		if made || err == nil || !slices.Equal(notes, []note{{"eve", false}}) {
			t.Errorf("made %t, notes %v, %v", made, notes, err)
		}
	})
	t.Run("where somebody else makes it meanwhile", func(t *testing.T) {
		made, notes, err := run(t, func(a live) { a.admin("CREATE LOGIN eve WITH PASSWORD = N'Kj3-lkj2-Lkj9';") }, func(*Fleet) error { return nil })
		if stale := (*mssql.StaleError)(nil); !made || !errors.As(err, &stale) || !slices.Equal(notes, []note{{"eve", false}}) {
			t.Errorf("made %t, notes %v, %v", made, notes, err)
		}
	})
	t.Run("where the server goes away", func(t *testing.T) {
		var server live
		_, b, f := twoServers(t)
		server = b
		f.Sites = f.Sites[1:]
		fp := Plan(f.Policy, f.Read(context.Background()), PlanOptions{ExpectLoss: -1})
		var notes []note
		_, err := f.Apply(context.Background(), fp, Events{
			Login: func(_, _, _ string) error { return server.server.Close() },
			NotMade: func(_, login string, unknown bool, _ error) error {
				notes = append(notes, note{login, unknown})
				return nil
			},
		})
		if err == nil || !slices.Equal(notes, []note{{"eve", true}}) || !strings.Contains(err.Error(), `login "eve" may have been made on server "s1"`) {
			t.Errorf("notes %v, %v", notes, err)
		}
	})
}

// TestEncryptionIsSaid: what travels so that others can read it is warned of,
// and no password of a new login does.
func TestEncryptionIsSaid(t *testing.T) {
	l := newLive(t)
	for _, tt := range []struct{ name, url, warning, obstacle string }{
		{"the default", "sqlserver://sql01.example", "", ""},
		{"checked", "sqlserver://sql01.example?encrypt=strict", "", ""},
		{"nothing", "sqlserver://sql01.example?encrypt=disable", "the password included (encrypt=disable)", `over a connection to server "main" that is not encrypted; write encrypt=true in the url of [server.main] (p.toml:2`},
		{"the login alone", "sqlserver://sql01.example?encrypt=false", "not encrypted but for the login", "that is not encrypted"},
		{"any certificate", "sqlserver://sql01.example?trustservercertificate=true", "believed whatever certificate it shows", ""},
		{"nothing, on this machine", "sqlserver://127.0.0.1?encrypt=disable", "", ""},
		{"the login alone, on this machine", "sqlserver://127.0.0.1?encrypt=false", "", "that is not encrypted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			snapshot := l.fleet("imvw_site").Read(context.Background())[0].Snapshot
			p := parsed(t, fmt.Sprintf("[server.main]\nurl = %q\nuser = \""+runner()+"\"\npassword_env = \"X\"\n[[site]]\nname = \"Site\"\nserver = \"main\"\ndatabase = \"Site\"\n"+
				"[[group]]\nname = \"Reader\"\n[[user]]\nname = \"eve\"\ngroups = [\"Reader\"]\nsites = [\"*\"]\nnew_login = true\n", tt.url))
			fp := Plan(p, []Reading{{Site: p.Sites[0], Snapshot: snapshot}}, PlanOptions{ExpectLoss: -1})
			var warnings []string
			for _, f := range fp.Findings {
				if f.Code == "weak-encryption" {
					warnings = append(warnings, f.String())
				}
			}
			obstacles := fp.Sites[0].Obstacles
			obstacle := fmt.Sprint(obstacles)
			if (tt.warning == "") != (len(warnings) == 0) || !strings.Contains(strings.Join(warnings, ""), tt.warning) || tt.warning != "" && !strings.HasPrefix(warnings[0], "p.toml:2:1: ") {
				t.Errorf("warnings %q, want %q", warnings, tt.warning)
			}
			if (tt.obstacle == "") != (len(obstacles) == 0) || !strings.Contains(obstacle, tt.obstacle) {
				t.Errorf("obstacles %s, want %q", obstacle, tt.obstacle)
			}
		})
	}
}

// TestNobodyIsHalfRenamed: where one server has a stranger's login of the new
// name the person keeps the old one everywhere, and nothing that is advised hands
// the stranger their user or takes what is theirs.
func TestNobodyIsHalfRenamed(t *testing.T) {
	a, b, f := twoServers(t)
	if err := applyTo(t, f, Events{}); err != nil {
		t.Fatal(err)
	}
	eve := sid(t, f, "Site1", "eve")
	b.admin("CREATE LOGIN eve2 WITH PASSWORD = N'Kj3-lkj2-Lkj9';")
	text := ""
	for i, l := range []live{a, b} {
		text += fmt.Sprintf("[server.s%d]\nurl = %q\nuser = \""+runner()+"\"\npassword_env = \"X\"\n[[site]]\nname = \"Site%d\"\nserver = \"s%d\"\ndatabase = \"Site\"\n", i, l.url, i, i)
	}
	renamed := func(more string) *Fleet {
		g, err := Open(parsed(t, text+"[[group]]\nname = \"Reader\"\n[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\"]\n[[user]]\nname = \"eve2\"\nwas = \"eve\"\ngroups = [\"Reader\"]\nsites = [\"*\"]\nnew_login = true\n"+more),
			Options{Whole: *whole, Password: func(policy.Server) (string, error) { return livePassword, nil }})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(g.Close)
		return g
	}
	g := renamed("")
	fp := Plan(g.Policy, g.Read(context.Background()), PlanOptions{ExpectLoss: -1})
	for _, s := range fp.Sites {
		if !slices.ContainsFunc(s.Findings, func(x finding.Finding) bool {
			return x.Code == finding.RenameTaken && strings.Contains(x.Fix, `login = "eve"`) && len(x.Statements) == 0
		}) {
			t.Errorf("%s: %v", s.Site.Name, s.Findings)
		}
	}
	for _, x := range fp.Findings {
		for _, statement := range x.Statements {
			if strings.Contains(statement, "MEMBER [eve]") || strings.Contains(statement, "[eve2]") {
				t.Errorf("%s: %s", x.Code, statement)
			}
		}
	}
	if _, err := g.Apply(context.Background(), fp, Events{}); err == nil {
		t.Error("nothing was refused")
	}
	if one := sid(t, f, "Site0", "eve"); one != eve || sid(t, f, "Site1", "eve") != eve || sid(t, f, "Site0", "eve2") != "" {
		t.Errorf("eve is %s", one)
	}
	a.admin("IF USER_ID(N'eve') IS NULL THROW 50000, N'renamed', 1")
	b.admin("IF USER_ID(N'eve') IS NULL THROW 50000, N'renamed', 1")
	for _, statement := range verifyAdvice(t, g) {
		if strings.Contains(statement, "MEMBER [eve]") || strings.Contains(statement, "WITH LOGIN") {
			t.Error(statement)
		}
	}
	if err := applyTo(t, renamed("login = \"eve\"\n"), Events{}); err != nil {
		t.Fatal(err)
	}
	b.admin("IF SUSER_SNAME((SELECT sid FROM sys.database_principals WHERE name = N'eve2')) <> N'eve' THROW 50000, N'not eve''s', 1")
}

// verifyAdvice is the statements that a fleet's sites are told as they are.
func verifyAdvice(t *testing.T, f *Fleet) []string {
	t.Helper()
	var out []string
	for _, x := range Plan(f.Policy, f.Read(context.Background()), PlanOptions{ExpectLoss: -1}).Mismatches() {
		out = append(out, x.Statements...)
	}
	return out
}
