package conformance

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"grantree/sql/tsql"
)

// world is what a case works on: a database with its users, the logins, and who is connected.
type world struct {
	target *target
	file   *file
	names  map[string]string // what a name of the story is called on the server
	sa     *sql.Conn
	conns  map[string]*sql.Conn // by login, number and database
	pool   map[string]*sql.DB   // likewise
	begun  map[string]chan result
}

// result is what came of a batch that was started.
type result struct {
	outcome outcome
	err     error
}

// password is that of every login that a story has made.
const password = "Str0ng-Enough!"

// newWorld makes the databases, logins and users of a story and runs its setups.
func newWorld(ctx context.Context, tg *target, f *file) (*world, error) {
	w := &world{target: tg, file: f, names: map[string]string{}, conns: map[string]*sql.Conn{}, pool: map[string]*sql.DB{}, begun: map[string]chan result{}}
	suffix := fmt.Sprintf("_%08x", rand.Uint32())
	w.names["db"] = "conf" + suffix
	for _, name := range append(append(append([]string(nil), f.databases...), f.logins...), f.users...) {
		w.names[name] = name + suffix
	}
	var err error
	if w.sa, err = w.dial(ctx, "the builder", "", "", "master"); err != nil {
		return nil, err
	}
	if err := w.build(ctx); err != nil {
		w.raze(ctx)
		return nil, err
	}
	return w, nil
}

// build makes what the story asks for.
func (w *world) build(ctx context.Context) error {
	var script []string
	for _, db := range append([]string{"db"}, w.file.databases...) {
		script = append(script, "CREATE DATABASE "+tsql.Quote(w.names[db]))
	}
	for _, login := range append(append([]string(nil), w.file.logins...), w.file.users...) {
		script = append(script, "CREATE LOGIN "+tsql.Quote(w.names[login])+" WITH PASSWORD = "+tsql.QuoteString(password)+", CHECK_POLICY = OFF")
	}
	if err := w.must(ctx, script...); err != nil {
		return err
	}
	if err := w.use(ctx, "db"); err != nil {
		return err
	}
	for _, user := range w.file.users {
		if err := w.must(ctx, "CREATE USER "+tsql.Quote(user)+" FOR LOGIN "+tsql.Quote(w.names[user])); err != nil {
			return err
		}
	}
	return w.setUp(ctx)
}

// setUp runs the setups.
func (w *world) setUp(ctx context.Context) error {
	for _, s := range w.file.setups {
		if err := w.use(ctx, s.database); err != nil {
			return err
		}
		if err := w.script(ctx, w.say(s.text)); err != nil {
			return fmt.Errorf("%s:%d: %w", w.file.name, s.line, err)
		}
	}
	return w.use(ctx, "db")
}

// script runs batches of sa, divided by GO, that may not fail.
func (w *world) script(ctx context.Context, text string) error {
	batches, err := tsql.SplitScript(text)
	for i := 0; err == nil && i < len(batches); i++ {
		err = w.must(ctx, batches[i].Text)
	}
	return err
}

// use leads sa to a database of the story.
func (w *world) use(ctx context.Context, database string) error {
	return w.must(ctx, "USE "+tsql.Quote(w.called(database)))
}

// must runs batches of sa that may not fail.
func (w *world) must(ctx context.Context, batches ...string) error {
	for _, text := range batches {
		o, err := ask(ctx, w.sa, text)
		if err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
		if len(o.errors) > 0 {
			return fmt.Errorf("%s: %v", text, o.errors)
		}
	}
	return nil
}

