package mssql

import (
	"fmt"

	"grantree/sql/tsql"
)

// The statements that remove what stands in a plan's way, for somebody to send.

// MakeWritable ends a database's being read-only.
func MakeWritable(database string) string {
	return fmt.Sprintf("ALTER DATABASE %s SET READ_WRITE;", tsql.Quote(database))
}

// TakeBack ends a GRANT or DENY of a permission on the database.
func TakeBack(permission, principal string) string {
	return fmt.Sprintf("REVOKE %s FROM %s;", permission, tsql.Quote(principal))
}
