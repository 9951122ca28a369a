package sites

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/finding"
	"grantree/grants"
	"grantree/sql/mssql"
)

// crew is a policy whose plan makes a role, a user and their rows.
const crew = "[[group]]\nname = \"Crew\"\n[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\", \"update\"]\n"

// annInCrew puts somebody into it.
const annInCrew = "[[user]]\nname = \"ann\"\ngroups = [\"Crew\"]\nsites = [\"*\"]\n"

// runner makes a login and gives it what the printed script of a task does.
func (l live) runner(task grants.Task, policy string) string {
	l.Helper()
	name := "gt_" + string(task)
	f := l.policyFleet("sa", policy)
	servers, err := f.RunnerServers(context.Background(), task, name)
	if err != nil {
		l.Fatal(err)
	}
	script, err := mssql.RunnerScript(task, name, servers[0])
	if err != nil {
		l.Fatal(err)
	}
	if err := l.server.Exec(context.Background(), "master", fmt.Sprintf("CREATE LOGIN %s WITH PASSWORD = N'%s', CHECK_POLICY = OFF;\nGO\n%s", name, livePassword, script)); err != nil {
		l.Fatalf("%v\n%s", err, script)
	}
	return name
}

// checkup asks the doctor about a task.
func (l live) checkup(f *Fleet, task grants.Task) Checkup {
	l.Helper()
	out, err := f.Doctor(context.Background(), task, time.Now, func() (*FleetPlan, error) { return l.plan(f), nil })
	if err != nil {
		l.Fatal(err)
	}
	return out[0]
}

// attempt does what a task is for, and says why it did not come to its end: what
// was not read counts, since nothing is known of it.
func (l live) attempt(f *Fleet, task grants.Task) error {
	l.Helper()
	ctx := context.Background()
	r := f.Read(ctx)
	if err := Failures(r); err != nil {
		return err
	}
	fp := Plan(f.Policy, r, PlanOptions{ExpectLoss: -1})
	for _, x := range fp.Findings {
		if x.Code == finding.NotRead {
			return errors.New(x.String())
		}
	}
	switch task {
	case grants.Verify:
		v := f.Verify(ctx, time.Now())
		return errors.Join(v[0].Err, VerifiedError(v, nil))
	case grants.Apply:
		res, err := f.Apply(ctx, fp, Events{})
		if err != nil {
			return err
		}
		v := f.Verify(ctx, time.Now(), res...)
		return VerifiedError(v, nil)
	}
	return nil
}

// lacks are the permissions that a checkup names, each with what it is on.
func (c Checkup) lacks() string {
	var out []string
	for _, x := range c.Lacks {
		out = append(out, strings.TrimSpace(x.Name+" "+strings.ToLower(x.On.Class)+" "+x.On.Name))
	}
	return strings.Join(out, ", ")
}