// raze removes what the story made. A server that keeps some of it is a nuisance, not a failure of the case.
func (w *world) raze(ctx context.Context) {
	if w.sa != nil {
		w.must(ctx, "IF @@TRANCOUNT > 0 ROLLBACK", "USE master")
	}
	for key := range w.conns {
		if w.conns[key] != w.sa {
			w.drop(key)
		}
	}
	if w.sa != nil {
		for _, name := range append([]string{"db"}, w.file.databases...) {
			db := tsql.Quote(w.names[name])
			w.must(ctx, "IF DB_ID("+tsql.QuoteString(w.names[name])+") IS NOT NULL ALTER DATABASE "+db+" SET SINGLE_USER WITH ROLLBACK IMMEDIATE", "DROP DATABASE "+db)
		}
		for _, login := range append(append([]string(nil), w.file.logins...), w.file.users...) {
			w.gone(ctx, "original_login_name = "+tsql.QuoteString(w.names[login]))
			w.must(ctx, "DROP LOGIN "+tsql.Quote(w.names[login]))
		}
	}
	for key := range w.conns {
		w.drop(key)
	}
}

// drop closes a connection.
func (w *world) drop(key string) {
	w.conns[key].Close()
	w.pool[key].Close()
	delete(w.conns, key)
	delete(w.pool, key)
}

// hangUp closes a connection and waits until the server has noticed.
func (w *world) hangUp(ctx context.Context, key string) error {
	conn := w.conns[key]
	if conn == nil {
		return fmt.Errorf("%q is not connected", key)
	}
	var spid int
	if err := conn.QueryRowContext(ctx, "SELECT CAST(@@SPID AS int)").Scan(&spid); err != nil {
		return err
	}
	w.drop(key)
	return w.gone(ctx, fmt.Sprintf("session_id = %d", spid))
}

// reset gives a connection back to its pool and takes it out again, which makes the driver ask for a reset with the next
// request.
func (w *world) reset(ctx context.Context, key string) error {
	conn := w.conns[key]
	if conn == nil {
		return fmt.Errorf("%q is not connected", key)
	}
	if err := conn.Close(); err != nil {
		return err
	}
	again, err := w.pool[key].Conn(ctx)
	if err == nil {
		w.conns[key] = again
	}
	return err
}

// gone waits until no session is left that a condition describes, within reason.
func (w *world) gone(ctx context.Context, condition string) error {
	for range 200 {
		o, err := ask(ctx, w.sa, "SELECT COUNT(*) FROM sys.dm_exec_sessions WHERE "+condition)
		if err != nil {
			return err
		}
		if len(o.sets) == 1 && o.sets[0][0] == "0" {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("a session stays where %s", condition)
}

// connect returns the connection of a login, "bob" or "bob#2", to a database: the one that it has, or a new one.
func (w *world) connect(ctx context.Context, who, database string) (*sql.Conn, error) {
	key := who + " " + database
	if c := w.conns[key]; c != nil {
		return c, nil
	}
	login, _, _ := strings.Cut(who, "#")
	name, pass := w.called(login), password
	if login == "sa" {
		name, pass = "", ""
	}
	return w.dial(ctx, key, name, pass, w.called(database))
}

// dial opens a connection and keeps it under a key.
func (w *world) dial(ctx context.Context, key, login, pass, database string) (*sql.Conn, error) {
	db, err := w.target.open(login, pass, database)
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	w.conns[key], w.pool[key] = conn, db
	return conn, nil
}

// called is the name on the server of a name of the story.
func (w *world) called(name string) string {
	if real, ok := w.names[name]; ok {
		return real
	}
	return w.say(name)
}

// say fills in the names of the server.
func (w *world) say(text string) string {
	for name, real := range w.names {
		text = strings.ReplaceAll(text, "{"+name+"}", real)
	}
	return text
}

// sayAll fills in the names of an expectation.
func (w *world) sayAll(o outcome) outcome {
	var out outcome
	for _, set := range o.sets {
		rows := make([]string, len(set))
		for i, r := range set {
			rows[i] = w.say(r)
		}
		out.sets = append(out.sets, rows)
	}
	out.columns = o.columns
	out.errors, out.messages = w.sayNotices(o.errors), w.sayNotices(o.messages)
	return out
}

func (w *world) sayNotices(list []notice) []notice {
	var out []notice
	for _, n := range list {
		n.text = w.say(n.text)
		out = append(out, n)
	}
	return out
}
