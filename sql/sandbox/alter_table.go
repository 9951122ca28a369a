package sandbox

import (
	"grantree/sql/tsql"
)

// alterTable is ALTER TABLE.
func (x *run) alterTable(st *tsql.AlterTable) error {
	return unsupported("ALTER TABLE")
}
