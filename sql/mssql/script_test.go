package mssql

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/grants"
	"grantree/sql/tsql"
)

// TestStatementsAreThoseSent: a plan counts what is on the wire.
func TestStatementsAreThoseSent(t *testing.T) {
	for _, kind := range []grants.Kind{grants.CreateRole, grants.DropRole, grants.CreateUser, grants.DropUser, grants.AddMember, grants.DropMember,
		grants.GrantOn, grants.DenyOn, grants.RevokeOn, grants.Mark, grants.Unmark} {
		c := grants.Change{Kind: kind, Principals: []string{"a"}, Role: "r", Login: "a", Schema: "dbo", View: "v", Permissions: catalog.Select}
		batch, err := tsql.Parse(Render(c))
		if err != nil || len(batch.Statements) != c.Statements() {
			t.Errorf("%s: %d statements are sent, %d are counted, %v", kind, len(batch.Statements), c.Statements(), err)
		}
	}
}

func TestIsCommand(t *testing.T) {
	tests := []struct {
		name, line string
		want       bool
	}{
		{"the separator", "GO", true},
		{"in small letters, indented", " \t go", true},
		{"with a count", "Go 5", true},
		{"with a comment", "GO -- now", true},
		{"with a comment of the other kind", "go/* now */", true},
		{"with a semicolon", "go;", true},
		{"a command of the operating system", "!!dir", true},
		{"the same with a colon", ":!!dir", true},
		{"a file", ":r other.sql", true},
		{"a variable", ":setvar x y", true},
		{"an end", "quit", true},
		{"an end with a value", "EXIT(SELECT 1)", true},
		{"the buffer", "reset", true},
		{"the editor", "ed", true},
		{"what to do on errors", "ON ERROR exit", true},
		{"a word that begins so", "Cargo", false},
		{"another", "gopher", false},
		{"another", "edit", false},
		{"a variable's name", "go_on", false},
		{"a colon within", "Night: A", false},
		{"a statement", "GRANT SELECT ON [dbo].[v] TO [GO];", false},
		{"nothing", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := isCommand(tt.line); got != tt.want {
				t.Errorf("isCommand(%q) = %t", tt.line, got)
			}
		})
	}
}

// namedEverywhere is a plan in which a name stands wherever a name can stand.
func namedEverywhere(name string) SiteScript {
	from := &grants.Snapshot{
		Schemas:    []grants.Schema{{ID: 1, Name: "dbo", Owner: 1}},
		Views:      []grants.SiteView{{ID: 99, Schema: 1, Name: name, Owner: 1}},
		Principals: []grants.Principal{{ID: 5, Name: "r", Type: grants.DatabaseRole, Owner: 1, SID: "05"}},
	}
	return SiteScript{Site: name, Database: name, From: from, Changes: []grants.Change{
		{Kind: grants.CreateRole, Principals: []string{name}},
		{Kind: grants.CreateUser, Principals: []string{name + "2"}, Login: name},
		{Kind: grants.GrantOn, Schema: "dbo", View: name, Permissions: catalog.Select, Principals: []string{name}},
		{Kind: grants.AddMember, Role: "r", Principals: []string{name}},
		{Kind: grants.AddMember, Role: name, Principals: []string{name + "2"}},
	}}
}

// foreign reports a character that not every encoding has, or that is no text.
func foreign(r rune) bool { return r < 32 || r > 126 }

