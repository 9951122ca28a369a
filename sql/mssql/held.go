package mssql

import (
	"context"
	"database/sql"
	_ "embed" // the query files
	"fmt"

	"grantree/grants"
)

//go:embed queries/held.sql
var heldQuery string

//go:embed queries/held_settled.sql
var settledPrelude string

// Held reads who can enter a site, in one round trip: the part of a snapshot
// that is about accounts. It has no views, and of the permissions only those to
// connect. settled waits first until no change is under way in the site.
func Held(ctx context.Context, q Querier, site, server string, settled bool) (*grants.Snapshot, error) {
	batch := snapshotPrelude + heldQuery
	if settled {
		batch = settledPrelude + heldQuery + "COMMIT TRANSACTION;\n"
	}
	return readHeld(ctx, q, batch, site, server)
}

// readHeld sends a batch whose result sets are those of held.sql.
func readHeld(ctx context.Context, q Querier, batch, site, server string) (*grants.Snapshot, error) {
	s := &grants.Snapshot{Site: site, Server: server}
	err := readSets(ctx, q, batch, []resultSet{
		{"database", func(r *sql.Rows) error { return readHeldDatabase(r, s) }},
		recordsOf("principals", s, readPrincipal), recordsOf("members", s, readMember), recordsOf("permissions", s, readPermission),
		recordsOf("logins", s, readLogin), recordsOf("server members", s, readServerMember), recordsOf("server permissions", s, readServerPermission),
	})
	switch {
	case err != nil:
		return nil, err
	case s.Database == "":
		return nil, fmt.Errorf("database: the server did not say which database this is")
	}
	for _, u := range Hidden(s) { // who is not seen cannot be counted
		return nil, &ServerError{Sentence: fmt.Sprintf("%s in database %q cannot be counted: %s", u.What, s.Database, u.Why)}
	}
	return s, nil
}

// resultSet is one result set of a batch and who reads its rows.
type resultSet struct {
	name string
	read func(*sql.Rows) error
}

// recordsOf is a result set each row of which becomes part of a snapshot.
func recordsOf(name string, s *grants.Snapshot, read func(*record, *grants.Snapshot)) resultSet {
	r := &record{}
	return resultSet{name, func(rows *sql.Rows) error {
		if err := r.scan(rows); err != nil {
			return err
		}
		read(r, s)
		return r.err
	}}
}

// readSets sends a batch and reads its result sets, each row by its reader.
func readSets(ctx context.Context, q Querier, batch string, sets []resultSet, args ...any) error {
	rows, err := q.QueryContext(ctx, batch, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for i, set := range sets {
		if i > 0 && !rows.NextResultSet() {
			if err := rows.Err(); err != nil {
				return fmt.Errorf("%s: %w", set.name, err)
			}
			return fmt.Errorf("%s: the server sent %d of %d result sets", set.name, i, len(sets))
		}
		for rows.Next() {
			if err := set.read(rows); err != nil {
				return fmt.Errorf("%s: %w", set.name, err)
			}
		}
		if err := rows.Err(); err != nil {
			return fmt.Errorf("%s: %w", set.name, err)
		}
	}
	for rows.NextResultSet() { // the error after a set comes once its rows were read
		for rows.Next() {
		}
	}
	return rows.Err()
}

// readOne sends one batch and reads its one row. Unlike QueryRow it reads the answer
// to its end: to close one early costs a round trip.
func readOne(ctx context.Context, q Querier, batch string, into any, args ...any) error {
	none := true
	row := resultSet{"the answer", func(rows *sql.Rows) error {
		none = false
		return rows.Scan(into)
	}}
	if err := readSets(ctx, q, batch, []resultSet{row}, args...); err != nil {
		return err
	}
	if none {
		return sql.ErrNoRows
	}
	return nil
}

// readHeldDatabase reads the one row about the database. Users whom the runner
// may not see cannot be counted, so that is an error.
func readHeldDatabase(rows *sql.Rows, s *grants.Snapshot) error {
	var state string
	var collation, serverCollation, login, user sql.NullString
	var owner []byte
	var containment, definition, anyDefinition, anySecurity, userID sql.NullInt64
	if err := rows.Scan(&s.Database, &state, &collation, &serverCollation, &login, &owner, &containment, &definition, &anyDefinition, &anySecurity, &user, &userID); err != nil {
		return err
	}
	if definition.Int64 != 1 {
		return &ServerError{Sentence: fmt.Sprintf("login %q may not see who is in database %q: it needs VIEW DEFINITION on it", login.String, s.Database),
			Mend: toSeeDatabase(s.Database, login.String, user.String, int(userID.Int64))}
	}
	s.Contained = containment.Int64 != 0
	s.Collation, s.ServerCollation = nameCollation(collation.String, s.Contained), grants.ParseCollation(serverCollation.String)
	s.OwnerSID, s.LoginsVisible, s.Runner.Login = upperHex(owner), anyDefinition.Int64 == 1 || anySecurity.Int64 == 1, login.String
	s.Runner.User, s.Runner.UserID = user.String, int(userID.Int64)
	return nil
}
