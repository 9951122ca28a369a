package query

import "grantree/sql/sandbox/internal/collate"

// collation is the way of comparing text that a collation's name stands for.
type collation = collate.Collation

// collationOf reads a collation's name. The error is 448.
func collationOf(name string) collation {
	c, ok := collate.Parse(name)
	if !ok {
		panic(refuse(448, name))
	}
	return c
}
