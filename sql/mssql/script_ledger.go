package mssql

import (
	_ "embed" // the query files
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"grantree/grants"
	"grantree/ledger"
)

//go:embed queries/script_ledger.sql
var scriptLedger string

// literalBytes is how many bytes of a packed text a line of a script holds.
const literalBytes = 2000

// ledgerRow is the part of a script that writes the row of the site's ledger, in the
// same transaction as the changes, or as what takes them back. Its hash is worked
// out by the server, from who runs the script and when.
func (s SiteScript) ledgerRow(back bool) (string, error) {
	l := s.Ledger
	if l == nil {
		return "", nil
	}
	table := ledgerTable(l.Table)
	if !isASCII(table) {
		return "", &CarryError{Site: s.Site, Object: "ledger", Name: l.Table.Name()}
	}
	done, undone := ledgerTexts(s.Changes)
	if back {
		done, undone = undone, done
	}
	plan := l.Digest(done)
	if _, err := hex.DecodeString(plan); err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "DECLARE @grantree_sequence bigint = 0, @grantree_previous varbinary(32) = 0x%s, @grantree_hash varbinary(32), @grantree_plan varbinary(32) = 0x%s,\n", strings.Repeat("00", ledger.HashSize), plan)
	fmt.Fprintf(&b, "    @grantree_at nvarchar(27) = CONVERT(nvarchar(27), SYSUTCDATETIME(), 121), @grantree_in nvarchar(128) = DB_NAME(), @grantree_login nvarchar(128) = ORIGINAL_LOGIN(),\n")
	fmt.Fprintf(&b, "    @grantree_host nvarchar(128) = ISNULL(HOST_NAME(), N''), @grantree_program nvarchar(128) = ISNULL(APP_NAME(), N''), @grantree_run nvarchar(128) = %s,\n", asciiString(l.Run))
	b.WriteString("    @grantree_statements varbinary(max) = 0x, @grantree_reverse varbinary(max) = 0x;\n")
	for _, x := range []struct {
		variable string
		texts    []string
	}{{"@grantree_statements", done}, {"@grantree_reverse", undone}} {
		for chunk := range slices.Chunk(ledger.Pack(x.texts), literalBytes) {
			fmt.Fprintf(&b, "SET %[1]s = %[1]s + 0x%[2]X;\n", x.variable, chunk)
		}
	}
	b.WriteString(strings.NewReplacer("{ledger}", table, "{domain}", "0x"+hex.EncodeToString(ledger.Domain())).Replace(scriptLedger))
	return b.String(), nil
}

// ledgerTexts are what a row holds of changes: the texts of each, and those that
// take them back.
func ledgerTexts(changes []grants.Change) (done, undone []string) {
	done = make([]string, len(changes))
	for i, c := range changes {
		done[i] = Render(c)
	}
	return done, Reversed(changes)
}
