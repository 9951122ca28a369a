package sandbox

import (
	"slices"
	"strings"
	"time"

	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// createDatabase is CREATE DATABASE.
func (x *run) createDatabase(st *tsql.CreateDatabase) error {
	spec := security.DatabaseSpec{Name: st.Name.Value, Collation: st.Collation}
	if st.Containment == "PARTIAL" {
		spec.Containment = 1
	}
	for _, o := range st.Options {
		switch o.Name {
		case "TRUSTWORTHY":
			spec.Trustworthy = o.Value == "ON"
		case "DB_CHAINING":
			spec.Chaining = o.Value == "ON"
		default:
			return unsupportedOption(o.Name)
		}
	}
	return x.s.write(func(work *security.Server) error { return work.CreateDatabase(x.who(), spec) })
}

// alterDatabase is ALTER DATABASE.
func (x *run) alterDatabase(st *tsql.AlterDatabase) error {
	name := st.Name.Value
	if st.Current {
		name = x.s.databaseName()
	}
	change, err := databaseChange(st)
	if err != nil {
		return err
	}
	if err := x.clearDatabase(name, change, st.Termination); err != nil {
		return err
	}
	err = x.s.write(func(work *security.Server) error { return work.AlterDatabase(x.who(), name, change) })
	if err != nil {
		return err
	}
	x.leaveOffline()
	return nil
}

// leaveOffline moves the session to master when its database is gone.
func (x *run) leaveOffline() {
	s := x.s
	d := s.database(s.state())
	if d != nil && d.Settings.State == security.Online {
		return
	}
	if next, err := s.state().Enter(s.at(), "master"); err == nil {
		from := ""
		if d != nil {
			from = d.Name
		}
		s.context = next
		s.out.DatabaseChanged("master", from)
	}
}

// databaseChange is an ALTER DATABASE as the security state takes it.
func databaseChange(st *tsql.AlterDatabase) (security.DatabaseChange, error) {
	c := security.DatabaseChange{Name: pointer(st.NewName)}
	if st.Collation != "" {
		c.Collation = &st.Collation
	}
	for _, o := range st.Options {
		if err := databaseOption(&c, o); err != nil {
			return c, err
		}
	}
	return c, nil
}

// databaseOption is one option of ALTER DATABASE … SET.
func databaseOption(c *security.DatabaseChange, o tsql.DatabaseOption) error {
	on, readOnly, partial := o.Value == "ON", o.Name == "READ_ONLY", map[string]int{"PARTIAL": 1}[o.Value]
	state, isState := map[string]security.DatabaseState{"ONLINE": security.Online, "OFFLINE": security.Offline, "EMERGENCY": security.Emergency}[o.Name]
	access, isAccess := map[string]security.UserAccess{"MULTI_USER": security.MultiUser, "SINGLE_USER": security.SingleUser, "RESTRICTED_USER": security.RestrictedUser}[o.Name]
	recovery, isRecovery := map[string]int{"FULL": 1, "BULK_LOGGED": 2, "SIMPLE": 3}[o.Value]
	onOff := map[string]**bool{
		"TRUSTWORTHY": &c.Trustworthy, "DB_CHAINING": &c.Chaining, "AUTO_CLOSE": &c.AutoClose,
		"ALLOW_SNAPSHOT_ISOLATION": &c.Snapshot, "READ_COMMITTED_SNAPSHOT": &c.RCSI,
	}
	switch {
	case isState:
		c.State = &state
	case isAccess:
		c.UserAccess = &access
	case readOnly || o.Name == "READ_WRITE":
		c.ReadOnly = &readOnly
	case onOff[o.Name] != nil:
		*onOff[o.Name] = &on
	case o.Name == "RECOVERY" && isRecovery:
		c.Recovery = &recovery
	case o.Name == "RECOVERY":
		return unsupportedOption(o.Value)
	case o.Name == "CONTAINMENT":
		c.Containment = &partial
	default:
		return unsupportedOption(o.Name)
	}
	return nil
}

// clearDatabase gets the other sessions out of a database that goes offline, read-only or single-user: at once with
// ROLLBACK IMMEDIATE, never with NO_WAIT, else it waits for them to leave.
func (x *run) clearDatabase(name string, c security.DatabaseChange, termination string) error {
	alone := c.State != nil && *c.State == security.Offline || c.UserAccess != nil && *c.UserAccess == security.SingleUser || c.ReadOnly != nil
	d := x.state.DatabaseNamed(name)
	if d == nil || !x.mayAlter(d) {
		return nil
	}
	throws := strings.HasPrefix(termination, "ROLLBACK")
	taken := x.s.srv.alone(x.state, d.ID, x.s) != nil
	if taken && !throws {
		return tds.Errors{refuse(5064, d.Name), refuse(5069)}
	}
	if !alone && !taken {
		return nil
	}
	if throws {
		for _, other := range x.s.srv.sessionsIn(d.ID, x.s) {
			other.kill()
		}
	}
	for len(x.s.srv.sessionsIn(d.ID, x.s)) > 0 {
		if termination == "NO_WAIT" {
			return tds.Errors{refuse(5070, d.Name), refuse(5069)}
		}
		if err := x.s.sleep(5 * time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// mayAlter reports whether ALTER DATABASE will be allowed, so that nobody is thrown out by one who may not.
func (x *run) mayAlter(d *security.Database) bool {
	return x.check().Can(security.Securable{Class: security.ClassDatabase, Database: d.ID, ID: d.ID}, "ALTER")
}

// dropDatabases is DROP DATABASE.
func (x *run) dropDatabases(st *tsql.DropDatabase) error {
	for _, name := range st.Names {
		var objects []*security.Object
		err := x.s.write(func(work *security.Server) error {
			d := work.DatabaseNamed(name.Value)
			x.s.note(true)
			used := d != nil && len(x.s.srv.sessionsIn(d.ID, nil)) > 0
			if d != nil {
				objects = d.Objects()
			}
			if err := work.DropDatabase(x.who(), name.Value, st.IfExists, used); err != nil {
				return err
			}
			return x.s.dropRows(objects...)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// dropRows takes the rows of tables away.
func (s *session) dropRows(objects ...*security.Object) error {
	for _, o := range objects {
		st, ok := o.Storage.(*tableStorage)
		if !ok || !st.stored {
			continue
		}
		if err := s.beginRows(); err != nil {
			return err
		}
		if err := s.sqlite(st.rows.ClearSQL()); err != nil {
			return err
		}
	}
	return nil
}

// alone refuses a database in SINGLE_USER that another session is in (924).
func (s *Server) alone(st *security.Server, database int, session *session) error {
	d := st.Database(database)
	if d != nil && d.Settings.UserAccess == security.SingleUser && len(s.sessionsIn(database, session)) > 0 {
		return refuse(924, d.Name)
	}
	return nil
}

// sessionsIn are the other sessions whose current database is one, or that of a text or a context to which they go back.
func (s *Server) sessionsIn(database int, except *session) []*session {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*session
	for _, other := range s.sessions {
		other.mu.Lock()
		in := other.status.Database == database || slices.Contains(other.status.Around, database)
		other.mu.Unlock()
		if in && other != except {
			out = append(out, other)
		}
	}
	return out
}
