package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"grantree/grants"
	"grantree/sites"
)

// TestStoppedApply: whoever stops an apply reads once how far it came and what to
// do, and beside that what went wrong for another reason.
func TestStoppedApply(t *testing.T) {
	canceled := fmt.Errorf("stopped before its turn: %w", context.Canceled)
	refused := errors.New("the server refused")
	unknown := &sites.UnknownError{Site: "D", Command: "grantree verify --site D", Err: context.Canceled}
	results := []sites.Result{{Site: "A", Outcome: sites.Applied}, {Site: "B", Outcome: sites.Failed, Err: refused},
		{Site: "C", Outcome: sites.Stopped, Err: canceled}, {Site: "D", Outcome: sites.Unknown, Err: unknown}, {Site: "E", Outcome: sites.NoChange}}
	var failed sites.FailedError
	for _, r := range results {
		if r.Err != nil {
			failed.Sites = append(failed.Sites, sites.SiteError{Site: r.Site, Err: r.Err})
		}
	}
	told := &soFar{}
	ev := told.watch(sites.Events{Login: func(_, _, _ string) error { return nil }, NotMade: func(_, _ string, _ bool, _ error) error { return nil }})
	for _, name := range []string{"ann", "ben"} {
		if err := ev.Login("main", name, "x"); err != nil {
			t.Fatal(err)
		}
	}
	if err := ev.NotMade("main", "ben", false, canceled); err != nil {
		t.Fatal(err)
	}
	told.logins = []grants.LoginChange{{Kind: grants.DisableLogin, Login: "cid"}}
	err := told.stopped(results, errors.Join(&failed, canceled))
	got := err.Error()
	if want := "stopped by you: 1 of 4 sites changed (A); logins made: ann; logins changed: disable cid; run the same command again for the rest\n"; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want it to begin with %q", got, want)
	}
	if strings.Contains(got, `"C"`) || !strings.Contains(got, `site "B": the server refused`) || !strings.Contains(got, "grantree verify --site D") {
		t.Errorf("got %q", got)
	}
	if code := exitCode(err); code != exitFailed {
		t.Errorf("exit %d", code)
	}
	if err := told.stopped(results[:1], canceled); strings.Count(err.Error(), "\n") != 0 {
		t.Errorf("got %q", err)
	}
}
