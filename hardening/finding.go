package hardening

import (
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/grants"
)

// Finding is one thing that an auditor would object to. Its code is one of
// Rules; its message does not name the site or the server.
type Finding struct {
	finding.Finding
	Server string
	Site   string // "" for what is about the whole server
	// Evidence is the row that says so, after the catalog view that it stands in.
	Evidence string
	// Caveat is what the statements may break.
	Caveat string
	// Bypass says that somebody reaches the application's views by it, which the
	// policy neither gives nor accepts, and Reaches who: all of them.
	Bypass  bool
	Reaches []string
}

// Unread is what could not be read, so that nothing is said of it.
type Unread struct {
	Server, Site string // Site is "" for what is about the whole server
	What, Why    string
	Statements   []string // that let it be read
}

// Report is what there is to say.
type Report struct {
	Findings []Finding
	Unread   []Unread
	known    map[string]bool // what Add was given
}

// Add joins another report, without what was added already: of a server each of
// its sites says the same.
func (r *Report) Add(o Report) {
	if r.known == nil {
		r.known = map[string]bool{}
	}
	isNew := func(parts ...string) bool {
		key := strings.Join(parts, "\x00")
		was := r.known[key]
		r.known[key] = true
		return !was
	}
	for _, f := range o.Findings {
		if isNew("finding", f.Server, f.Site, f.Code, f.Message) {
			r.Findings = append(r.Findings, f)
		}
	}
	for _, u := range o.Unread {
		if isNew("unread", u.Server, u.Site, u.What) {
			r.Unread = append(r.Unread, u)
		}
	}
}

// Rank is the place of a severity, the worst first, from 0.
func Rank(s finding.Severity) int {
	return slices.Index([]finding.Severity{finding.Error, finding.Warning, finding.Note}, s)
}

// Sort orders what was found: the worst first, then by code, server, site and
// whom it is about.
func (r *Report) Sort() {
	r.Findings = sorted(r.Findings, func(f *Finding) string {
		return strings.Join([]string{string(rune('0' + Rank(f.Severity))), f.Code, f.Server, f.Site, f.Message}, "\x00")
	})
	r.Unread = sorted(r.Unread, func(u *Unread) string { return strings.Join([]string{u.Server, u.Site, u.What}, "\x00") })
}

// sorted is a list in the order of its keys.
func sorted[T any](list []T, key func(*T) string) []T {
	keys := make([]string, len(list))
	for i := range list {
		keys[i] = key(&list[i])
	}
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return strings.Compare(keys[a], keys[b]) })
	out := make([]T, 0, len(list))
	for _, i := range order {
		out = append(out, list[i])
	}
	return out
}

// report is one in the making, about one site or server.
type report struct {
	Report
	server, site, database string
	write                  func(grants.Remedy) string
}

// Errorf, Warnf and Notef add a finding with its evidence, and return it until
// the next one is added.
func (r *report) Errorf(code, evidence, format string, args ...any) *Finding {
	return r.say(finding.Error, code, evidence, format, args)
}

func (r *report) Warnf(code, evidence, format string, args ...any) *Finding {
	return r.say(finding.Warning, code, evidence, format, args)
}

func (r *report) Notef(code, evidence, format string, args ...any) *Finding {
	return r.say(finding.Note, code, evidence, format, args)
}

func (r *report) say(s finding.Severity, code, evidence, format string, args []any) *Finding {
	return r.add(finding.Finding{Code: code, Severity: s, Message: fmt.Sprintf(format, args...)}, evidence)
}

func (r *report) add(f finding.Finding, evidence string) *Finding {
	r.Findings = append(r.Findings, Finding{Finding: f, Server: r.server, Site: r.site, Evidence: evidence})
	return &r.Findings[len(r.Findings)-1]
}

// mend gives a finding its statements.
func (r *report) mend(f *Finding, remedies ...grants.Remedy) *Finding {
	for _, x := range remedies {
		if r.write == nil {
			break
		}
		if x.OfDatabase() {
			f.Use = r.write(grants.Remedy{Kind: grants.RemedyUse, On: grants.Securable{Class: "DATABASE", Name: r.database}})
		}
		if s := r.write(x); s != "" && !slices.Contains(f.Statements, s) {
			f.Statements = append(f.Statements, s)
		}
	}
	return f
}

// unread adds what could not be read.
func (r *report) unread(site, what, why string, fix ...grants.Remedy) {
	u := Unread{Server: r.server, Site: site, What: what, Why: why}
	for _, x := range fix {
		switch {
		case r.write == nil || x.Kind == grants.RemedyGrant && x.Principal == "": // nobody knows whom it is to be given
		case x.OfDatabase():
			u.Statements = append(u.Statements, r.write(grants.Remedy{Kind: grants.RemedyUse, On: grants.Securable{Class: "DATABASE", Name: r.database}})+" "+r.write(x))
		default:
			u.Statements = append(u.Statements, r.write(x))
		}
	}
	r.Unread = append(r.Unread, u)
}
