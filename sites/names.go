package sites

import (
	"context"
	"database/sql"

	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// read takes the snapshot of one site on a connection: what it holds, and which
// names of the policy and of the site are one there. views is told of, see
// mssql.SnapshotTelling; it may be nil.
func (f *Fleet) read(ctx context.Context, conn *sql.Conn, s policy.Site, views func(*grants.Snapshot)) (*grants.Snapshot, error) {
	out, err := mssql.SnapshotTelling(ctx, conn, s.Name, s.Server, views)
	if err == nil {
		err = mssql.SameNames(ctx, conn, out, f.names)
	}
	return out, err
}
