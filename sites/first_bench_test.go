package sites

import (
	"fmt"
	"testing"

	"grantree/grants"
)

// BenchmarkFirst plans a reference site that nothing was done in, without a server.
func BenchmarkFirst(b *testing.B) {
	p := referenceSite.parse(b, "sqlserver://sql01.example")
	s := p.Offline(p.Sites[0])
	for i, u := range p.Users {
		s.Logins = append(s.Logins, grants.Login{ID: 300 + i, Name: u.Name, SID: fmt.Sprintf("%032X", i+1), Type: grants.SQLUser})
		s.ServerPermissions = append(s.ServerPermissions, grants.ServerPermissionRow{Class: grants.ClassServer, Grantee: 300 + i, Name: "CONNECT SQL", State: grants.Granted})
	}
	readings := []Reading{{Site: p.Sites[0], Snapshot: s}}
	began := ownCPU()
	for b.Loop() {
		if fp := Plan(p, readings, PlanOptions{ExpectLoss: -1}); fp.Refusal() != nil {
			b.Fatal(fp.Refusal())
		}
	}
	b.ReportMetric(1e3*(ownCPU()-began)/float64(b.N), "cpu-ms/op")
}
