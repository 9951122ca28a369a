package scripts

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

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
// member for a user with a login of its name. What is not certain to run is not
// read, and neither is what follows from it; scripts are taken to run without errors.
// Warnings say which statements were not read, and why.
func Read(files []File, sites []*grants.Snapshot, prefix string) ([]*grants.Snapshot, finding.List) {
	r := &reader{prefix: prefix}
	for _, s := range sites {
		r.sites = append(r.sites, &database{clone(s)})
	}
	for _, f := range files {
		r.file(f)
	}
	if !r.did && !r.found.HasErrors() {
		r.nothing()
	}
	var out []*grants.Snapshot
	for _, d := range r.sites {
		out = append(out, d.Snapshot)
	}
	return out, r.found.Sorted()
}

// reader is a Read under way.
type reader struct {
	prefix   string
	sites    []*database
	in       []*database // that statements speak of now
	database string      // that the last USE named
	name     string
	text     string // of the batch
	line     int    // on which it begins
	found    finding.List
	did      bool // something that a site holds was read
	flow
	work
}

// file reads one script.
func (r *reader) file(f File) {
	r.name, r.in, r.database = f.Name, r.sites, ""
	r.flow, r.work = flow{}, work{}
	text, ok := decode(f.Data)
	if !ok {
		r.found.Errorf(finding.ImportScriptText, finding.Pos{File: f.Name}, "save it as UTF-8", "the script is neither UTF-8 nor UTF-16 with a byte order mark")
		return
	}
	for _, b := range r.batches(text) {
		if r.stop != "" {
			r.stop, r.told = "", false
		}
		r.text, r.line = b.Text, b.Line
		parsed, err := tsql.Parse(b.Text)
		if err != nil {
			var at *tsql.SyntaxError
			line := 1
			if errors.As(err, &at) {
				line = at.Line
			}
			r.skip(b.Line+line-1, "the batch is not read: %v", err)
			if namesUse(b.Text) {
				r.lostAt(b.Line+line-1, "the batch names a database with USE")
			}
			continue
		}
		r.statements(parsed.Statements)
	}
}

// skip warns of something that is not read.
func (r *reader) skip(line int, format string, args ...any) {
	r.found.Warnf(finding.ImportScript, finding.Pos{File: r.name, Line: line}, "see what it does, and write that into the policy", format, args...)
}

// skipped warns of a statement that is not read; why may be empty.
func (r *reader) skipped(s tsql.Statement, why string) {
	text := what(s, r.text) + " is not read"
	if why != "" {
		text += ": " + why
	}
	if mayTake(s) {
		text += "; it may take away what was read before"
	}
	r.skip(r.line+s.Position().Line-1, "%s", text)
}

func (r *reader) statements(list []tsql.Statement) {
	for _, s := range list {
		r.statement(s)
	}
}

// runs carries one statement out on the sites that it speaks of.
func (r *reader) runs(s tsql.Statement) {
	if _, after, ok := strings.Cut(s.Range().Text(r.text), "$("); ok {
		name, _, _ := strings.Cut(after, ")")
		why := fmt.Sprintf("it has a variable of sqlcmd, $(%s)", name)
		if _, use := s.(*tsql.Use); use {
			r.lost(s, "USE is not read: "+why)
		} else {
			r.skipped(s, why)
		}
		return
	}
	switch s := s.(type) {
	case *tsql.Use:
		r.use(s)
		return
	case *tsql.Execute:
		if why := r.execute(s); why != "" {
			r.skipped(s, why)
		}
		return
	case *tsql.ExecuteText:
		r.skipped(s, "what it gives or takes away is unknown")
		return
	}
	if done := r.logins(s); done {
		r.did = true
		return
	}
	why := r.elsewhere(s)
	if why != "" {
		r.skipped(s, why)
		return
	}
	known := true
	for _, d := range r.in {
		not, ok := d.statement(s, r)
		if !ok {
			known, why = false, not
		} else {
			r.did = true
		}
	}
	if !known {
		r.skipped(s, why)
	}
	if uses(s) {
		r.lost(s, "the statement names a database with USE")
	}
}

// use turns to the site of a database.
func (r *reader) use(s *tsql.Use) {
	r.in, r.database = r.of(s.Database.Value), s.Database.Value
	if len(r.in) == 0 && !(grants.Collation{}).Equal(s.Database.Value, "master") {
		r.skip(r.line+s.Line-1, "%s: what follows is not read", noSite(s.Database.Value))
	}
}

// of returns the sites of a database.
func (r *reader) of(name string) (out []*database) {
	for _, d := range r.sites {
		if d.ServerCollation.Equal(d.Database, name) {
			out = append(out, d)
		}
	}
	return out
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