// TestDoctorNamesWhatIsTakenAway: as a login that the printed script made, every
// task comes to its end; with each permission taken away the doctor names it and
// nothing else, and the task does not. Its statement mends it.
func TestDoctorNamesWhatIsTakenAway(t *testing.T) {
	type row struct {
		task grants.Task
		take string // run in the site as administrator, but for USE master
		want string
		runs bool // it fails of itself before anything is known: see the comment
	}
	for _, tt := range []row{
		{grants.Look, "", "", true},
		{grants.Look, "REVOKE VIEW DEFINITION FROM [gt_look_runner]", "VIEW DEFINITION", false},
		{grants.Look, "REVOKE SELECT ON sys.sql_expression_dependencies FROM [gt_look_runner]", "SELECT object sql_expression_dependencies", false},
		{grants.Look, "USE master; REVOKE VIEW ANY SECURITY DEFINITION FROM [gt_look_runner]", "VIEW ANY SECURITY DEFINITION server", false},
		{grants.Look, "USE master; DENY VIEW ANY DATABASE TO [gt_look]", "VIEW ANY DATABASE server", false},
		{grants.Verify, "", "", true},
		{grants.Verify, "REVOKE IMPERSONATE ON USER::ann FROM [gt_verify_runner] CASCADE", "IMPERSONATE user ann", false},
		{grants.Apply, "", "", true},
		{grants.Apply, "REVOKE CONTROL FROM [gt_apply_runner]", "CONTROL", false},
	} {
		t.Run(string(tt.task)+" "+tt.take, func(t *testing.T) {
			l := administered(t)
			if tt.task != grants.Apply {
				if err := l.apply(l.policyFleet("sa", crew+annInCrew)); err != nil {
					t.Fatal(err)
				}
			}
			runner := l.runner(tt.task, crew+annInCrew)
			if tt.take != "" {
				l.admin(strings.NewReplacer("gt_look_runner", "grantree_look_runner", "gt_verify_runner", "grantree_verify_runner", "gt_apply_runner", "grantree_apply_runner").Replace(tt.take))
			}
			f := l.policyFleet(runner, crew+annInCrew)
			c := l.checkup(f, tt.task)
			if c.Err != nil || c.lacks() != tt.want || len(c.Beyond) > 0 {
				t.Errorf("lacks %q, want %q; beyond %v; %v", c.lacks(), tt.want, c.Beyond, c.Err)
			}
			err := l.attempt(f, tt.task)
			if (err == nil) != tt.runs || c.Ready() != tt.runs {
				t.Errorf("ready %t, and the run: %v", c.Ready(), err)
			}
			if strings.HasPrefix(tt.take, "USE master; DENY") {
				l.admin("USE master; REVOKE VIEW ANY DATABASE FROM [gt_look]")
			}
			for _, x := range c.Lacks {
				for _, s := range x.Statements {
					l.admin(s)
				}
			}
			f = l.policyFleet(runner, crew+annInCrew)
			if c := l.checkup(f, tt.task); !c.Ready() {
				t.Errorf("after its statements: lacks %s; %v", c.lacks(), c.Unasked)
			}
			if err := l.attempt(f, tt.task); err != nil {
				t.Errorf("after its statements: %v", err)
			}
		})
	}
}

