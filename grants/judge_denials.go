package grants

import "grantree/finding"

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
	j.blame(code, p, "is denied", row.Name, target, who, j.revoke(row, p)).accept = false
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
