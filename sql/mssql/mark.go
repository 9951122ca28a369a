package mssql

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"grantree/grants"
	"grantree/sql/tsql"
)

// mark is the name of the extended property that tells a role or user which
// grantree made from one that it must leave alone (reference D.5). See grants.PlainMark
// for what it says.
const mark = "grantree"

// glass is the name of the extended property of a user that says until when they are
// in a role: see grants.Opening.
const glass = "grantree break-glass"

// setMark marks a principal. Level 0 type USER covers roles too.
func setMark(c grants.Change) string {
	verb := "sp_addextendedproperty"
	if c.Kind == grants.Stamp {
		verb = "sp_updateextendedproperty"
	}
	switch {
	case c.Text != "" && c.Text != grants.PlainMark: // of varchar, as stamped writes it: it may be longer than nvarchar can be
		return property(verb, mark, strings.TrimPrefix(tsql.QuoteString(c.Text), "N"), c.Principals[0])
	case c.Text == "" && c.Holds != "":
		return stamped(verb, c)
	}
	return property(verb, mark, tsql.QuoteString(grants.PlainMark), c.Principals[0])
}

// stamped marks a principal with the server's local clock. Where a view seems to be
// made later than now, for a clock was set back, it is that view's time: nothing that
// is there now may look as if it was made after the mark. A parameter of EXEC is no
// expression, so there is a variable, which has another name for each principal: a
// plan is one batch.
func stamped(verb string, c grants.Change) string {
	sum := sha256.Sum256([]byte(c.Principals[0]))
	name := "@grantree_" + hex.EncodeToString(sum[:8])
	return fmt.Sprintf("DECLARE %s varchar(%d) = '%s ' + (SELECT CONVERT(varchar(27), CASE WHEN MAX(v.create_date) > SYSDATETIME() THEN MAX(v.create_date) ELSE SYSDATETIME() END, 126) FROM sys.views AS v) + ' %s'; %s",
		name, grants.MaxMark, grants.PlainMark, c.Holds, property(verb, mark, name, c.Principals[0]))
}

// property writes an extended property of a principal.
func property(verb, name, value, principal string) string {
	return fmt.Sprintf("EXEC sys.%s @name = %s, @value = %s, @level0type = N'USER', @level0name = %s;", verb, tsql.QuoteString(name), value, tsql.QuoteString(principal))
}

// dropProperty takes one away.
func dropProperty(name, principal string) string {
	return fmt.Sprintf("EXEC sys.sp_dropextendedproperty @name = %s, @level0type = N'USER', @level0name = %s;", tsql.QuoteString(name), tsql.QuoteString(principal))
}
