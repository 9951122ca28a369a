package sites

import (
	"context"
	"database/sql"

	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// read takes the snapshot of one site on a connection: what it holds, and which
// names of the policy and of the site are one there.
func (f *Fleet) read(ctx context.Context, conn *sql.Conn, s policy.Site) (*grants.Snapshot, error) {
	out, err := mssql.Snapshot(ctx, conn, s.Name, s.Server)
	if err == nil {
		err = mssql.SameNames(ctx, conn, out, f.names)
	}
	return out, err
}
