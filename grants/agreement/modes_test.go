package agreement

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/grants"
	"grantree/sql/mssql"
)

// TestModesOnAServer makes random sites and policies and carries out the plans of
// one mode after another, statement by statement. After each the server is asked what
// everybody may do: with add nobody loses anything, nobody ever has what they had
// neither at the beginning nor when all is done at once, and at the end it is the same
// as when all is done at once. After each mode the site as it is read has nothing left
// to do in it.
func TestModesOnAServer(t *testing.T) {
	n := max(*states/150, 1)
	if testing.Short() || os.Getenv("GRANTREE_TEST_URL") != "" {
		n = min(n, 25)
	}
	p, done := newPlay(t, 0), 0
	for i := 0; i < n && !t.Failed(); i++ {
		m := &staged{born: may{}, p: p, s: &state{conn: p.conn, base: p.base, rand: rand.New(rand.NewPCG(*seed, uint64(i))), number: i}}
		whole, err := m.play(context.Background())
		if err != nil {
			t.Errorf("site %d of seed %d: %v\n%s\nwanted:\n%s\nsent:\n%s", i, *seed, err, m.s.script, m.told(), strings.Join(m.sent, "\n"))
		}
		if whole {
			done++
		}
	}
	if !t.Failed() && done*2 < n {
		t.Errorf("%d of %d sites could be played: the draws evade the question", done, n)
	}
}

// stagedUsers are asked about: u3 is nobody of the policy, new has no user yet.
var stagedUsers = []string{"u1", "u2", "u3", "new"}

// staged is one site and policy.
type staged struct {
	p      *play
	s      *state
	wanted *grants.Wanted
	sent   []string
	born   may // what users have who are made, before anything is given to them
}

// may is who may do what, as the server says.
type may map[string]bool

// play makes the site, sees what all at once comes to, takes that back, and goes
// there one mode after another. It reports whether the policy can be carried out.
func (m *staged) play(ctx context.Context) (bool, error) {
	defer m.p.close(ctx)
	m.s.script = m.site()
	m.p.conn.ExecContext(ctx, "SET XACT_ABORT OFF; BEGIN TRANSACTION;\n"+m.s.script)
	snapshot, err := m.read(ctx)
	if err != nil {
		return false, err
	}
	m.wanted = m.policy(snapshot)
	before, err := m.asks(ctx)
	if err != nil {
		return false, err
	}
	whole := m.plan(snapshot, grants.All)
	if whole.Findings.HasErrors() {
		return false, nil
	}
	end, err := m.atOnce(ctx, whole)
	if err != nil {
		return false, err
	}
	at := before
	for _, mode := range grants.Modes {
		if snapshot, err = m.read(ctx); err != nil {
			return false, err
		}
		plan := m.plan(snapshot, mode)
		if plan.Findings.HasErrors() {
			return false, nil
		}
		m.sent = append(m.sent, "-- "+string(mode))
		if at, err = m.carryOut(ctx, mode, plan, at, before, end); err != nil {
			return false, err
		}
		if snapshot, err = m.read(ctx); err != nil {
			return false, err
		}
		if again := m.plan(snapshot, mode); !again.Empty() {
			return false, fmt.Errorf("%s leaves itself %s", mode, mssql.Render(again.Changes[0]))
		}
	}
	if what := beyond(at, end) + beyond(end, at); what != "" {
		return false, fmt.Errorf("one mode after the other comes to another end than all at once: %s", what)
	}
	return true, nil
}

// atOnce is what everybody may do when a whole plan is carried out, which is taken
// back.
func (m *staged) atOnce(ctx context.Context, plan *grants.Plan) (may, error) {
	if _, err := m.p.conn.ExecContext(ctx, "SAVE TRANSACTION whole"); err != nil {
		return nil, err
	}
	for _, c := range plan.Changes {
		if _, err := m.p.conn.ExecContext(ctx, mssql.Render(c)); err != nil {
			return nil, fmt.Errorf("%s: %w", mssql.Render(c), err)
		}
	}
	end, err := m.asks(ctx)
	if err != nil {
		return nil, err
	}
	_, err = m.p.conn.ExecContext(ctx, "ROLLBACK TRANSACTION whole")
	return end, err
}

// carryOut sends a plan, statement by statement, and returns what everybody may do
// then.
func (m *staged) carryOut(ctx context.Context, mode grants.Mode, plan *grants.Plan, at, before, end may) (may, error) {
	began := at
	for _, c := range plan.Changes {
		text := mssql.Render(c)
		m.sent = append(m.sent, text)
		if _, err := m.p.conn.ExecContext(ctx, text); err != nil {
			return nil, fmt.Errorf("%s: %w", text, err)
		}
		var err error
		if at, err = m.asks(ctx); err != nil {
			return nil, err
		}
		if c.Kind == grants.CreateUser { // begins with what public has
			for what := range at {
				m.born[what] = m.born[what] || strings.HasPrefix(what, c.Principals[0]+" ")
			}
		}
		if mode == grants.Add {
			if lost := beyond(began, at); lost != "" {
				return nil, fmt.Errorf("add has taken %s", lost)
			}
		}
		for what := range at {
			if !before[what] && !end[what] && !m.born[what] {
				return nil, fmt.Errorf("%s has given %s, which is neither there before nor at the end", mode, what)
			}
		}
		for what := range before {
			if end[what] && !at[what] {
				return nil, fmt.Errorf("%s has taken %s, which is there before and at the end", mode, what)
			}
		}
	}
	return at, nil
}