// TestDoctorOfEachStatement: a runner who has what a plan's statements take and
// nothing else carries it out; without one of them the doctor names that one and
// nothing else, and the plan is not carried out.
func TestDoctorOfEachStatement(t *testing.T) {
	const two = crew + "[[group]]\nname = \"Spare\"\n"
	const view = "[[group.allow]]\nview = \"imvw_part\"\npermissions = [\"select\"]\n"
	both := strings.Replace(annInCrew, `"Crew"`, `"Crew", "Spare"`, 1)
	type given struct{ statement, name string }
	alterSpare, control := given{"GRANT ALTER ON ROLE::[Spare] TO [%s]", "ALTER role Spare"}, given{"GRANT CONTROL ON OBJECT::dbo.imvw_part TO [%s]", "CONTROL object imvw_part"}
	for name, tt := range map[string]struct {
		task                   grants.Task
		before, between, after string
		gives                  []given
	}{
		"GRANT":       {grants.Verify, two + annInCrew, "", two + view + annInCrew, []given{control, alterSpare}},
		"DENY":        {grants.Verify, two + annInCrew, "", two + strings.Replace(view, "allow", "deny", 1) + "reason = \"no\"\n" + annInCrew, []given{control, alterSpare}},
		"REVOKE":      {grants.Verify, two + view + annInCrew, "", two + annInCrew, []given{control, alterSpare}},
		"ADD MEMBER":  {grants.Verify, two + annInCrew, "", two + both, []given{alterSpare}},
		"DROP MEMBER": {grants.Verify, two + both, "", two + annInCrew, []given{alterSpare}},
		"several":     {grants.Verify, two + annInCrew, "", two + view + both, []given{control, alterSpare}},
		"DROP ROLE":   {grants.Verify, two + annInCrew, "", crew + annInCrew, []given{{"GRANT ALTER ANY ROLE TO [%s]", "ALTER ANY ROLE"}}},
		"RENAME ROLE": {grants.Verify, two + annInCrew, "", crew + "[[group]]\nname = \"Rest\"\nwas = \"Spare\"\n" + annInCrew, []given{alterSpare}},
		"RENAME USER": {grants.Verify, two + annInCrew, "", two + "[[user]]\nname = \"anna\"\nwas = \"ann\"\nlogin = \"ann\"\ngroups = [\"Crew\"]\nsites = [\"*\"]\n", []given{{"GRANT ALTER ANY USER TO [%s]", "ALTER ANY USER"}}},
		"DROP USER":   {grants.Look, two + annInCrew, "", two, []given{{"GRANT ALTER ANY USER TO [%s]", "ALTER ANY USER"}}},
		"CREATE USER": {grants.Look, two, "", two + annInCrew, []given{{"GRANT CONTROL TO [%s]", "CONTROL"}}},
		"CREATE ROLE": {grants.Verify, crew + annInCrew, "", two + annInCrew, []given{{"GRANT CONTROL TO [%s]", "CONTROL"}}},
		"MARK":        {grants.Verify, two, "CREATE USER ann FOR LOGIN ann", two + annInCrew, []given{{"GRANT ALTER ON USER::ann TO [%s]", "ALTER user ann"}, {"GRANT ALTER ON ROLE::[Crew] TO [%s]", "ALTER role Crew"}}},
		"CONNECT": {grants.Look, two + annInCrew, "REVOKE CONNECT FROM ann", two + annInCrew, []given{{"ALTER ROLE db_securityadmin ADD MEMBER [%s]", "membership of db_securityadmin"},
			{"GRANT IMPERSONATE ON USER::ann TO [%s]", "IMPERSONATE user ann"}}},
	} {
		for without := range len(tt.gives) {
			t.Run(fmt.Sprint(name, " without ", tt.gives[without].name), func(t *testing.T) {
				l := administered(t)
				if err := l.apply(l.policyFleet("sa", tt.before)); err != nil {
					t.Fatal(err)
				}
				if tt.between != "" {
					l.admin(tt.between)
				}
				runner := l.runner(tt.task, tt.before)
				for i, g := range tt.gives {
					if i != without {
						l.admin(fmt.Sprintf(g.statement, runner))
					}
				}
				f := l.policyFleet(runner, tt.after)
				if c := l.checkup(f, grants.Apply); c.lacks() != tt.gives[without].name || c.Ready() {
					t.Fatalf("lacks %q (%v, %v)", c.lacks(), c.Err, c.Unasked)
				}
				if err := l.attempt(f, grants.Apply); err == nil {
					t.Fatal("the plan was carried out without it")
				}
				l.admin(fmt.Sprintf(tt.gives[without].statement, runner))
				if c := l.checkup(f, grants.Apply); !c.Ready() {
					t.Fatalf("with it: lacks %s; %v", c.lacks(), c.Unasked)
				}
				if err := l.attempt(f, grants.Apply); err != nil {
					t.Errorf("with it: %v", err)
				}
			})
		}
	}
}

