package sites

import (
	"context"
	"database/sql"
	"fmt"

	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// read takes the snapshot of one site on a connection: what it holds, and which
// names of the policy and of the site are one there. views is told of, see
// mssql.Asking; it may be nil.
func (f *Fleet) read(ctx context.Context, conn *sql.Conn, s policy.Site, views func(*grants.Snapshot)) (*grants.Snapshot, error) {
	out, err := mssql.SnapshotAsking(ctx, conn, s.Name, s.Server, mssql.Asking{Ledger: f.ledgerTable(), Views: views})
	if err == nil {
		err = ofSite(s, out)
	}
	if err == nil {
		err = mssql.SameNames(ctx, conn, out, f.names)
	}
	return out, err
}

// ofSite refuses what was read of another database than the site's: a connection may
// be in one that had its name before.
func ofSite(s policy.Site, read *grants.Snapshot) error {
	if read.Database == s.Database || read.ServerCollation.Equal(read.Database, s.Database) {
		return nil
	}
	return fmt.Errorf("the database %q answered in the place of %q: was one of them renamed? run this again", read.Database, s.Database)
}
