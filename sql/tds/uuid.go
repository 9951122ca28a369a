package tds

import "fmt"

// UUID is a uniqueidentifier in the byte order of its text form.
type UUID [16]byte

// String returns the upper-case text form, as SQL Server prints it.
func (u UUID) String() string {
	return fmt.Sprintf("%X-%X-%X-%X-%X", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// Swap turns text order into wire order and back: the first three groups are
// little-endian on the wire.
func (u UUID) Swap() UUID {
	u[0], u[1], u[2], u[3] = u[3], u[2], u[1], u[0]
	u[4], u[5] = u[5], u[4]
	u[6], u[7] = u[7], u[6]
	return u
}
