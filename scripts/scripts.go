package scripts

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"grantree/finding"
	"grantree/grants"
	"grantree/sql/tsql"
)

// File is a script by its name.
type File struct {
	Name string
	Data []byte
}

// Read returns the sites as they are once the scripts have run, in their order, on
// sites that hold nothing yet. A script speaks of the database that its last USE
// names, by the name of one of the sites' databases, and of all sites before the
// first USE. prefix begins the names of the application's views: one that is
// granted on and is in no site is taken for a view that sites have.
//
// What is named and was never made is taken for a role, or where it becomes a
// member for a user with a login of its name. Conditions are taken as true.
// Warnings say which statements were not read, and why.
func Read(files []File, sites []*grants.Snapshot, prefix string) ([]*grants.Snapshot, finding.List) {
	r := &reader{prefix: prefix}
	for _, s := range sites {
		c := *s
		c.Principals, c.Members, c.Permissions = slices.Clone(s.Principals), slices.Clone(s.Members), slices.Clone(s.Permissions)
		c.Schemas, c.Views, c.Objects, c.Logins = slices.Clone(s.Schemas), slices.Clone(s.Views), slices.Clone(s.Objects), slices.Clone(s.Logins)
		for i := range c.Views {
			c.Views[i].Columns = slices.Clone(c.Views[i].Columns)
		}
		r.sites = append(r.sites, &database{&c})
	}
	for _, f := range files {
		r.file(f)
	}
	var out []*grants.Snapshot
	for _, d := range r.sites {
		out = append(out, d.Snapshot)
	}
	return out, r.found.Sorted()
}

// kinds are words of the name of a statement behind its verb.
func kinds() []string {
	return []string{"APPLICATION", "ASSEMBLY", "AUTHORIZATION", "CERTIFICATE", "CREDENTIAL", "DATABASE", "FUNCTION", "INDEX", "LOGIN", "PROC", "PROCEDURE",
		"ROLE", "SCHEMA", "SCOPED", "SEQUENCE", "SERVER", "SYNONYM", "TABLE", "TRIGGER", "TYPE", "USER", "VIEW"}
}

// reader is a Read under way.
type reader struct {
	prefix string
	sites  []*database
	in     []*database // that statements speak of now
	name   string
	line   int    // on which the batch begins
	batch  string // its text
	found  finding.List
}

// file reads one script.
func (r *reader) file(f File) {
	r.name, r.in = f.Name, r.sites
	batches, err := tsql.SplitScript(strings.TrimPrefix(string(f.Data), "\ufeff"))
	if err != nil {
		var at *tsql.ScriptError
		line := 0
		if errors.As(err, &at) {
			line = at.Line
		}
		r.skip(line, "the script is not read: %v", err)
		return
	}
	for _, b := range batches {
		r.line, r.batch = b.Line, b.Text
		parsed, err := tsql.Parse(b.Text)
		if err != nil {
			var at *tsql.SyntaxError
			line := 1
			if errors.As(err, &at) {
				line = at.Line
			}
			r.skip(b.Line+line-1, "the batch is not read: %v", err)
			continue
		}
		r.statements(parsed.Statements)
	}
}

// skip warns of something that is not read.
func (r *reader) skip(line int, format string, args ...any) {
	r.found.Warnf(finding.ImportScript, finding.Pos{File: r.name, Line: line}, "see what it does, and write that into the policy", format, args...)
}

func (r *reader) skipped(s tsql.Statement, what string) {
	r.skip(r.line+s.Position().Line-1, "%s is not read", what)
}

func (r *reader) statements(list []tsql.Statement) {
	for _, s := range list {
		r.statement(s)
	}
}

// statement carries one statement out on the sites that it speaks of.
func (r *reader) statement(s tsql.Statement) {
	switch s := s.(type) {
	case *tsql.Use:
		r.use(s)
		return
	case *tsql.If:
		r.statement(s.Then)
		return
	case *tsql.Block:
		r.statements(s.Statements)
		return
	case *tsql.TryCatch:
		r.statements(s.Try)
		return
	case *tsql.SetOnOff, *tsql.SetOption, *tsql.SetVariable, *tsql.Declare, *tsql.PrintStatement, *tsql.BeginTransaction, *tsql.Commit, *tsql.RaisError, *tsql.Throw, *tsql.Return, *tsql.SelectStatement:
		return // nothing that is held comes of it
	}
	if done := r.logins(s); done {
		return
	}
	known := true
	for _, d := range r.in {
		known = d.statement(s, r) && known
	}
	if !known {
		r.skipped(s, r.what(s))
	}
}

// what names a statement for a sentence, in the words of T-SQL.
func (r *reader) what(s tsql.Statement) string {
	switch s := s.(type) {
	case *tsql.Unsupported:
		return s.What
	case *tsql.ExecuteText:
		return "EXECUTE of text that is made at run time"
	case *tsql.Execute:
		return fmt.Sprintf("EXECUTE of the procedure %q", s.Procedure.Name)
	}
	words := strings.FieldsFunc(s.Range().Text(r.batch), func(c rune) bool { return !unicode.IsLetter(c) })
	n := min(1, len(words))
	for n < min(3, len(words)) && slices.ContainsFunc(kinds(), func(k string) bool { return (grants.Collation{}).Equal(k, words[n]) }) {
		n++
	}
	if n == 0 {
		return "a statement"
	}
	return strings.Join(words[:n], " ")
}

// use turns to the site of a database.
func (r *reader) use(s *tsql.Use) {
	r.in = nil
	for _, d := range r.sites {
		if d.ServerCollation.Equal(d.Database, s.Database.Value) {
			r.in = append(r.in, d)
		}
	}
	if len(r.in) == 0 && !(grants.Collation{}).Equal(s.Database.Value, "master") {
		r.skip(r.line+s.Line-1, "no site has the database %q: what follows is not read", s.Database.Value)
	}
}

// logins carries out what is about logins, which all sites see; done says that the
// statement was.
func (r *reader) logins(s tsql.Statement) (done bool) {
	switch s := s.(type) {
	case *tsql.CreateLogin:
		kind := map[string]grants.PrincipalType{"": grants.SQLUser, "WINDOWS": grants.WindowsUser, "EXTERNAL PROVIDER": grants.ExternalUser, "CERTIFICATE": grants.CertificateUser, "ASYMMETRIC KEY": grants.KeyUser}[s.From]
		for _, d := range r.sites {
			d.login(s.Name.Value, kind, fmt.Sprintf("%X", s.Options.SID))
		}
	case *tsql.AlterLogin:
		for _, d := range r.sites {
			for i := range d.Logins {
				if d.ServerCollation.Equal(d.Logins[i].Name, s.Name.Value) {
					d.Logins[i].Disabled = s.Disable || d.Logins[i].Disabled && !s.Enable
					if s.Options.Name != nil {
						d.Logins[i].Name = s.Options.Name.Value
					}
				}
			}
		}
	case *tsql.DropLogin:
		for _, d := range r.sites {
			d.Logins = slices.DeleteFunc(d.Logins, func(l grants.Login) bool { return d.ServerCollation.Equal(l.Name, s.Name.Value) })
		}
	default:
		return false
	}
	return true
}

// sidOf makes up the SID of a login that a script does not give one: the same for
// the same name.
func sidOf(name string) string {
	sum := sha256.Sum256([]byte(name))
	return fmt.Sprintf("%X", sum[:16])
}
