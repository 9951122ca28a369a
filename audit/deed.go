package audit

import (
	"fmt"
	"slices"
	"time"
)

// Doing is what is done to a principal or a permission.
type Doing string

// What is told apart.
const (
	Grants      Doing = "grants"
	Denies      Doing = "denies"
	Revokes     Doing = "revokes"
	LiftsDeny   Doing = "lifts a DENY" // of a plan: a statement grants or revokes
	AddsMember  Doing = "adds a member"
	DropsMember Doing = "drops a member"
	MakesUser   Doing = "makes a user"
	DropsUser   Doing = "drops a user"
	MakesRole   Doing = "makes a role"
	DropsRole   Doing = "drops a role"
	GivesTo     Doing = "gives to another owner"
)

// Deed is one thing that a statement does: one permission and principal, one
// member.
type Deed struct {
	Doing Doing
	// Class, Schema and Name are what it is on, as in a statement: "OBJECT" and its
	// schema, "SCHEMA", "DATABASE" without a name; of a member the role, of the
	// server's "SERVER ROLE"; of a user or role itself nothing.
	Class, Schema, Name string
	Principal           string // whom it is about
	Permission          string
	Columns             bool // of a permission: on some columns, and not on all of it
}

// Act is a deed that somebody did.
type Act struct {
	Deed
	Database string
	At       time.Time // by the server's clock, or in UTC where the source has that
	By, As   string    // the login that opened the session, and as whom it acted where that is another
	From     string    // the client: a host or an address
	Program  string
	Source   Source
}

// Record is what came of asking one source for acts.
type Record struct {
	Reading
	Acts []Act
}

// undoes are the deeds that a deed undoes: what a plan does is wanted because the
// last of these was done.
var undoes = map[Doing][]Doing{
	Grants: {Revokes, Denies, DropsUser, DropsRole}, Denies: {Revokes, Grants, DropsUser, DropsRole}, Revokes: {Grants, Denies}, LiftsDeny: {Denies},
	AddsMember: {DropsMember, DropsUser, DropsRole}, DropsMember: {AddsMember},
	MakesUser: {DropsUser}, DropsUser: {MakesUser}, MakesRole: {DropsRole}, DropsRole: {MakesRole}, GivesTo: {GivesTo},
}

// Differs says of a deed of a plan what is not as it would make it, for a
// sentence.
func (d Deed) Differs() string {
	on := d.on()
	switch d.Doing {
	case Grants:
		return fmt.Sprintf("%s lacks %s on %s", d.Principal, d.Permission, on)
	case Denies:
		return fmt.Sprintf("%s lacks the DENY of %s on %s", d.Principal, d.Permission, on)
	case Revokes:
		return fmt.Sprintf("%s has a row of %s on %s", d.Principal, d.Permission, on)
	case LiftsDeny:
		return fmt.Sprintf("%s is denied %s on %s", d.Principal, d.Permission, on)
	case AddsMember:
		return fmt.Sprintf("%s is not in %s", d.Principal, d.Name)
	case DropsMember:
		return fmt.Sprintf("%s is in %s", d.Principal, d.Name)
	case MakesUser, MakesRole:
		return "there is no " + d.Principal
	case DropsUser, DropsRole:
		return "there is " + d.Principal
	}
	return on + " belongs to another"
}

func (d Deed) on() string {
	name := d.Name
	if d.Schema != "" {
		name = d.Schema + "." + name
	}
	switch {
	case d.Class == "DATABASE":
		return "the database"
	case d.Class == "SERVER":
		return "the server"
	case d.Columns:
		return "columns of " + name
	case d.Class == "SCHEMA":
		return "the schema " + name
	}
	return name
}

// touches reports whether an act decides about what a deed is about: it is of the
// same thing, or the end of the principal. same compares names.
func (a Act) touches(d Deed, same func(x, y string) bool) bool {
	switch {
	case (a.Doing == DropsUser || a.Doing == DropsRole) && same(a.Principal, d.Principal):
		return true
	case a.Doing == DropsRole && d.Class == "ROLE" && same(a.Principal, d.Name):
		return true
	case d.Doing == MakesUser || d.Doing == DropsUser || d.Doing == MakesRole || d.Doing == DropsRole:
		return (a.Doing == MakesUser || a.Doing == MakesRole) && same(a.Principal, d.Principal)
	case a.Class != d.Class || !same(a.Schema, d.Schema) || !same(a.Name, d.Name) || a.kind() != d.kind():
		return false
	case d.Doing == GivesTo:
		return true
	}
	return same(a.Principal, d.Principal) && a.Permission == d.Permission && a.Columns == d.Columns
}

// kind tells deeds about permissions, members and owners apart.
func (d Deed) kind() int {
	switch d.Doing {
	case Grants, Denies, Revokes, LiftsDeny:
		return 1
	case AddsMember, DropsMember:
		return 2
	case GivesTo:
		return 3
	}
	return 4
}

// Attribute finds who did what a deed of a plan undoes, in a database. It is the
// last act about the same thing; where that did something else, what was written
// down does not explain the difference, and nobody is named.
func Attribute(d Deed, database string, acts []Act, same func(x, y string) bool) (Act, bool) {
	last, found := d.last(database, acts, same)
	return last, found && slices.Contains(undoes[d.Doing], last.Doing)
}

// Doer finds who did a deed, in the same way.
func Doer(d Deed, database string, acts []Act, same func(x, y string) bool) (Act, bool) {
	last, found := d.last(database, acts, same)
	return last, found && last.Doing == d.Doing
}

// last is the last act about what a deed is about.
func (d Deed) last(database string, acts []Act, same func(x, y string) bool) (last Act, found bool) {
	for _, a := range acts {
		ofServer := a.Class == "SERVER" || a.Class == "SERVER ROLE" || a.Class == "LOGIN"
		if !ofServer && !same(a.Database, database) || !a.touches(d, same) {
			continue
		}
		if !found || !a.At.Before(last.At) {
			last, found = a, true
		}
	}
	return last, found
}
