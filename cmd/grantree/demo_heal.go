package main

import (
	"context"
	"fmt"
	"slices"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/sites"
	"grantree/sql/mssql"
)

// deployment drops a view and makes it again, as a database deployment does.
const deployment = `DECLARE @text nvarchar(max) = OBJECT_DEFINITION(OBJECT_ID(N'dbo.imvw_pay_type'));
DROP VIEW dbo.imvw_pay_type;
EXEC (@text);`

// deployed lets a deployment make a view of South again, and gives back what went with
// the old one.
func (d *demoRun) deployed(ctx context.Context) error {
	d.printf("\n%s\n\n", d.bold("8. A deployment makes a view of South anew, and its permissions are gone"))
	south := slices.IndexFunc(d.fleet.Sites, func(s policy.Site) bool { return s.Name == "South" })
	db, err := mssql.Open(mssql.Address{URL: d.url, User: "sa", Password: d.secret, Database: d.fleet.Sites[south].Database})
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, deployment); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	fp, err := d.planned(ctx, d.fleet, sites.PlanOptions{ExpectLoss: -1, Part: &sites.Part{Heal: true}})
	if err != nil {
		return err
	}
	for _, f := range fp.Findings {
		if f.Code == finding.ViewRecreated {
			d.sentence("  "+d.yellow("warning")+" ", f.String())
		}
	}
	if _, err := d.fleet.Apply(ctx, fp, sites.Events{}); err != nil {
		return err
	}
	var back []grants.Recreated
	for _, s := range fp.Sites {
		back = append(back, s.Restored()...)
	}
	d.printf("\n")
	for _, r := range back {
		d.sentence("  "+d.green("heal")+" ", "South: gave back "+restored(r))
	}
	if again := d.fleet.Verify(ctx, d.now())[south]; len(back) != 1 || !again.OK() {
		d.problems++
	}
	return nil
}
