package tsql

import (
	"fmt"
	"strings"
)

// SyntaxError is what [Parse] finds wrong with a batch, in the engine's
// numbers and words (class 15). Line and Column are those of the token that
// Near shows, counted from 1 in the batch.
type SyntaxError struct {
	Number       int32
	State        byte
	Line, Column int
	Near         string
	Message      string
	Module       string // the name of the procedure or function that it is in, empty for a batch
}

// Error returns the engine's text with the place before it.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
}

// Class returns the severity: 15, and 16 for what is wrong with a type's size.
func (e *SyntaxError) Class() byte {
	if e.Number/100 == 27 {
		return 16
	}
	return 15
}

// messages holds the texts of the numbers that the parser raises; %s is Near.
// Source: sql-server-2022-database-engine-events-and-errors, 0 to 999, 1000 to
// 2999 and 10000 to 10999.
var messages = map[int32]string{
	102: "Incorrect syntax near '%s'.",
	103: "The identifier that starts with '%s' is too long. Maximum length is 128.",
	105: "Unclosed quotation mark after the character string '%s'.",
	111: "'%s' must be the first statement in a query batch.",
	113: "Missing end comment mark '*/'.",
	117: "The object name '%s' contains more than the maximum number of prefixes. The maximum is %s.",
	131: "The size (%s) given to the %s '%s' exceeds the maximum allowed for any data type (%s).",
	135: "Cannot use a BREAK statement outside the scope of a WHILE statement.",
	136: "Cannot use a CONTINUE statement outside the scope of a WHILE statement.",
	141: "A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.",
	142: "Incorrect syntax for definition of the '%s' constraint.",
	156: "Incorrect syntax near the keyword '%s'.",
	159: "Must specify the table name and index name for the DROP INDEX statement.",
	178: "A RETURN statement with a return value cannot be used in this context.",
	191: "Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries.",
	192: "The scale must be less than or equal to the precision.",
	195: "'%s' is not a recognized SET option.",
	319: "Incorrect syntax near the keyword '%s'. If this statement is a common table expression, an xmlnamespaces clause or a change tracking context clause, the previous statement must be terminated with a semicolon.",
	321: "\"%s\" is not a recognized table hints option. If it is intended as a parameter to a table-valued function or to the CHANGETABLE function, ensure that your database compatibility mode is set to 90.",
	336: "Incorrect syntax near '%s'. If this is intended to be a common table expression, you need to explicitly terminate the previous statement with a semi-colon.",

	1001:  "Line %s: Length or precision specification %s is invalid.",
	1002:  "Line %s: Specified scale %s is invalid.",
	1019:  "Invalid column list after object name in GRANT/REVOKE statement.",
	1020:  "Sub-entity lists (such as column or security expressions) cannot be specified for entity-level permissions.",
	1038:  "An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. For other statements, look for empty alias names. Aliases defined as \"\" or [] are not allowed. Change the alias to a valid name.",
	1046:  "Subqueries are not allowed in this context. Only scalar expressions are allowed.",
	2716:  "Column, parameter, or variable #%s: Cannot specify a column width on data type %s.",
	2717:  "The size (%s) given to the %s '%s' exceeds the maximum allowed (%s).",
	2750:  "Column or parameter #%s: Specified column precision %s is greater than the maximum precision of %s.",
	4145:  "An expression of non-boolean type specified in a context where a condition is expected, near '%s'.",
	10704: "To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement.",
	10709: "The number of columns for each row in a table value constructor must be the same.",
}

// Message is the text of a number that the parser raises, empty for any other.
func Message(number int32) string { return messages[number] }

func newError(number int32, pos Pos, near string, more ...string) *SyntaxError {
	text := messages[number]
	done := ""
	for _, part := range append([]string{near}, more...) {
		if before, after, ok := strings.Cut(text, "%s"); ok {
			done, text = done+before+part, after
		}
	}
	return &SyntaxError{Number: number, State: 1, Line: pos.Line, Column: pos.Column, Near: near, Message: done + text}
}
