package conformance

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// client is one connection of a replay, which is pooled by itself.
type client struct {
	pool *sql.DB
	conn *sql.Conn
	tx   *sql.Tx // what a transaction request has begun
	db   string  // of the last request
}

// dialClient connects to a database as sa.
func dialClient(ctx context.Context, tg *target, database string) (*client, error) {
	pool, err := tg.open("", "", database)
	if err != nil {
		return nil, err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return &client{pool: pool, conn: conn, db: database}, nil
}

// close ends the connection, if there is one. The server ends what it has begun.
func (c *client) close() {
	if c.pool == nil {
		return
	}
	if c.tx != nil {
		c.tx.Rollback()
	}
	c.conn.Close()
	c.pool.Close()
}

// send sends a batch or a transaction request.
func (c *client) send(ctx context.Context, q request) (o outcome, err error) {
	if c.conn == nil {
		return o, fmt.Errorf("not connected")
	}
	if q.Reset {
		if err := c.reset(ctx); err != nil {
			return o, err
		}
	}
	if q.DB != c.db {
		if err := c.moved(ctx, q.DB); err != nil {
			return o, err
		}
	}
	if q.TM == "" {
		return ask(ctx, c.conn, q.Text)
	}
	if err := c.transaction(ctx, q.TM); err != nil {
		return o, o.fail(err)
	}
	return o, nil
}

// reset gives the connection back to its pool and takes it again, so that the next request carries the reset.
func (c *client) reset(ctx context.Context) (err error) {
	if c.tx != nil {
		c.tx.Rollback()
		c.tx = nil
	}
	if err := c.conn.Close(); err != nil {
		return err
	}
	c.conn, err = c.pool.Conn(ctx)
	return err
}

// moved holds the connection to the database that the trace says it is in.
func (c *client) moved(ctx context.Context, database string) error {
	c.db = database
	o, err := ask(ctx, c.conn, "SELECT DB_NAME()")
	if err == nil && (len(o.sets) != 1 || len(o.sets[0]) != 1 || o.sets[0][0] != cell(database)) {
		err = fmt.Errorf("the connection is in %v, not in %q", o.sets, database)
	}
	return err
}

// transaction is a request to the transaction manager.
func (c *client) transaction(ctx context.Context, kind string) (err error) {
	tx := c.tx
	switch {
	case kind == "begin":
		c.tx, err = c.conn.BeginTx(context.WithoutCancel(ctx), nil)
		return err
	case tx == nil:
		return fmt.Errorf("%s without a transaction", kind)
	case kind == "commit":
		c.tx = nil
		return tx.Commit()
	case kind == "rollback":
		c.tx = nil
		return tx.Rollback()
	}
	return fmt.Errorf("%q is no transaction request", kind)
}
