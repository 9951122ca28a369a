package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"grantree/finding"
	"grantree/sites"
	"grantree/sql/mssql"
)

// TestExitCodeIsTheFirstThatApplies: 2, then 4, then 1, then 5, then 3.
func TestExitCodeIsTheFirstThatApplies(t *testing.T) {
	var (
		usage   = usageError("no")
		input   = &finding.InputError{}
		site    = &sites.UnknownSiteError{}
		rule    = &sites.RefusedError{Site: "North"}
		away    = &sites.UnreadError{Site: "North", Err: errors.New("away")}
		stale   = &mssql.StaleError{Site: "North"}
		differs = &sites.DifferenceError{}
		of      = func(errs ...error) error {
			var f sites.FailedError
			for _, err := range errs {
				f.Sites = append(f.Sites, sites.SiteError{Site: "North", Err: err})
			}
			return &f
		}
	)
	tests := []struct {
		name string
		err  error
		want int
	}{
		{"nothing", nil, exitDone},
		{"nothing, joined", errors.Join(nil, nil), exitDone},
		{"something", errors.New("no"), exitFailed},
		{"differences", differs, exitDifferences},
		{"stale", of(stale), exitStale},
		{"stale, wrapped", fmt.Errorf("site: %w", of(stale)), exitStale},
		{"stale before differences", errors.Join(differs, of(stale)), exitStale},
		{"a site away before one that is stale", of(stale, away), exitFailed},
		{"a site away before differences", errors.Join(of(away), differs), exitFailed},
		{"a rule before a site away", of(away, rule), exitRule},
		{"a rule before all but usage", errors.Join(of(stale, away), differs, rule), exitRule},
		{"somebody left out, before a site away", errors.Join(of(away), &sites.LeftOutError{Names: []string{"ann"}}), exitRule},
		{"usage", usage, exitUsage},
		{"a bad file before a rule", errors.Join(rule, input), exitUsage},
		{"a site that is none", errors.Join(differs, site), exitUsage},
		{"no site left", &sites.NoSiteError{}, exitUsage},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := exitCode(tt.err); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

// TestArgumentsAreText: what is no UTF-8 in a command line is nobody's name, and
// nothing is read or written for it.
func TestArgumentsAreText(t *testing.T) {
	for _, args := range [][]string{
		{"user", "add", "Jos\xe9"}, {"user", "add", "ann", "--full-name", "Jos\xe9"}, {"user", "add", "ann", "--full-name=Jos\xe9"}, {"plan", "-f", "\xff.toml"}, {"Jos\xe9"},
	} {
		var said bytes.Buffer
		a := &app{stdout: &said, stderr: &said, env: func(string) string { return "" },
			readFile: func(name string) ([]byte, error) { t.Errorf("%s was read", name); return nil, fs.ErrNotExist }}
		if code := run(context.Background(), args, a); code != exitUsage || !strings.Contains(said.String(), "is not UTF-8") {
			t.Errorf("%q: %d: %s", args, code, &said)
		}
	}
}
