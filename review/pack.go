package review

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"grantree/policy"
	"grantree/report"
)

// Format names the form of a pack's JSON, and its version.
const Format = "grantree-review/1"

// Pack is what was handed out: the sites as they were, and the rows of each reviewer.
type Pack struct {
	Format    string       `json:"format"`
	ID        string       `json:"id"` // of all that is handed out: it stands in each file
	Made      string       `json:"made"`
	Policy    string       `json:"policy"`
	Basis     report.Basis `json:"basis"`
	Sites     []Site       `json:"sites"`
	Reviewers []Reviewer   `json:"reviewers"`
	// Nobody are the rows that no reviewer has.
	Nobody []Row `json:"nobody"`
	// NotAsked is access that no row is about.
	NotAsked []Left `json:"not_asked"`
}

// Site is a site as the pack was made from it: by the fingerprint of its snapshot.
type Site struct {
	Site        string `json:"site"`
	Fingerprint string `json:"fingerprint"` // "" where it was not read
}

// Reviewer is one who was asked.
type Reviewer struct {
	Reviewer string `json:"reviewer"`
	File     string `json:"file"`
	SHA256   string `json:"sha256"` // of the file as it was handed out
	Rows     []Row  `json:"rows"`
}

// Make gives each reviewer of the policy the rows of their people. Nobody gets their
// own; a row of several reviewers is each one's.
func Make(p *policy.Policy, r *report.Report) *Pack {
	out := &Pack{Format: Format, Made: r.Made, Policy: r.Policy, Basis: r.Basis, Reviewers: []Reviewer{}, Nobody: []Row{}}
	for _, s := range r.Sites {
		out.Sites = append(out.Sites, Site{s.Site, s.Fingerprint})
	}
	at := map[string]int{}
	for _, x := range p.Reviewers {
		if _, known := at[fold(x.Name)]; !known {
			at[fold(x.Name)] = len(out.Reviewers)
			out.Reviewers = append(out.Reviewers, Reviewer{Reviewer: x.Name, Rows: []Row{}})
		}
	}
	rows, left := rowsAndLeft(p, r)
	out.NotAsked = left
	for _, row := range rows {
		given := false
		for _, x := range p.Reviewers {
			i := at[fold(x.Name)]
			theirs := &out.Reviewers[i].Rows
			if concerns(p, x, row) && !themselves(p, x.Name, row) {
				given = true
				if n := len(*theirs); n == 0 || (*theirs)[n-1].ID != row.ID {
					*theirs = append(*theirs, row)
				}
			}
		}
		if !given {
			out.Nobody = append(out.Nobody, row)
		}
	}
	names := map[string]bool{}
	for i := range out.Reviewers {
		out.Reviewers[i].File = fileName(out.Reviewers[i].Reviewer, names)
	}
	out.ID = out.id()
	return out
}

// concerns reports whether a [[review]] is about a row.
func concerns(p *policy.Policy, x policy.Reviewer, row Row) bool {
	return slices.ContainsFunc(row.Sites, func(site string) bool {
		var groups []string
		if u := p.User(row.Person); u != nil {
			groups = p.GroupsIn(u, site)
		}
		return p.Concerns(x, groups, site)
	})
}

// fileName is a name for a reviewer's workbook that every file system takes, and that no
// other of the pack has.
func fileName(reviewer string, taken map[string]bool) string {
	plain := strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return '-'
	}, reviewer), "-")
	name := "review-" + plain[:min(len(plain), 40)]
	for n := 1; ; n++ {
		file := name + ".xlsx"
		if n > 1 || plain == "" {
			file = fmt.Sprintf("%s-%d.xlsx", strings.TrimSuffix(name, "-"), n)
		}
		if !taken[file] {
			taken[file] = true
			return file
		}
	}
}

// ReadPack reads a pack's JSON.
func ReadPack(data []byte) (*Pack, error) {
	var p Pack
	if err := json.Unmarshal(data, &p); err != nil {
		return nil, fmt.Errorf("it is no pack of a review: %w", err)
	}
	if p.Format != Format {
		return nil, fmt.Errorf("it is no pack of a review of this form: its format is %.40q, and %q is read", p.Format, Format)
	}
	return &p, nil
}

// id is the pack's content, its time with it, in 16 digits: a pack of another time asks anew.
func (p *Pack) id() string {
	text, _ := json.Marshal(p) // of texts and numbers alone
	return "p" + Hash(text)[:16]
}

// Spelling is a reviewer's name as the pack has it, however a file writes it; what is no
// reviewer's stays.
func (p *Pack) Spelling(name string) string {
	if x := p.reviewerOf(name); x != nil {
		return x.Reviewer
	}
	return name
}

// reviewerOf finds a reviewer by name, as names fold.
func (p *Pack) reviewerOf(name string) *Reviewer {
	i := slices.IndexFunc(p.Reviewers, func(r Reviewer) bool { return fold(r.Reviewer) == fold(name) })
	if i < 0 {
		return nil
	}
	return &p.Reviewers[i]
}