// beyond is something that a holds and b does not, or "".
func beyond(a, b may) string {
	for what := range a {
		if !b[what] {
			return what
		}
	}
	return ""
}

func (m *staged) plan(s *grants.Snapshot, mode grants.Mode) *grants.Plan {
	return grants.Diff(s, m.wanted, grants.DiffOptions{Mode: mode, Adopt: []string{"*"}, Statement: mssql.Statement})
}

func (m *staged) read(ctx context.Context) (*grants.Snapshot, error) {
	return mssql.Snapshot(ctx, m.p.conn, "agreement", "test")
}

// asks asks the server what everybody may do on each view.
func (m *staged) asks(ctx context.Context) (may, error) {
	var b strings.Builder
	b.WriteString("SET NOCOUNT ON; DECLARE @met nvarchar(max) = N'';\n")
	for _, u := range stagedUsers {
		fmt.Fprintf(&b, "IF USER_ID(N'%[1]s') IS NOT NULL BEGIN BEGIN TRY EXECUTE AS USER = '%[1]s';\n", u)
		for _, v := range playViews {
			for _, one := range catalog.All.Names() {
				fmt.Fprintf(&b, "IF HAS_PERMS_BY_NAME('%[1]s', 'OBJECT', '%[2]s') = 1 SET @met += N'%[3]s %[2]s %[1]s|';\n", v, one, u)
			}
		}
		b.WriteString("REVERT; END TRY BEGIN CATCH SET @met += N''; END CATCH; END;\n")
	}
	b.WriteString("SELECT @met;")
	var met sql.NullString
	if err := m.p.conn.QueryRowContext(ctx, b.String()).Scan(&met); err != nil {
		return nil, err
	}
	out := may{}
	for _, what := range strings.Split(strings.TrimSuffix(met.String, "|"), "|") {
		if what != "" {
			out[what] = true
		}
	}
	return out, nil
}

// site makes up what hands have made: r1 and r2 are the policy's, x is a stranger's
// role.
func (m *staged) site() string {
	s := m.s
	var b strings.Builder
	b.WriteString("CREATE ROLE x AUTHORIZATION dbo;\n")
	for range 3 + s.rand.IntN(12) {
		who := pick(s, []string{"u1", "u2", "u3", "r1", "r1", "r2", "r2", "x", "public"})
		switch {
		case s.rand.IntN(3) == 0:
			fmt.Fprintf(&b, "ALTER ROLE %s ADD MEMBER %s;\n", pick(s, []string{"r1", "r2", "x"}), pick(s, []string{"u1", "u2", "u3", "x", "r1"}))
		default:
			fmt.Fprintf(&b, "%s %s ON %s TO %s;\n", pick(s, []string{"GRANT", "GRANT", "GRANT", "DENY"}), pick(s, []string{"SELECT", "INSERT", "SELECT, UPDATE", "DELETE"}), pick(s, playViews), who)
		}
	}
	return m.p.names.Replace(b.String())
}

// policy makes up what is wanted.
func (m *staged) policy(s *grants.Snapshot) *grants.Wanted {
	w := &grants.Wanted{Site: s.Site, Collation: s.Collation}
	in := func(view string) (schema, name string) { schema, name, _ = strings.Cut(view, "."); return schema, name }
	for _, v := range playViews {
		_, name := in(v)
		w.Views = append(w.Views, name)
	}
	for _, role := range []string{"r1", "r2"} {
		w.Roles = append(w.Roles, grants.WantedRole{Name: role, Group: role})
	}
	for i, u := range []string{"u1", "u2", "new"} {
		w.Users = append(w.Users, grants.WantedUser{Name: u, Login: m.p.names.Replace(fmt.Sprintf("@%d", i+1))})
		for _, role := range []string{"r1", "r2"} {
			if m.s.rand.IntN(2) == 0 {
				w.Members = append(w.Members, grants.WantedMember{Role: role, User: u})
			}
		}
	}
	for _, who := range []string{"r1", "r2", "u1"} {
		for _, v := range playViews {
			for _, one := range catalog.All.Each() {
				state := grants.Granted
				if m.s.rand.IntN(4) == 0 {
					state = grants.Denied
				}
				if m.s.rand.IntN(3) == 0 {
					schema, name := in(v)
					w.Entries = append(w.Entries, grants.WantedEntry{Grantee: who, Schema: schema, View: name, Permission: one, State: state})
				}
			}
		}
	}
	w.Sort()
	return w
}

// told is what is wanted, for a failure.
func (m *staged) told() string {
	var out []string
	if m.wanted == nil {
		return ""
	}
	for _, x := range m.wanted.Members {
		out = append(out, x.User+" in "+x.Role)
	}
	for _, e := range m.wanted.Entries {
		out = append(out, fmt.Sprintf("%s %s %s.%s %s", e.Grantee, e.State, e.Schema, e.View, e.Permission))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}
