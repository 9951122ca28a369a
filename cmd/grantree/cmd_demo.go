package main

import (
	"context"
	"database/sql"
	_ "embed" // the demo's policy
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/sites"
	"grantree/sql/mssql"

	"github.com/spf13/cobra"
)

//go:embed files/demo.toml
var demoPolicy []byte

func newDemo(a *app) *cobra.Command {
	var keep bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "Run the whole job on an embedded server: plan, apply, verify, explain",
		Long: `Run the whole job on an embedded server: three sites made from the catalog, the
vendor's groups, ten people. The plan is shown, applied and verified, some of
the people try what they may and may not do, and the job is run a second time.
No SQL Server is needed and nothing is kept. It fails unless every answer is
what the policy says. With --keep the server stays until it is interrupted, for
a look with a tool of your own.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.demo(c.Context(), keep) },
	}
	c.Flags().BoolVar(&keep, "keep", false, "keep the server afterwards, and say how to connect")
	return c
}

// demoPolicy parses the demo's policy.
func (a *app) demoPolicy() (*policy.Policy, error) {
	p, findings := policy.Parse(policy.Source{File: "demo.toml", Data: demoPolicy}, a.readFile)
	return p, findings.Err()
}

// demoRun is one demo under way.
type demoRun struct {
	*app
	fleet     *sites.Fleet
	passwords map[string]string // by login, kept in memory only
	secret    string            // sa's
	url       string
	problems  int
}

func (a *app) demo(ctx context.Context, keep bool) error {
	began := a.now()
	p, err := a.demoPolicy()
	if err != nil {
		return err
	}
	s, err := a.startSandboxes(ctx, p, true)
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	defer s.close()
	a.printf("%s three sites made from the iMaint catalog on an embedded server, %s\n\n",
		a.bold("1. Sites:"), a.now().Sub(began).Round(10*time.Millisecond))
	f, err := sites.Open(s.policy, sites.Options{Password: s.password, Warn: a.warnf})
	if err != nil {
		return err
	}
	defer f.Close()
	d := &demoRun{app: a, fleet: f, passwords: map[string]string{}, secret: s.secret, url: s.policy.Servers[0].URL}
	for _, step := range []func(context.Context) error{d.planAndApply, d.proof, d.people, d.reasons, d.again, d.deployed, d.strangers} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if d.problems > 0 {
		return &exitError{code: exitFailed, message: fmt.Sprintf("%s not what the policy says", count(d.problems, "answer"))}
	}
	a.printf("\n%s Everything was what the policy says, and what was not was found.\n", a.green("Done."))
	if keep {
		a.printf("\n")
		a.printHowToConnect(s.servers[0], p, s.secret, sandboxOptions{})
		<-ctx.Done()
	}
	return nil
}

// planAndApply shows the plan and carries it out.
func (d *demoRun) planAndApply(ctx context.Context) error {
	fp, err := d.planned(ctx, d.fleet, sites.PlanOptions{ExpectLoss: -1})
	if err != nil {
		return err
	}
	d.printf("%s\n\n", d.bold("2. Plan: what the policy changes"))
	d.printPeople(fp, false)
	d.printChanges(fp, fp.Sites[:1], false)
	d.printf("\n%s\n\n", d.bold("3. Apply: each site in one transaction, read back before the commit"))
	_, err = d.fleet.Apply(ctx, fp, sites.Events{
		Login: func(_, login, password string) error { d.passwords[login] = password; return nil },
	})
	if err != nil {
		d.findings(fp.Findings)
		return err
	}
	for _, s := range fp.Sites {
		d.printf("  %s %-7s %s\n", d.green("applied"), s.Site.Name, count(s.Statements(), "statement"))
	}
	return nil
}

// proof asks the server what people may do.
func (d *demoRun) proof(ctx context.Context) error {
	d.printf("\n%s\n", d.bold("4. Verify: the server's own answers, as each user"))
	return d.verifyFleet(ctx, d.fleet, &ending{}, true, false)
}

// attempt is something a person tries on a connection of their own.
type attempt struct {
	user, database, statement string
	refused                   int32 // the error number expected; 0: it works
	words                     string
}

// people lets some of them try.
func (d *demoRun) people(ctx context.Context) error {
	d.printf("\n%s\n\n", d.bold("5. People, on connections of their own"))
	attempts := []attempt{
		{"bob", "iMaint_North", "SELECT id, name FROM dbo.imvw_work_order", 0, "Mechanic and Purchasing Clerk may select work orders"},
		{"bob", "iMaint_North", "DELETE FROM dbo.imvw_work_order WHERE id = 1", 229, "neither may delete them"},
		{"erin", "iMaint_North", "SELECT id FROM dbo.imvw_time_card_detail", 229, "an Inventory Clerk sees work orders, not time cards"},
		{"heidi", "iMaint_Harbor", "UPDATE dbo.imvw_asset SET note = N'mine' WHERE id = 1", 229, "Management looks and does not touch"},
		{"carol", "iMaint_North", "USE [iMaint_South]", 916, "carol has no access to South"},
	}
	for _, t := range attempts {
		got, err := d.try(ctx, t)
		if err != nil {
			return err
		}
		mark := d.green("as expected")
		if got.number != t.refused {
			mark = d.red("NOT as expected")
			d.problems++
		}
		d.printf("  %-6s %-55s %s  %s\n         %s\n", t.user, t.statement, got.text, mark, d.faint(t.words))
	}
	return nil
}

// outcome is what the server answered.
type outcome struct {
	number int32
	text   string
}

// try runs one statement as one person, over the wire, with their own login.
func (d *demoRun) try(ctx context.Context, t attempt) (outcome, error) {
	db, err := mssql.Open(mssql.Address{URL: d.url, User: t.user, Password: d.passwords[t.user], Database: t.database})
	if err != nil {
		return outcome{}, err
	}
	defer db.Close()
	n, err := rowsOf(ctx, db, t.statement)
	switch number := mssql.Number(err); {
	case err == nil:
		return outcome{text: count(n, "row")}, nil
	case number != 0:
		return outcome{number: number, text: fmt.Sprintf("error %d", number)}, nil
	}
	return outcome{}, fmt.Errorf("demo: %s: %w", t.user, err)
}

// rowsOf runs a statement and counts its rows.
func rowsOf(ctx context.Context, db *sql.DB, statement string) (n int, err error) {
	rows, err := db.QueryContext(ctx, statement)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		n++
	}
	return n, rows.Err()
}

// reasons explains two of the answers.
func (d *demoRun) reasons(ctx context.Context) error {
	d.printf("\n%s\n\n", d.bold("6. Explain"))
	readings, err := d.read(ctx, d.fleet)
	if err != nil {
		return err
	}
	for _, q := range []struct {
		user, view, permission string
		allowed                bool
	}{{"bob", "imvw_work_order", "UPDATE", true}, {"erin", "imvw_time_card_detail", "SELECT", false}} {
		s := readings[0].Snapshot
		wanted, _ := d.fleet.Policy.Wanted(s)
		p, err := parseQuestion(d.fleet.Policy.Catalog, []string{q.view, q.permission})
		if err != nil {
			return err
		}
		decision := grants.Inquire(s, wanted, d.fleet.Policy.Accepts(s.Site, d.now())).Explain(q.user, q.view, p.permissions[0])
		if (decision.Allowed == grants.Yes) != q.allowed {
			d.problems++
		}
		d.printDecision(together{decision, []string{decision.Site}})
	}
	return nil
}

// again runs the job a second time: there must be nothing left to do.
func (d *demoRun) again(ctx context.Context) error {
	d.printf("\n%s ", d.bold("7. The same job again:"))
	fp, err := d.planned(ctx, d.fleet, sites.PlanOptions{ExpectLoss: -1})
	if err != nil {
		return err
	}
	if !fp.Empty() {
		d.problems++
		d.printf("%s\n", d.red("NOT empty"))
		d.printPlan(fp, false)
		return nil
	}
	d.printf("nothing to do\n")
	return nil
}

// tampering is what somebody does by hand, each on a way of its own.
const tampering = `CREATE LOGIN mallory WITH PASSWORD = N'Not-In-The-Policy-1';
CREATE USER mallory FOR LOGIN mallory;
ALTER ROLE [Admin] ADD MEMBER mallory;
GRANT IMPERSONATE ON USER::alice TO bob;
ALTER SERVER ROLE sysadmin ADD MEMBER erin;`

// strangers lets somebody open North by hand, and looks whether that is found.
func (d *demoRun) strangers(ctx context.Context) error {
	d.printf("\n%s\n", d.bold("9. Somebody opens North by hand, in three ways: verify is about everybody"))
	db, err := mssql.Open(mssql.Address{URL: d.url, User: "sa", Password: d.secret, Database: d.fleet.Sites[0].Database})
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, tampering); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	north := d.fleet.Verify(ctx, d.now())[0]
	d.printVerified([]sites.Verified{north}, nil)
	d.printf("\n")
	for _, m := range north.Mismatches {
		d.sentence("  "+d.red("mismatch")+" ", m.String())
	}
	for _, name := range []string{"mallory", "bob", "erin"} {
		if !slices.ContainsFunc(north.Mismatches, func(f finding.Finding) bool { return strings.Contains(f.Message, name) }) {
			d.problems++
		}
	}
	return nil
}
