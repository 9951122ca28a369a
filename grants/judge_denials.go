package grants

import (
	"fmt"
	"slices"

	"grantree/finding"
)

// denial judges a row that takes: it matters where it takes what the policy
// gives somebody.
func (j *judge) denial(row PermissionRow, p int) {
	worth := covers(row.Class, row.Name)
	if worth.IsEmpty() {
		return
	}
	var who []int
	for _, i := range j.reach[p] {
		x := j.people[i]
		if x.wanted < 0 || x.token.dbo {
			continue
		}
		for at, v := range j.views {
			if j.a.reaches(PermissionRow{Class: row.Class, Major: row.Major}, v) && !x.may[at].Intersect(worth).IsEmpty() {
				who = append(who, i)
				break
			}
		}
	}
	if len(who) == 0 {
		return
	}
	code, target := j.denialOf(row, p)
	var users []int
	for _, i := range who {
		users = append(users, j.people[i].user)
	}
	j.blame(code, p, "is denied", row.Name, target, who, j.frees(row, p, users)...).accept = false
}

func (j *judge) denialOf(row PermissionRow, p int) (code, target string) {
	switch row.Class {
	case ClassDatabase:
		return finding.DatabaseDeny, "the database"
	case ClassSchema:
		return finding.SchemaDeny, j.target(securable{onSchema, row.Major})
	}
	target = columnsOf(row) + j.a.objects.name(row.Major)
	switch {
	case row.Grantee == PublicID:
		return finding.PublicDeny, target
	case row.Minor != 0:
		return finding.ColumnDeny, target
	case !plain(row.Name):
		return finding.ControlDeny, target
	case !j.ours(p):
		return finding.UnmanagedDeny, target
	}
	return finding.ExtraDeny, target
}

// serverDenials reports the rows of the server that deny people of the policy
// what it gives them, once they have entered.
func (j *judge) serverDenials() {
	x := j.a.server
	above := (level{onDatabase, "SELECT"}).space()
	denies := slices.DeleteFunc(slices.Clone(j.s.ServerPermissions), func(row ServerPermissionRow) bool {
		return row.Class != ClassServer || row.State != Denied || !slices.Contains(above, level{onServer, row.Name})
	})
	for i, who := range j.people {
		if who.wanted < 0 || who.login < 0 || who.in == No || who.token.dbo {
			continue
		}
		l := j.s.Logins[who.login]
		for _, row := range denies {
			if !slices.Contains(who.token.server, row.Grantee) || !j.takenByServer(who) {
				continue
			}
			k, subject, verb := l.Name, fmt.Sprintf("the login %q", l.Name), "is denied"
			switch row.Grantee {
			case l.ID:
			case x.public: // said once
				k, subject = "", everyLogin
			default:
				verb = fmt.Sprintf("is denied, through the server role %q,", x.name(row.Grantee))
			}
			f := j.note(factKey{code: finding.ServerDeny, who: k + "\x00" + row.Name, sort: 1}, subject, i, verb, row.Name, "the server", nil,
				j.serverFrees(l, row.Name)...)
			f.server, f.accept = true, false
		}
	}
}

// takenByServer reports whether a person holds less as their login than as
// their user, of what the policy gives.
func (j *judge) takenByServer(x person) bool {
	return slices.ContainsFunc(j.views, func(v int) bool {
		held := j.a.holdsOn(token{db: x.token.db}, v).Intersect(x.may[j.place[v]])
		return !held.Minus(j.a.holdsOn(x.token, v)).IsEmpty()
	})
}
