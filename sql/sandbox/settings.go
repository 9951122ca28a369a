package sandbox

import (
	"time"

	"grantree/sql/tds"
)

// The bits of @@OPTIONS ("Configure the user options Server Configuration Option").
const (
	optImplicitTransactions = 2
	optCursorClose          = 4
	optAnsiWarnings         = 8
	optAnsiPadding          = 16
	optAnsiNulls            = 32
	optArithAbort           = 64
	optArithIgnore          = 128
	optQuotedIdentifier     = 256
	optNoCount              = 512
	optAnsiNullDefaultOn    = 1024
	optAnsiNullDefaultOff   = 2048
	optConcatNull           = 4096
	optNumericRoundAbort    = 8192
	optXactAbort            = 16384
)

// optionBits are the ON/OFF options by the words of SET.
var optionBits = map[string]int{
	"IMPLICIT_TRANSACTIONS": optImplicitTransactions, "CURSOR_CLOSE_ON_COMMIT": optCursorClose, "ANSI_WARNINGS": optAnsiWarnings,
	"ANSI_PADDING": optAnsiPadding, "ANSI_NULLS": optAnsiNulls, "ARITHABORT": optArithAbort, "ARITHIGNORE": optArithIgnore,
	"QUOTED_IDENTIFIER": optQuotedIdentifier, "NOCOUNT": optNoCount, "ANSI_NULL_DFLT_ON": optAnsiNullDefaultOn,
	"ANSI_NULL_DFLT_OFF": optAnsiNullDefaultOff, "CONCAT_NULL_YIELDS_NULL": optConcatNull,
	"NUMERIC_ROUNDABORT": optNumericRoundAbort, "XACT_ABORT": optXactAbort,
}

// ansiDefaults are the options of ANSI_DEFAULTS together.
const ansiDefaults = optAnsiNulls | optAnsiNullDefaultOn | optAnsiPadding | optAnsiWarnings | optCursorClose | optImplicitTransactions | optQuotedIdentifier

// settings are what SET changes. They are a plain value: a procedure gets a copy that is thrown away when it returns.
type settings struct {
	options          int
	lockTimeout      time.Duration // negative waits for ever
	deadlockPriority int           // -10 to 10
	isolation        byte          // as the wire and sys.dm_exec_sessions number them
	language         string
	dateFormat       string
	dateFirst        int
	textSize         int
	contextInfo      string // bytes; empty is NULL
	noExec           bool   // SET NOEXEC: batches are compiled and not run
	fmtOnly          bool   // SET FMTONLY: what they would return is described, and nothing else is done
	identityInsert   any    // the table for which IDENTITY_INSERT is on, and its name
	identityTable    string
}

// firstSettings are those after login: what drivers of this century ask for.
func firstSettings() settings {
	return settings{
		options: optAnsiWarnings | optAnsiPadding | optAnsiNulls | optArithAbort | optQuotedIdentifier |
			optAnsiNullDefaultOn | optConcatNull,
		lockTimeout: -1, isolation: tds.IsolationReadCommitted, language: defaultLanguage, dateFormat: "mdy", dateFirst: 7, textSize: 2147483647,
	}
}

const defaultLanguage = "us_english"

// on reports whether an option of @@OPTIONS is on.
func (s *settings) on(bit int) bool { return s.options&bit != 0 }

// lockTimeoutMillis is @@LOCK_TIMEOUT.
func (s *settings) lockTimeoutMillis() int64 {
	if s.lockTimeout < 0 {
		return -1
	}
	return s.lockTimeout.Milliseconds()
}
