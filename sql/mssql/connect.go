package mssql

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/microsoft/go-mssqldb/msdsn"
)

// Address is where a site is and as whom to enter it. The password is kept
// apart from the URL so that an address can be printed.
type Address struct {
	URL        string // sqlserver://host:port?encrypt=true, no credentials
	User       string
	Password   string
	Integrated bool // the operating system's account instead of User
	Database   string
	App        string // what the server calls the connection; "grantree" unless said otherwise
}

// App is what a server calls a connection of grantree's, and how the names of
// those begin that it keeps for something.
const App = "grantree"

// String prints the address without its password, and without what might be
// one: it repeats of the URL what is known to be harmless.
func (a Address) String() string { return fmt.Sprintf("%s database %q", shown(a.URL), a.Database) }

// GoString keeps the password out of %#v.
func (a Address) GoString() string { return a.String() }

// dialTimeout bounds one attempt to connect: longer is a server that is away.
const dialTimeout = 15 * time.Second

// Open prepares a pool of connections to one database. Nothing is sent until
// it is used. What the URL leaves open is encrypted, with a server whose
// certificate is checked. The error speaks of the address only, never of the
// password.
func Open(a Address) (*sql.DB, error) {
	c, err := connectorOf(a)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(c), nil
}

// connectorOf makes connections to an address.
func connectorOf(a Address) (connector, error) {
	config, err := configOf(a)
	if err != nil {
		return connector{}, err
	}
	if !a.Integrated {
		config.User, config.Password = a.User, a.Password
	}
	return connector{inner: dialer{config}, limit: max(loginTimeout, config.DialTimeout+dialTimeout)}, nil
}

// loginTimeout bounds an attempt to connect and log in.
const loginTimeout = 30 * time.Second

// connector ends an attempt to connect and log in with its context, and after a
// limit. The driver's own heeds neither once the socket is open, nor while it
// looks the host's name up: a server that hangs would keep everybody waiting.
type connector struct {
	inner sqldriver.Connector
	limit time.Duration
}

// Connect returns a connection, the driver's error, a *NoAnswerError where the
// limit is over, or the context's error.
func (c connector) Connect(ctx context.Context) (sqldriver.Conn, error) {
	within, cancel := context.WithTimeoutCause(ctx, c.limit, &NoAnswerError{After: c.limit})
	type made struct {
		conn sqldriver.Conn
		err  error
	}
	done := make(chan made, 1)
	go func() {
		conn, err := c.inner.Connect(within)
		done <- made{conn, err}
	}()
	select {
	case m := <-done:
		cancel()
		return m.conn, m.err
	case <-within.Done():
		go func() { // whoever is let in after all leaves
			defer cancel()
			if m := <-done; m.err == nil {
				m.conn.Close()
			}
		}()
		return nil, context.Cause(within)
	}
}

// Driver is the driver itself.
func (c connector) Driver() sqldriver.Driver { return c.inner.Driver() }

// NoAnswerError says that a server did not let anybody in, nor refuse it.
type NoAnswerError struct{ After time.Duration }

func (e *NoAnswerError) Error() string { return fmt.Sprintf("no answer within %s", e.After) }

// configOf is what the driver makes of an address, without credentials.
func configOf(a Address) (msdsn.Config, error) {
	u, err := url.Parse(a.URL)
	if err != nil || u.Scheme != "sqlserver" || u.Host == "" {
		return msdsn.Config{}, fmt.Errorf("server url %q: want sqlserver://host:port?option=value", shown(a.URL))
	}
	q := u.Query()
	q.Set("database", a.Database)
	setDefault(q, "encrypt", "true")
	if a.App != "" {
		q.Set("app name", a.App)
	}
	setDefault(q, "app name", App)
	setDefault(q, "dial timeout", strconv.Itoa(int(dialTimeout.Seconds())))
	u.RawQuery = q.Encode()
	u.User = nil
	config, err := msdsn.Parse(u.String())
	if err != nil {
		return msdsn.Config{}, fmt.Errorf("server url %q has an option that the driver does not take: %s", shown(a.URL), withoutValues(err))
	}
	return config, nil
}

// setDefault sets an option that the URL leaves open, in whatever case.
func setDefault(q url.Values, key, value string) {
	for k := range q {
		if strings.EqualFold(k, key) {
			return
		}
	}
	q.Set(key, value)
}

// withoutValues is a driver's complaint about an option up to what it quotes of
// the url, and why a file could not be read.
func withoutValues(err error) string {
	said := err.Error()
	if i := strings.IndexAny(said, "'\""); i >= 0 {
		said = strings.TrimRight(said[:i], " :")
	}
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		said += ": " + pe.Err.Error()
	}
	return said
}

// WithConn lends one connection of a pool. After an error it is thrown away,
// never reused: a transaction or an impersonation may be open on it, and the
// driver waits for ever on a connection whose answer was not read to its end.
func WithConn(ctx context.Context, db *sql.DB, do func(*sql.Conn) error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := do(conn); err != nil {
		Discard(conn) // the server rolls back
		return err
	}
	return nil
}