// TestScriptHoldsNothingThatIsObeyed: whatever a name is, the text is ASCII,
// its only order is GO, and the server reads the name as it is.
func TestScriptHoldsNothingThatIsObeyed(t *testing.T) {
	names := append([]string{"Cargo", "Night: A", "GO", "[GO]", "!!dir", ":r x", "quit", "Zürich", "a\u2028b", "a\u0085b", "$", "50%", `c:\`, "日本", "-- x", "/* x"}, hostile...)
	for _, name := range names {
		for _, back := range []bool{false, true} {
			site := namedEverywhere(name)
			site.Site = "$(x) " + name
			text, err := Script([]string{"plan of $(x) " + name}, namedLogins(name), []SiteScript{site})
			if back {
				text, err = RollbackScript(namedLogins(name), []SiteScript{site})
			}
			if err != nil {
				t.Errorf("%q: %v", name, err)
				continue
			}
			for line := range strings.SplitSeq(text, "\n") {
				if line != "GO" && isCommand(line) || strings.ContainsFunc(line, foreign) || strings.Contains(line, "$(") {
					t.Errorf("%q: the script holds the line %q", name, line)
				}
			}
			batches, err := tsql.SplitScript(text)
			if err != nil {
				t.Fatalf("%q: %v", name, err)
			}
			for _, b := range batches {
				if _, err := tsql.Parse(b.Text); err != nil {
					t.Errorf("%q: %v", name, err)
				}
			}
		}
	}
}

// TestScriptRefusesOrdersInTheReverse: what undoes a change names roles of the
// site that no policy ever named.
func TestScriptRefusesOrdersInTheReverse(t *testing.T) {
	for _, name := range []string{"x\r\n!!touch x\r\n", "x\nGO\ny", "x\u2028:r y", "$(x)"} {
		drop := grants.Change{Kind: grants.DropUser, Principals: []string{"bob"}, Login: "bob", Drops: &grants.Dropped{Roles: []string{name}}}
		site := SiteScript{Site: "North", Database: "N", Changes: []grants.Change{drop}}
		text, err := Script(nil, ServerScript{}, []SiteScript{site})
		if err == nil || text != "" || !strings.Contains(err.Error(), fmt.Sprintf(`site "North": a script cannot carry the name of the role %+q`, name)) {
			t.Errorf("%q: %v, and this was printed: %q", name, err, text)
		}
		if text, err := RollbackScript(ServerScript{}, []SiteScript{site}); err == nil || text != "" {
			t.Errorf("%q: the reverse alone was printed: %q", name, text)
		}
	}
}

// TestScriptCountsItsStatements: a site's head names as many statements as
// stand between its two checks.
func TestScriptCountsItsStatements(t *testing.T) {
	text, err := Script(nil, ServerScript{}, []SiteScript{namedEverywhere("Night Shift")})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, "-- site Night Shift: 7 statements\n") {
		t.Errorf("no head with 7 statements:\n%s", text)
	}
	between := strings.Split(text, "THROW 50002, @grantree_say, 1;\nEND;\n")[1]
	if n := strings.Count(strings.Split(between, "SET @grantree_after = 1;")[0], "\n"); n != 7 {
		t.Errorf("%d statements between the checks:\n%s", n, between)
	}
}

// TestScriptOfSeveralSites: forth in order, back in reverse, each in a batch of
// its own, and nothing said of logins where there are none.
func TestScriptOfSeveralSites(t *testing.T) {
	one, two := namedEverywhere("One"), namedEverywhere("Two")
	nothing := SiteScript{Site: "Three", Database: "Three", From: one.From}
	text, err := Script(nil, ServerScript{}, []SiteScript{one, nothing, two})
	if err != nil {
		t.Fatal(err)
	}
	var heads []string
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, "-- site ") || strings.HasPrefix(line, "USE ") || line == "-- ROLLBACK SECTION" {
			heads = append(heads, line)
		}
	}
	want := []string{"-- site One: 7 statements", "USE [One];", "-- site Three: 0 statements", "-- site Two: 7 statements", "USE [Two];",
		"-- ROLLBACK SECTION", "-- site Two: 5 statements", "USE [Two];", "-- site Three: 0 statements", "-- site One: 5 statements", "USE [One];"}
	if !slices.Equal(heads, want) {
		t.Errorf("%q", heads)
	}
	if strings.Contains(text, "password") {
		t.Error("it speaks of logins")
	}
	text, err = Script(nil, ServerScript{Logins: []ScriptLogin{{Name: "ann"}, {Name: "ben"}}}, nil)
	if err != nil || strings.Count(text, "New logins get a password that nobody knows") != 1 || strings.Count(text, "@login nvarchar(128) = N'ann'") != 1 || strings.Count(text, "@login nvarchar(128) = N'ben'") != 1 {
		t.Errorf("%v:\n%s", err, text)
	}
}

// TestStatementsOfEveryLetter: one that is not ASCII is put together by the
// server, whole.
func TestStatementsOfEveryLetter(t *testing.T) {
	for st, want := range map[string]string{
		"DROP ROLE [a];": "DROP ROLE [a];\n",
		"DROP ROLE [é];": "SET @grantree_sql = CONVERT(nvarchar(max), N'') + N'DROP ROLE [' + NCHAR(233) + N'];';\nEXEC (@grantree_sql);\n",
	} {
		if got := asciiStatement(st); got != want {
			t.Errorf("%s", got)
		}
	}
}

// TestCarryErrorSaysWhatToDo, for a site alone or for all.
func TestCarryErrorSaysWhatToDo(t *testing.T) {
	for want, err := range map[string]*CarryError{
		`a script cannot carry the name of the login "$(x)": sqlcmd would change it or obey it; use grantree apply instead, or rename it`:                             {Object: "login", Name: "$(x)"},
		`site "North": a script cannot carry the name of the view "$(x)": sqlcmd would change it or obey it; use grantree apply --site "North" instead, or rename it`: {Site: "North", Object: "view", Name: "$(x)"},
	} {
		if err.Error() != want {
			t.Error(err)
		}
	}
}

// TestWord is which characters go on a word, so that "go_on" is no order.
func TestWord(t *testing.T) {
	for c, want := range map[byte]bool{'a': true, 'z': true, '0': true, '9': true, '_': true, '@': true, '#': true, '$': true, 0x80: true, 0xC3: true,
		'A' + 32 - 1: false, 'z' + 1: false, '0' - 1: false, '9' + 1: false, ' ': false, ';': false, '-': false, 0x7F: false} {
		if got := isWord(c); got != want {
			t.Errorf("%q: %t", c, got)
		}
	}
}

// TestASCIIStringIsTheText reads expressions back as the server does.
func TestASCIIStringIsTheText(t *testing.T) {
	part := regexp.MustCompile(`N'((?:[^']|'')*)'|NCHAR\((\d+)\)|CONVERT\(nvarchar\(2\), 0x(..)(..)(..)(..)\)`)
	for _, text := range append([]string{"", "plain", "it's", "é", "a🔧b", "$(x)", "a\r\n", "\u2028"}, hostile...) {
		var units []uint16
		for _, m := range part.FindAllStringSubmatch(strings.TrimPrefix(asciiString(text), "CONVERT(nvarchar(max), N'')"), -1) {
			var code, a, b, c, d uint16
			switch {
			case m[2] != "":
				fmt.Sscan(m[2], &code)
				units = append(units, code)
			case m[3] != "":
				fmt.Sscanf(strings.Join(m[3:], " "), "%x %x %x %x", &a, &b, &c, &d)
				units = append(units, a|b<<8, c|d<<8)
			default:
				units = append(units, utf16Of(strings.ReplaceAll(m[1], "''", "'"))...)
			}
		}
		if got := asciiString(text); !slices.Equal(units, utf16Of(text)) || strings.Contains(got, "$(") || strings.ContainsFunc(got, foreign) {
			t.Errorf("%q became %s", text, got)
		}
	}
}

