package sites

import (
	"fmt"
	"testing"
	"time"

	"grantree/grants"
	"grantree/journal"
)

// BenchmarkJournal writes down the first provisioning of a reference site, and taking it
// back, without a disk: what it costs to make the records, and how large they are.
func BenchmarkJournal(b *testing.B) {
	p := referenceSite.parse(b, "sqlserver://sql01.example")
	s := p.Offline(p.Sites[0])
	for i, u := range p.Users {
		s.Logins = append(s.Logins, grants.Login{ID: 300 + i, Name: u.Name, SID: fmt.Sprintf("%032X", i+1), Type: grants.SQLUser})
		s.ServerPermissions = append(s.ServerPermissions, grants.ServerPermissionRow{Class: grants.ClassServer, Grantee: 300 + i, Name: "CONNECT SQL", State: grants.Granted})
	}
	plan := Plan(p, []Reading{{Site: p.Sites[0], Snapshot: s}}, PlanOptions{ExpectLoss: -1}).Sites[0].Plan
	end, err := s.With(plan.Changes)
	if err != nil {
		b.Fatal(err)
	}
	for name, x := range map[string]struct {
		from    *grants.Snapshot
		changes []grants.Change
	}{"provision": {s, plan.Changes}, "undo": {end, grants.Reversed(plan.Changes)}} {
		b.Run(name, func(b *testing.B) {
			var line []byte
			for b.Loop() {
				var c journal.Chain
				r := journal.Record{Kind: journal.KindSending, At: time.Unix(1, 0), Site: &journal.Site{Site: "S", Before: "b", Changes: journal.ChangesOf(x.changes), State: PackState(x.from)}}
				if line, err = c.Line(r); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(line))/1e3, "kB")
			b.ReportMetric(float64(len(PackState(x.from)))/1e3, "state-kB")
		})
	}
}