// TestDoctorKnowsWhatCovers: what a need is covered by meets it, and is said where
// the task does not take it.
func TestDoctorKnowsWhatCovers(t *testing.T) {
	const two = crew + "[[group]]\nname = \"Spare\"\n"
	for statement, beyond := range map[string]string{"ALTER ROLE db_securityadmin ADD MEMBER [gt_verify]": "ALTER ANY ROLE", "GRANT ALTER ANY ROLE TO [gt_verify]": "ALTER ANY ROLE",
		"ALTER ROLE db_owner ADD MEMBER [gt_verify]": "CONTROL", "USE master; ALTER SERVER ROLE sysadmin ADD MEMBER [gt_verify]": "CONTROL SERVER"} {
		l := administered(t)
		if err := l.apply(l.policyFleet("sa", two+annInCrew)); err != nil {
			t.Fatal(err)
		}
		runner := l.runner(grants.Verify, two+annInCrew)
		l.admin(statement)
		f := l.policyFleet(runner, two+strings.Replace(annInCrew, `"Crew"`, `"Spare"`, 1))
		c := l.checkup(f, grants.Apply)
		if !c.Ready() || len(c.Beyond) == 0 || c.Beyond[0].Permission != beyond {
			t.Errorf("%s: lacks %s; beyond %v", statement, c.lacks(), c.Beyond)
		}
		if err := l.attempt(f, grants.Apply); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

// TestDoctorKnowsNothing: where a rule stops the plan, or there is none, nothing is
// known of what it takes, and that is not ready.
func TestDoctorKnowsNothing(t *testing.T) {
	l := administered(t)
	f := l.policyFleet("sa", crew+annInCrew)
	none, err := f.Doctor(context.Background(), grants.Apply, time.Now, func() (*FleetPlan, error) { return nil, errors.New("no plan") })
	if err == nil || none[0].Ready() || len(none[0].Unasked) != 1 {
		t.Errorf("without a plan: %+v, %v", none, err)
	}
	l.admin("CREATE ROLE Crew")
	if c := l.checkup(f, grants.Apply); c.Ready() || len(c.Unasked) != 1 || !strings.Contains(c.Unasked[0], "a rule stops it") {
		t.Errorf("a role that is not managed: %+v", c)
	}
	if c := l.checkup(f, grants.Look); !c.Ready() {
		t.Errorf("looking takes no plan: %+v", c)
	}
}

// TestDoctorOfWhatIsHidden: what a DENY to everybody hides from the login is not
// known, and the statement that shows it stands there.
func TestDoctorOfWhatIsHidden(t *testing.T) {
	for _, task := range []grants.Task{grants.Verify, grants.Apply} {
		l := administered(t)
		f := l.policyFleet(l.runner(task, crew), crew)
		if c := l.checkup(f, task); len(c.Unasked) > 0 {
			t.Errorf("%s: %q", task, c.Unasked)
		}
		l.admin("CREATE SCHEMA side AUTHORIZATION dbo")
		l.admin("DENY VIEW DEFINITION ON SCHEMA::side TO public")
		c := l.checkup(f, task)
		if c.Ready() || !slices.ContainsFunc(c.Unasked, func(s string) bool {
			return strings.HasPrefix(s, `what the schema "side" holds: "public" is denied VIEW DEFINITION on it`) && strings.HasSuffix(s, "USE [Site]; REVOKE VIEW DEFINITION ON SCHEMA::[side] FROM [public];")
		}) {
			t.Errorf("%s: ready %v, %q", task, c.Ready(), c.Unasked)
		}
	}
}

// TestDoctorOfAnUnfitSite: a database that cannot be written is ready to be looked
// at and no more; a server of another clock is told.
func TestDoctorOfAnUnfitSite(t *testing.T) {
	l := administered(t)
	f := l.policyFleet("sa", crew+annInCrew)
	l.admin("USE master; ALTER DATABASE Site SET READ_ONLY")
	if c := l.checkup(f, grants.Apply); c.Ready() || len(c.Unfit) != 1 || !strings.Contains(c.Unfit[0], `database "Site" is read-only`) {
		t.Errorf("%+v", c)
	}
	c := l.checkup(f, grants.Look)
	if !c.Ready() || c.ClockDiffers() {
		t.Errorf("%+v", c)
	}
	out, err := f.Doctor(context.Background(), grants.Look, func() time.Time { return time.Now().Add(-time.Hour) }, nil)
	if err != nil || !out[0].ClockDiffers() || out[0].Clock < 59*time.Minute {
		t.Errorf("%v, %v", out[0].Clock, err)
	}
	old := Checkup{Standing: mssql.Standing{Version: "12.0.1"}}
	if old.unfit(grants.Look); len(old.Unfit) != 1 || !strings.Contains(old.Unfit[0], "SQL Server 12.0.1") || old.readable() {
		t.Errorf("%+v", old)
	}
}
