package security

import "slices"

// change applies one permission to one grantee, as table B.5 has it.
func (run *grantRun) change(item grantItem, grantee, grantor int) error {
	row := Row{Class: run.on.Class, Major: run.on.ID, Minor: item.minor, Grantee: grantee, Grantor: grantor, Type: item.code}
	switch run.st.Action {
	case Grant:
		run.grant(row)
		return nil
	case Deny:
		return run.deny(row)
	}
	if run.st.GrantOptionFor {
		return run.revokeOption(row)
	}
	return run.revoke(row)
}

// grant stores G or W: it replaces a DENY, and a plain GRANT replaces a W. On
// the whole object it wipes the column rows of the permission.
func (run *grantRun) grant(row Row) {
	row.State = StateGrant
	if run.st.GrantOption {
		row.State = StateWithGrant
	}
	run.wipeColumns(row)
	run.rows.put(row)
}

// deny stores D. A W row takes CASCADE, which also takes back what the grantee
// handed on (4611).
func (run *grantRun) deny(row Row) error {
	if err := run.needsCascade(row); err != nil {
		return err
	}
	run.wipeColumns(row)
	row.State = StateDeny
	run.rows.put(row)
	if run.st.Cascade {
		run.retract(row)
	}
	return nil
}

// revoke removes the row that the same grantor gave, whatever its state. A
// column taken out of a table-wide grant leaves a row with state R.
func (run *grantRun) revoke(row Row) error {
	if err := run.needsCascade(row); err != nil {
		return err
	}
	_, held := run.find(row)
	whole := row
	whole.Minor = 0
	table, ok := run.find(whole)
	switch {
	case held:
		run.rows.remove(row)
	case row.Minor != 0 && ok && (table.State == StateGrant || table.State == StateWithGrant):
		row.State = StateRevoke
		run.rows.put(row)
	}
	run.wipeColumns(row)
	if run.st.Cascade {
		run.retract(row)
	}
	return nil
}

// revokeOption turns W into G, which takes CASCADE.
func (run *grantRun) revokeOption(row Row) error {
	old, ok := run.find(row)
	if !ok || old.State != StateWithGrant {
		return nil
	}
	if !run.st.Cascade {
		return refuse(4611)
	}
	row.State = StateGrant
	run.rows.put(row)
	run.retract(row)
	return nil
}

// find returns the stored row with the key of row.
func (run *grantRun) find(row Row) (Row, bool) {
	rows := run.rows.of(row.Class, row.Major, row.Grantee)
	if at, found := slices.BinarySearchFunc(rows, row, compareRows); found {
		return rows[at], true
	}
	return Row{}, false
}

// needsCascade is 4611 when a row that is about to go, the columns' included,
// is grantable and the statement does not say CASCADE.
func (run *grantRun) needsCascade(row Row) error {
	if run.st.Cascade {
		return nil
	}
	for _, r := range run.rows.of(row.Class, row.Major, row.Grantee) {
		gone := r.Minor == row.Minor || row.Minor == 0
		if gone && r.Type == row.Type && r.Grantor == row.Grantor && r.State == StateWithGrant {
			return refuse(4611)
		}
	}
	return nil
}

// wipeColumns removes the column rows of a permission when the statement is
// about the whole object (B.5).
func (run *grantRun) wipeColumns(row Row) {
	if row.Minor != 0 || row.Class != ClassObject {
		return
	}
	run.rows.keep(run.rows.of(row.Class, row.Major, row.Grantee), func(r Row) bool {
		return r.Minor == 0 || r.Type != row.Type || r.Grantor != row.Grantor
	})
}

// retract takes back what a grantee handed on, and what those did, unless the
// grantee still holds the permission WITH GRANT OPTION from someone else.
func (run *grantRun) retract(row Row) {
	for _, r := range run.rows.of(row.Class, row.Major, row.Grantee) {
		if r.Type == row.Type && r.State == StateWithGrant {
			return
		}
	}
	if !run.rows.grantedBy(row.Grantee) {
		return
	}
	var gone []Row
	for _, r := range run.rows.on(row.Class, row.Major) {
		if r.Type == row.Type && r.Grantor == row.Grantee && (row.Minor == 0 || r.Minor == row.Minor) {
			gone = append(gone, r)
		}
	}
	for _, r := range gone {
		run.rows.remove(r)
	}
	for _, r := range gone {
		run.retract(r)
	}
}
