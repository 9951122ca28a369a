package main

import (
	"fmt"

	"grantree/adoption"
	"grantree/finding"
	"grantree/sites"
	"grantree/sql/mssql"
)

// The exit codes, as every help lists them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitDifferences = 3
	exitRule        = 4
	exitStale       = 5
)

const exitHelp = `Exit codes: 0 done or nothing to do; 1 failed; 2 wrong usage or bad input file;
3 --check found differences, or verify found mismatches; 4 a rule was broken;
5 the plan is stale.`

// exitError carries an exit code through the usual return path, so that
// deferred work still runs. An empty message prints nothing.
type exitError struct {
	code    int
	message string
}

func (e *exitError) Error() string { return e.message }

// usageError is a wrong flag or argument.
func usageError(format string, args ...any) error {
	return &exitError{code: exitUsage, message: fmt.Sprintf(format, args...)}
}

// exitOrder is which exit code counts where several apply: the first.
var exitOrder = []int{exitUsage, exitRule, exitFailed, exitStale, exitDifferences}

// exitCode is the one place where errors become exit codes.
func exitCode(err error) int {
	found := map[int]bool{}
	exitCodes(err, found)
	for _, code := range exitOrder {
		if found[code] {
			return code
		}
	}
	return exitDone
}

// exitCodes gathers the codes of all errors that an error joins and wraps.
func exitCodes(err error, found map[int]bool) {
	switch e := err.(type) {
	case nil:
	case *exitError:
		found[e.code] = true
	case *finding.InputError, *sites.UnknownSiteError, *sites.NoSiteError:
		found[exitUsage] = true
	case *sites.RefusedError, *sites.LeftOutError, *adoption.RefusedError:
		found[exitRule] = true
	case *sites.DifferenceError:
		found[exitDifferences] = true
	case *mssql.StaleError:
		found[exitStale] = true
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			exitCodes(one, found)
		}
	default:
		wrapped, ok := err.(interface{ Unwrap() error })
		if !ok || wrapped.Unwrap() == nil {
			found[exitFailed] = true
			return
		}
		exitCodes(wrapped.Unwrap(), found)
	}
}
