package mssql

import (
	"context"
	"database/sql"
	_ "embed" // the query file
	"fmt"
)

//go:embed queries/foreign_keys.sql
var foreignKeysQuery string

// ForeignKey says that a table refers to another, by their object_ids.
type ForeignKey struct{ From, To int }

// ForeignKeys reads the foreign keys of a database between tables that the runner
// may see, each pair of tables once. It is one round trip.
//
// Source: sys.foreign_keys (sys-foreign-keys-transact-sql.md).
func ForeignKeys(ctx context.Context, db *sql.DB) (out []ForeignKey, err error) {
	err = each(ctx, db, func(rows *sql.Rows) error {
		var k ForeignKey
		err := rows.Scan(&k.From, &k.To)
		out = append(out, k)
		return err
	}, foreignKeysQuery)
	if err != nil {
		return nil, fmt.Errorf("foreign keys: %w", err)
	}
	return out, nil
}
