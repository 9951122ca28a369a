package sandbox_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"grantree/sql/sandbox"
)

// ownCPU is the processor's time of this process so far, in milliseconds.
func ownCPU(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}

// BenchmarkSitesWithRows makes sites of 400 tables with a row each and as many views: each must cost what the first did.
func BenchmarkSitesWithRows(b *testing.B) {
	for _, sites := range []int{10, 40, 100} {
		b.Run(fmt.Sprintf("sites=%d", sites), func(b *testing.B) {
			began := ownCPU(b)
			for b.Loop() {
				s := serve(b, sandbox.Options{})
				for i := range sites {
					if err := s.Exec(b.Context(), "", tablesScript(fmt.Sprintf("s%d", i), 400)); err != nil {
						b.Fatal(err)
					}
				}
				s.Close()
			}
			b.ReportMetric((ownCPU(b)-began)/float64(b.N*sites), "cpu-ms/site")
		})
	}
}

// BenchmarkUsers makes logins and users, puts each in roles, gives each a row and a property of their own, asks for each
// whether they may read, and drops them: each must cost what the first did.
func BenchmarkUsers(b *testing.B) {
	steps := []struct{ name, text string }{
		{"login", "CREATE LOGIN u%[1]d WITH PASSWORD = 0x0200A7A5A3D1C2B4E6F8091A2B3C4D5E6F708192A3B4C5D6E7F8091A2B3C4D5E6F708192A3B4C5D6E7F8091A2B3C4D5E6F708192A3B4C5D6E7F8091A2B3C4D5E6F708192A3B4 HASHED, CHECK_POLICY = OFF"},
		{"create", "CREATE USER u%[1]d FOR LOGIN u%[1]d"},
		{"member", "ALTER ROLE r%[2]d ADD MEMBER u%[1]d"},
		{"grant", "GRANT UPDATE ON dbo.v%[3]d TO u%[1]d"},
		{"property", "EXEC sp_addextendedproperty @name = N'p', @value = N'x', @level0type = N'USER', @level0name = N'u%[1]d'"},
		{"ask", "EXECUTE AS USER = 'u%[1]d'; SELECT HAS_PERMS_BY_NAME('dbo.v%[3]d', 'OBJECT', 'SELECT'); REVERT"},
		{"drop", "DROP USER u%[1]d"},
		{"drop-login", "DROP LOGIN u%[1]d"},
	}
	for _, users := range []int{500, 1000, 2000, 4000} {
		b.Run(fmt.Sprintf("users=%d", users), func(b *testing.B) {
			cost := make([]float64, len(steps))
			for b.Loop() {
				s := serve(b, sandbox.Options{})
				if err := s.Exec(b.Context(), "", siteScript("s", 100)); err != nil {
					b.Fatal(err)
				}
				for i := range 10 {
					if err := s.Exec(b.Context(), "s", fmt.Sprintf("CREATE ROLE r%d", i)); err != nil {
						b.Fatal(err)
					}
				}
				for n, step := range steps {
					var text strings.Builder
					for i := range users {
						fmt.Fprintf(&text, step.text+"\n", i, i%10, i%100)
					}
					began := ownCPU(b)
					if err := s.Exec(b.Context(), "s", text.String()); err != nil {
						b.Fatal(step.name, err)
					}
					cost[n] += ownCPU(b) - began
				}
				s.Close()
			}
			for n, step := range steps {
				b.ReportMetric(1000*cost[n]/float64(b.N*users), step.name+"-µs")
			}
		})
	}
}
