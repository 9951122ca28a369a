package mssql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"grantree/grants"
	"grantree/sql/sandbox"
)

// askedServer starts a server and returns a connection to it, on which the
// statements were run.
func askedServer(t *testing.T, statements ...string) *sql.Conn {
	t.Helper()
	s, err := sandbox.New(sandbox.Options{SAPassword: "Sandbox-Pass-9"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	db, err := Open(Address{URL: fmt.Sprintf("sqlserver://%s?encrypt=disable", s.Addr()), User: "sa", Password: "Sandbox-Pass-9", Database: "master"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	for _, x := range statements {
		if _, err := conn.ExecContext(t.Context(), x); err != nil {
			t.Fatalf("%s: %v", x, err)
		}
	}
	return conn
}

// noServer fails whatever it is asked.
type noServer struct{}

func (noServer) QueryContext(context.Context, string, ...any) (*sql.Rows, error) {
	return nil, errors.New("asked")
}

func site(collation, server string, roles ...string) *grants.Snapshot {
	s := &grants.Snapshot{Collation: grants.ParseCollation(collation), ServerCollation: grants.ParseCollation(server)}
	for i, r := range roles {
		s.Principals = append(s.Principals, grants.Principal{ID: i + grants.FirstUserID, Name: r, Type: grants.DatabaseRole})
	}
	return s
}

func TestOnlyDoubtfulNamesCostAQuestion(t *testing.T) {
	tests := []struct {
		name  string
		site  *grants.Snapshot
		names []string
		asks  bool
	}{
		{"plain names", site("SQL_Latin1_General_CP1_CI_AS", "Latin1_General_CI_AI", "Équipe"), []string{"Equipe", `CORP\bob`}, false},
		{"binary", site("Latin1_General_BIN2", "Latin1_General_BIN", "Straße"), []string{"🔧"}, false},
		{"a name of the policy", site("SQL_Latin1_General_CP1_CI_AS", "Latin1_General_BIN2"), []string{"Straße"}, true},
		{"a name of the site", site("SQL_Latin1_General_CP1_CI_AS", "Latin1_General_BIN2", "Straße"), nil, true},
		{"the database's language", site("Danish_Norwegian_CI_AS", "Latin1_General_CI_AS"), []string{"bob"}, true},
		{"the server's language", site("Latin1_General_CI_AS", "Danish_Norwegian_CI_AS"), []string{"bob"}, true},
		{"a collation that is not known", site("", "", "Straße"), []string{"🔧"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := SameNames(t.Context(), noServer{}, tt.site, tt.names); (err != nil) != tt.asks {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestNamesThatAreAskedAbout are those that the site has not, and could have.
func TestNamesThatAreAskedAbout(t *testing.T) {
	s := site("", "", "Crew")
	s.Schemas, s.Views, s.Logins = []grants.Schema{{Name: "dbo"}}, []grants.SiteView{{Name: "v"}}, []grants.Login{{Name: "ann"}}
	fits, wide := strings.Repeat("x", 128), strings.Repeat("x", 126)+"🔧"
	got := unknownTo(s, []string{"Crew", "crew", "dbo", "v", "ann", "bob", fits, fits + "x", wide, wide + "x"})
	if want := []string{"crew", "bob", fits, wide}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestAnswerAboutNamesOfAnotherShape is an error, not a pair less.
func TestAnswerAboutNamesOfAnotherShape(t *testing.T) {
	conn := askedServer(t)
	for _, tt := range []struct{ batch, says string }{
		{"SELECT N'a', N'b';", "the server answered for 1 of 2 collations"},
		{"SELECT N'a', N'b'; SELECT 1;", "sql: expected"},
		{"SELECT N'a', N'b'; THROW 50000, N'no more', 1;", "no more"},
		{"SELEC", "Could not find stored procedure"},
	} {
		if err := askNames(t.Context(), conn, tt.batch, nil, make([][][2]string, 2)); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", tt.batch, err)
		}
	}
	out := make([][][2]string, 2)
	if err := askNames(t.Context(), conn, "SELECT N'a', N'b' UNION ALL SELECT N'c', N'd'; SELECT N'e', N'f';", nil, out); err != nil || len(out[0]) != 2 || len(out[1]) != 1 || out[1][0] != [2]string{"e", "f"} {
		t.Errorf("%q, %v", out, err)
	}
}

// TestServerIsAsked: the answer holds for the policy's names among themselves
// and with the site's, in each of the two collations.
func TestServerIsAsked(t *testing.T) {
	conn := askedServer(t, "CREATE DATABASE Quarry COLLATE Latin1_General_CI_AI", "USE Quarry", "CREATE ROLE [Équipe]", "CREATE ROLE [Straße]",
		"CREATE LOGIN [José] WITH PASSWORD = N'Jose-Pass-77', CHECK_POLICY = OFF")
	s, err := Snapshot(t.Context(), conn, "Quarry", "main")
	if err != nil {
		t.Fatal(err)
	}
	s.ServerCollation = grants.ParseCollation("Finnish_Swedish_CI_AS")
	if err := SameNames(t.Context(), conn, s, []string{"Equipe", "Zoé", "ZOE", "jose"}); err != nil {
		t.Fatal(err)
	}
	for _, pair := range [][2]string{{"Equipe", "Équipe"}, {"Zoé", "ZOE"}, {"jose", "José"}} {
		if _, asked := s.Collation.Same[pair[0]]; !asked || !s.Collation.Equal(pair[0], pair[1]) {
			t.Errorf("the database: %q and %q are the same", pair[0], pair[1])
		}
		if _, asked := s.ServerCollation.Same[pair[1]]; !asked || s.ServerCollation.Equal(pair[0], pair[1]) {
			t.Errorf("the server: %q and %q are different", pair[0], pair[1])
		}
	}
}

// TestManyNamesAreAskedInParts: names meet that stand in different parts.
func TestManyNamesAreAskedInParts(t *testing.T) {
	conn := askedServer(t)
	names := []string{"first"}
	for i := range 2*mostNames - 1 {
		names = append(names, fmt.Sprintf("n%04d", i))
	}
	names = append(names, "N0000", "FIRST", "Straße")
	s := site("Latin1_General_CI_AS", "Latin1_General_BIN2")
	if err := SameNames(t.Context(), conn, s, names); err != nil {
		t.Fatal(err)
	}
	if len(s.Collation.Same) < len(names) || !s.Collation.Equal("FIRST", "first") || !s.Collation.Equal("n0000", "N0000") || s.Collation.Equal("n0000", "n0001") {
		t.Errorf("of %d names %d were settled", len(names), len(s.Collation.Same))
	}
}

func TestOnlyCollationsAreWrittenIntoText(t *testing.T) {
	s := site("Danish; DROP TABLE x--", "")
	if err := SameNames(t.Context(), noServer{}, s, []string{"bob"}); err == nil || strings.Contains(err.Error(), "asked") {
		t.Errorf("got %v", err)
	}
}

// TestServerAgreesWithExactKeys: where Exact says that no question is needed,
// the server's answer is what Key says, for random names, over the wire.
func TestServerAgreesWithExactKeys(t *testing.T) {
	conn := askedServer(t)
	letters := []rune("abiIsS'-_ \\.]éÉèñÑüÜçåžŽőß")
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"SQL_Latin1_General_CP1_CI_AS", "Latin1_General_CS_AS", "Latin1_General_100_CI_AI_SC", "Latin1_General_BIN2"} {
		c := grants.ParseCollation(name)
		var names []string
		for len(names) < 400 {
			var x []rune
			for range 1 + random.IntN(3) {
				x = append(x, letters[random.IntN(len(letters))])
			}
			if s := string(x); c.Exact(s) && strings.TrimSpace(s) != "" {
				names = append(names, s)
			}
		}
		same, err := sameNames(t.Context(), conn, []*grants.Collation{&c}, names)
		if err != nil {
			t.Fatal(err)
		}
		asked, key, answer := c.Learned(names, same[0]), map[string]string{}, map[string]string{}
		for _, a := range names {
			key[a], answer[a] = c.Key(a), asked.Key(a)
		}
		for _, a := range names {
			for _, b := range names {
				if (key[a] == key[b]) != (answer[a] == answer[b]) {
					t.Fatalf("%s: %q and %q: the server says %v", name, a, b, answer[a] == answer[b])
				}
			}
		}
		if !c.CaseSensitive && len(same[0]) < 100 {
			t.Errorf("%s: only %d pairs of 400 names are the same", name, len(same[0]))
		}
	}
}
