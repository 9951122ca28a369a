package sites

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
	"grantree/sql/sandbox"
)

// benchSite makes a sandbox with one site of 190 views and a policy of the
// vendor's 14 groups, and returns its fleet.
func benchSite(b *testing.B) (*Fleet, *sandbox.Server) {
	b.Helper()
	s, err := sandbox.New(sandbox.Options{SAPassword: livePassword})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	if err := s.Listen("127.0.0.1:0"); err != nil {
		b.Fatal(err)
	}
	text := fmt.Sprintf("[server.main]\nurl = \"sqlserver://%s?encrypt=disable\"\nuser = \"sa\"\npassword_env = \"X\"\n[[site]]\nname = \"Site\"\nserver = \"main\"\ndatabase = \"Site\"\n[policy]\nextends = \"imaint\"\n", s.Addr())
	p, findings := policy.Parse(policy.Source{File: "bench.toml", Data: []byte(text)}, nil)
	if err := findings.Err(); err != nil {
		b.Fatal(err)
	}
	if err := s.Exec(context.Background(), "master", mssql.MakeSite("Site", p.Catalog.Schema, p.Catalog.Views())); err != nil {
		b.Fatal(err)
	}
	f, err := Open(p, Options{Password: func(policy.Server) (string, error) { return livePassword, nil }})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(f.Close)
	return f, s
}

// BenchmarkProvision applies the vendor's groups to an empty site, and, for
// comparison in the same run, sends the same statements with the bare driver
// in one batch (the floor) and one statement per permission, role and view,
// one round trip each (naive). It reports both ratios.
func BenchmarkProvision(b *testing.B) {
	f, _ := benchSite(b)
	ctx := context.Background()
	readings := f.Read(ctx)
	if err := Failures(readings); err != nil {
		b.Fatal(err)
	}
	fp := Plan(f.Policy, readings, PlanOptions{ExpectLoss: -1})
	changes := fp.Sites[0].Plan.Changes
	var batch strings.Builder
	for _, c := range changes {
		batch.WriteString(mssql.Render(c) + "\n")
	}
	undo := strings.Join(mssql.Reversed(changes), "\n")
	send := func(statements ...string) {
		db, err := mssql.Open(mssql.Address{URL: f.Policy.Servers[0].URL, User: "sa", Password: livePassword, Database: "Site"})
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		for _, st := range statements {
			if _, err := db.ExecContext(ctx, st); err != nil {
				b.Fatal(err)
			}
		}
	}
	var ours, floor, naive float64
	for b.Loop() {
		ours += seconds(func() {
			if _, err := f.Apply(ctx, fp, Events{}); err != nil {
				b.Fatal(err)
			}
		})
		send(undo)
		floor += seconds(func() { send("BEGIN TRANSACTION;\n" + batch.String() + "COMMIT;") })
		send(undo)
		naive += seconds(func() { send(oneByOne(changes)...) })
		send(undo)
	}
	b.ReportMetric(ours/floor, "×floor")
	b.ReportMetric(naive/ours, "naive/ours")
	b.ReportMetric(float64(len(changes)), "statements")
	b.ReportMetric(float64(len(oneByOne(changes))), "naive-statements")
}

// oneByOne is what a naive tool sends.
func oneByOne(changes []grants.Change) []string {
	var out []string
	for _, c := range changes {
		if c.Kind != grants.GrantOn && c.Kind != grants.DenyOn {
			out = append(out, mssql.Render(c))
			continue
		}
		for _, p := range c.Permissions.Each() {
			for _, to := range c.Principals {
				one := c
				one.Permissions, one.Principals = p, []string{to}
				out = append(out, mssql.Render(one))
			}
		}
	}
	return out
}

// BenchmarkNoOp plans a site that is in order, against the floor: reading the
// same snapshot and nothing else.
func BenchmarkNoOp(b *testing.B) {
	f, _ := benchSite(b)
	ctx := context.Background()
	if _, err := f.Apply(ctx, Plan(f.Policy, f.Read(ctx), PlanOptions{ExpectLoss: -1}), Events{}); err != nil {
		b.Fatal(err)
	}
	var ours, floor float64
	for b.Loop() {
		ours += seconds(func() {
			if fp := Plan(f.Policy, f.Read(ctx), PlanOptions{ExpectLoss: -1}); !fp.Empty() {
				b.Fatal("there is something to do")
			}
		})
		floor += seconds(func() { f.Read(ctx) })
	}
	b.ReportMetric(ours/floor, "×floor")
}

// seconds is how long do took.
func seconds(do func()) float64 {
	began := time.Now()
	do()
	return time.Since(began).Seconds()
}
