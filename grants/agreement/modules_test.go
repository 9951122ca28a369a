package agreement

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/sql/mssql"
	"grantree/sql/tsql"
)

var moduleStates = flag.Int("modules", 100, "how many random states with modules to compare")

// TestRandomModules makes random procedures and functions, over views, tables and one
// another, that run as their caller, their owner or somebody, owners, grants and denies.
// As some of the users it runs each, and does to each view what it may: whatever
// somebody gets at by a module explain says, whatever explain says they do get, and
// the judge names who may run what cannot be read.
func TestRandomModules(t *testing.T) {
	n, workers := *moduleStates, max(runtime.GOMAXPROCS(0), 1)
	if os.Getenv("GRANTREE_TEST_URL") != "" {
		workers = 1
	}
	var by, refused, dynamic atomic.Int64
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			p := newModulePlay(t, w)
			for i := w; i < n && !t.Failed(); i += workers {
				x := &moduleState{state: &state{conn: p.conn, rand: rand.New(rand.NewPCG(*seed, uint64(i))), number: i}, by: &by, refused: &refused, dynamic: &dynamic}
				if err := x.compare(); err != nil {
					t.Errorf("state %d of seed %d: %v\n%s", i, *seed, err, x.script)
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d times a module was the way, %d runs were refused, %d could not be read", by.Load(), refused.Load(), dynamic.Load())
	if !t.Failed() && n >= 100 && (int(by.Load()) < n/10 || int(refused.Load()) < n || dynamic.Load() == 0) {
		t.Error("the states show too little")
	}
}

// newModulePlay is the stage of one worker, with logins for its users.
func newModulePlay(t *testing.T, worker int) *play {
	address, stop := server(t)
	t.Cleanup(stop)
	prefix := fmt.Sprintf("gt_modules_%d_%d", os.Getpid(), worker)
	db, err := mssql.Open(address)
	check(t, err)
	conn, err := db.Conn(context.Background())
	check(t, err)
	setup, end, names := "", "USE master; DROP DATABASE "+tsql.Quote(prefix)+";", []string{}
	for i := range moduleUsers {
		login := prefix + fmt.Sprint(i+1)
		names = append(names, fmt.Sprint("@", i+1), login)
		setup += "CREATE LOGIN " + login + " WITH PASSWORD = N'aA1!kj3lkJ2lkj', CHECK_POLICY = OFF;\n"
		end += "DROP LOGIN " + login + ";"
	}
	batches, err := tsql.SplitScript(setup + "CREATE DATABASE " + tsql.Quote(prefix) + ";\nGO\nUSE " + tsql.Quote(prefix) + ";\nGO\n" + strings.NewReplacer(names...).Replace(moduleStage))
	check(t, err)
	for _, b := range batches {
		_, err := conn.ExecContext(context.Background(), b.Text)
		check(t, err)
	}
	t.Cleanup(func() {
		conn.ExecContext(context.Background(), end)
		conn.Close()
		db.Close()
	})
	return &play{conn: conn, database: prefix}
}

// moduleState is one random state.
type moduleState struct {
	*state
	all                  []made
	by, refused, dynamic *atomic.Int64

	snapshot *grants.Snapshot
	inquiry  *grants.Inquiry
	judged   grants.Judgement
	met      map[string]outcome // by user and statement
}

// outcome is what a statement met: 0, or the number and the text of an error.
type outcome struct {
	number int
	text   string
}

func (x *moduleState) compare() error {
	ctx := context.Background()
	defer x.conn.ExecContext(ctx, "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION")
	x.all = makeModules(x.state)
	if _, err := x.conn.ExecContext(ctx, "SET XACT_ABORT OFF; BEGIN TRANSACTION;"); err != nil {
		return err
	}
	for _, m := range x.all {
		x.script += m.text + ";\n"
		if _, err := x.conn.ExecContext(ctx, m.text); err != nil {
			return fmt.Errorf("%s: %w", m.text, err)
		}
	}
	rights := moduleRights(x.state, x.all)
	x.script += rights
	x.conn.ExecContext(ctx, rights)
	var err error
	if x.snapshot, err = mssql.Snapshot(ctx, x.conn, "agreement", "test"); err != nil {
		return err
	}
	wanted := &grants.Wanted{Views: slices.Clone(moduleViews)}
	for _, m := range x.all {
		if m.kind == "V" {
			wanted.Views = append(wanted.Views, m.name)
		}
	}
	x.inquiry = grants.Inquire(x.snapshot, wanted, grants.Acceptance{})
	x.judged = grants.Judge(x.snapshot, wanted, grants.Acceptance{}, nil)
	if err := x.observe(ctx); err != nil {
		return err
	}
	var out []error
	for _, u := range moduleUsers {
		out = append(out, x.direct(u), x.byModules(u))
	}
	return errors.Join(append(out, x.read())...)
}

// statements are what everybody tries.
func (x *moduleState) statements() []string {
	var out []string
	for _, m := range x.all {
		out = append(out, m.try())
	}
	for _, v := range moduleViews {
		out = append(out, does("SELECT", v), does("UPDATE", v))
	}
	return out
}

// observe tries every statement as every user.
func (x *moduleState) observe(ctx context.Context) error {
	x.met = map[string]outcome{}
	var b strings.Builder
	b.WriteString("SET XACT_ABORT OFF;\nSET NOCOUNT ON;\nDECLARE @n int, @met nvarchar(max) = N'';\n")
	for _, u := range moduleUsers {
		fmt.Fprintf(&b, "EXECUTE AS USER = '%s';\n", u)
		for _, s := range x.statements() {
			fmt.Fprintf(&b, "BEGIN TRY %s; SET @met += N'0 |'; END TRY BEGIN CATCH SET @met += CONCAT(ERROR_NUMBER(), N' ', ERROR_MESSAGE(), N'|'); END CATCH;\n", s)
		}
		b.WriteString("REVERT;\n")
	}
	b.WriteString("SELECT @met;\n")
	var met string
	if err := x.conn.QueryRowContext(ctx, b.String()).Scan(&met); err != nil {
		return err
	}
	outcomes := strings.Split(strings.TrimSuffix(met, "|"), "|")
	if len(outcomes) != len(moduleUsers)*len(x.statements()) {
		return fmt.Errorf("%d of %d statements ran: %s", len(outcomes), len(moduleUsers)*len(x.statements()), met)
	}
	for i, text := range outcomes {
		o := outcome{text: text}
		if _, err := fmt.Sscan(text, &o.number); err != nil {
			return fmt.Errorf("outcome %q: %w", text, err)
		}
		if !slices.Contains([]int{0, 229, 230, 15517}, o.number) {
			return fmt.Errorf("%s met %s", x.statements()[i%len(x.statements())], text)
		}
		x.met[moduleUsers[i/len(x.statements())]+" "+x.statements()[i%len(x.statements())]] = o
	}
	return nil
}

// direct holds what a user may do to the views to what they met.
func (x *moduleState) direct(u string) error {
	var out []error
	for _, v := range moduleViews {
		for _, p := range []catalog.Permissions{catalog.Select, catalog.Update} {
			d := x.inquiry.Explain(u, v, p)
			met := x.met[u+" "+does(p.String(), v)]
			acts := d.Has("impersonate")
			if d.Allowed != grants.NotVerified && !acts && (met.number == 0) != (d.Allowed == grants.Yes) {
				out = append(out, fmt.Errorf("%s %s %s met %q, and the model says that they %s:\n%s", u, p, v, met.text, d.Allowed, reasons(d)))
			}
		}
	}
	for _, m := range x.all {
		d := x.inquiry.Explain(u, m.name, catalog.Select)
		if met := x.met[u+" "+m.try()]; m.kind == "V" && d.Allowed != grants.NotVerified && !d.Has("impersonate") && (met.number == 0) != (d.Allowed == grants.Yes) {
			out = append(out, fmt.Errorf("%s SELECT %s met %q, and the model says that they %s:\n%s", u, m.name, met.text, d.Allowed, reasons(d)))
		}
	}
	return errors.Join(out...)
}

// byModules holds what explain says of modules to what running them met.
func (x *moduleState) byModules(u string) error {
	var out []error
	for _, m := range x.all {
		if m.kind == "V" { // direct's
			continue
		}
		target, dynamic := m.at(x.all)
		met := x.met[u+" "+m.try()]
		if met.number != 0 {
			x.refused.Add(1)
		}
		p, err := catalog.ParsePermission(m.does)
		if err != nil {
			return err
		}
		for _, v := range moduleViews {
			d := x.inquiry.Explain(u, v, p)
			named := slices.ContainsFunc(d.Because, func(r grants.Reason) bool {
				return r.Kind == "module" && r.Via[0] == m.name && strings.Contains(r.Text, "reaches") && !strings.Contains(r.Text, "by EXECUTE AS")
			})
			listed := d.Allowed != grants.No || slices.ContainsFunc(d.Because, func(r grants.Reason) bool { return r.Kind == "module" && r.Via[0] == m.name })
			switch {
			case met.number != 0 && named:
				out = append(out, fmt.Errorf("%s met %q by %s, and explain says that they get %s %s by it:\n%s", u, met.text, m.try(), p, v, reasons(d)))
			case met.number == 0 && !dynamic && shows(target, v) && !listed:
				out = append(out, fmt.Errorf("%s gets %s %s by %s, and explain does not say so:\n%s", u, p, v, m.try(), reasons(d)))
			case met.number == 0 && named:
				x.by.Add(1)
			}
		}
	}
	return errors.Join(out...)
}

// shows reports whether what a module is about is a view, or has its data.
func shows(target, view string) bool {
	stand := map[string][]string{"dbo.v1": {"dbo.v1", "dbo.t1"}, "app.v3": {"app.v3", "dbo.v1", "dbo.t1"}, "app.v2": {"app.v2", "app.t2"}}
	over := map[string][]string{"dbo.v1": {"dbo.v1", "dbo.t1"}, "app.v3": {"app.v3", "dbo.v1", "dbo.t1"}, "app.v2": {"app.v2", "app.t2"}, "dbo.x": {"app.t2"}, "dbo.t1": {"dbo.t1"}, "app.t2": {"app.t2"}}
	return slices.ContainsFunc(over[target], func(x string) bool { return slices.Contains(stand[view], x) })
}

// read holds what is dynamic to be known, and who may run it to be named.
func (x *moduleState) read() error {
	var out []error
	for _, m := range x.all {
		if m.kind == "V" {
			continue
		}
		_, name, _ := strings.Cut(m.name, ".")
		i := slices.IndexFunc(x.snapshot.Objects, func(o grants.Object) bool { return o.Name == name })
		if i < 0 || x.snapshot.Objects[i].Dynamic != m.dynamic {
			out = append(out, fmt.Errorf("%s is not read as it was made", m.name))
			continue
		}
		for _, u := range moduleUsers {
			said := slices.ContainsFunc(slices.Concat(x.judged.Unverified, x.judged.Notes), func(f finding.Finding) bool {
				return (f.Code == finding.ModuleNotVerified || f.Code == finding.Module) && strings.Contains(f.Message, m.name) && strings.Contains(f.Message, fmt.Sprintf("%q", u))
			})
			target, _ := m.at(x.all)
			met := x.met[u+" "+m.try()]
			itself := met.number == 229 && strings.Contains(met.text, "object '"+name+"'")
			owner := x.someones(name) || m.kind == "SN" && x.someones(m.over[strings.Index(m.over, ".")+1:])
			switch {
			case m.dynamic && !itself && !said && !owner:
				out = append(out, fmt.Errorf("%s may run %s, which cannot be read, and nobody says so: met %q", u, m.name, met.text))
			case met.number == 0 && !said && !owner && slices.ContainsFunc(moduleViews, func(v string) bool { return shows(target, v) }):
				out = append(out, fmt.Errorf("%s may run %s, which reaches %s, and nobody says so: %v", u, m.name, target, x.judged.Notes))
			case m.dynamic && said:
				x.dynamic.Add(1)
			}
		}
	}
	return errors.Join(out...)
}

// someones reports whether an object belongs to somebody other than dbo, of whom
// nobody says that they may run it.
func (x *moduleState) someones(name string) bool {
	return slices.ContainsFunc(x.snapshot.Objects, func(o grants.Object) bool { return o.Name == name && o.Owner != grants.DboID })
}
