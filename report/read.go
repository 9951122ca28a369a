package report

import (
	"encoding/json"
	"fmt"
)

// Read reads a report's JSON, as an earlier run wrote it. What is no report, is of
// another version or holds a number that leads nowhere is an error.
func Read(data []byte) (*Report, error) {
	var r Report
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("it is no report: %w", err)
	}
	if r.Format != Format {
		return nil, fmt.Errorf("it is no report of this form: its format is %.40q, and %q is read", r.Format, Format)
	}
	if what := r.astray(); what != "" {
		return nil, fmt.Errorf("it is cut or was changed: %s", what)
	}
	return &r, nil
}

// astray says which number of a report leads nowhere, or "".
func (r *Report) astray() string {
	for i, x := range r.Access {
		for _, how := range hows() {
			if cells := x.rows()[how]; cells < 0 || cells >= len(r.Cells) {
				return fmt.Sprintf("access %d has the cells %d as %q", i, cells, how)
			}
		}
	}
	for _, s := range r.Sites {
		for _, l := range s.Lines {
			if l.Person < 0 || l.Person >= len(r.People) || l.Cells < 0 || l.Cells >= len(r.Cells) {
				return fmt.Sprintf("site %q has a line of the person %d with the cells %d", s.Site, l.Person, l.Cells)
			}
		}
		for _, m := range s.Members {
			if m.Access < 0 || m.Access >= len(r.Access) {
				return fmt.Sprintf("site %q has the access %d", s.Site, m.Access)
			}
			for _, p := range m.People {
				if p < 0 || p >= len(r.People) {
					return fmt.Sprintf("site %q has the person %d", s.Site, p)
				}
			}
		}
	}
	return ""
}