// namedLogins is logins of one name that are made and changed in every way.
func namedLogins(name string) ServerScript {
	out := ServerScript{Logins: []ScriptLogin{{Name: name}, {Name: name, Type: grants.WindowsUser}, {Name: name, Rules: PasswordRules{MustChange: true, Policy: true, Expiration: true}}}}
	for _, kind := range []grants.LoginKind{grants.DisableLogin, grants.EnableLogin, grants.RenameLogin, grants.DropLogin} {
		c := grants.LoginChange{Kind: kind, Login: name, SID: "6772616E747265650000000000000001"}
		if kind == grants.RenameLogin {
			c.To = name + "2"
		}
		out.Changes = append(out.Changes, c)
	}
	return out
}

// TestScriptOrdersLogins: who is kept out is so before the sites, and the rest
// comes after them; what undoes it comes the other way round.
func TestScriptOrdersLogins(t *testing.T) {
	site := namedEverywhere("Crew")
	text, err := Script(nil, namedLogins("Ann"), []SiteScript{site})
	if err != nil {
		t.Fatal(err)
	}
	last := -1
	for _, part := range []string{"ALTER LOGIN [Ann] DISABLE;", "BEGIN TRANSACTION", "ALTER LOGIN [Ann] ENABLE;", "ALTER LOGIN [Ann] WITH NAME = [Ann2];",
		"EXISTS (SELECT 1 FROM [Crew].sys.database_principals", "DROP LOGIN [Ann];", "ROLLBACK SECTION",
		"login Ann was dropped", "ALTER LOGIN [Ann2] WITH NAME = [Ann];", "ALTER LOGIN [Ann] DISABLE;", "BEGIN TRANSACTION", "ALTER LOGIN [Ann] ENABLE;"} {
		at := strings.Index(text[last+1:], part)
		if at < 0 {
			t.Fatalf("%s does not stand behind %d in\n%s", part, last, text)
		}
		last += 1 + at
	}
}

// TestScriptMakesLoginsThatUsersWaitForLast: behind the sites, and behind what
// keeps people out.
func TestScriptMakesLoginsThatUsersWaitForLast(t *testing.T) {
	text, err := Script(nil, ServerScript{Logins: []ScriptLogin{{Name: "late", SID: "AB", Late: true}, {Name: "early"}},
		Changes: []grants.LoginChange{{Kind: grants.DisableLogin, Login: "gone", SID: "CD"}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	early, gone, late := strings.Index(text, "N'early'"), strings.Index(text, "[gone] DISABLE"), strings.Index(text, "N'late'")
	if early < 0 || gone < early || late < gone {
		t.Errorf("early at %d, gone at %d, late at %d", early, gone, late)
	}
}
