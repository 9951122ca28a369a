package sandbox

import (
	"encoding/binary"
	"sync"
)

// firstVersion is @@DBTS of a database in which no row has a version.
const firstVersion = 2000

// rowVersions count the rowversions of each database, past all transactions: none is given out twice.
type rowVersions struct {
	mu   sync.Mutex
	last map[int]uint64 // by database
}

// at counts on by so many and returns the last version of a database, which is @@DBTS.
func (v *rowVersions) at(database int, by uint64) []byte {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.last == nil {
		v.last = map[int]uint64{}
	}
	v.last[database] = max(v.last[database], firstVersion) + by
	return binary.BigEndian.AppendUint64(nil, v.last[database])
}

// next gives out the versions of a database.
func (v *rowVersions) next(database int) func([]any) (any, error) {
	return func([]any) (any, error) { return v.at(database, 1), nil }
}
