package mssql

import (
	"fmt"
	"time"

	"grantree/grants"
)

// readMarked reads a principal with what its mark says.
func readMarked(r *record, s *grants.Snapshot) {
	readWholePrincipal(r, s)
	s.Principals[len(s.Principals)-1].Mark = r.text()
}

func readOpening(r *record, s *grants.Snapshot) {
	s.Openings = append(s.Openings, grants.OpeningRow{User: r.number(), Text: r.text()})
}

// time is a column of dates with times.
func (r *record) time() time.Time {
	switch v := r.next().(type) {
	case time.Time:
		return v
	default:
		r.fail(fmt.Sprintf("%T", v))
	}
	return time.Time{}
}
