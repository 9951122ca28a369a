package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"grantree/grants"
	"grantree/sites"
)

// soFar is what an apply did to logins, beside its sites.
type soFar struct {
	made   []string
	logins []grants.LoginChange
}

// watch notes which logins are made.
func (t *soFar) watch(ev sites.Events) sites.Events {
	keep, take := ev.Login, ev.NotMade
	if keep != nil {
		ev.Login = func(server, login, password string) error {
			err := keep(server, login, password)
			if err == nil {
				t.made = append(t.made, login)
			}
			return err
		}
	}
	if take != nil {
		ev.NotMade = func(server, login string, unknown bool, why error) error {
			t.made = slices.DeleteFunc(t.made, func(name string) bool { return name == login })
			return take(server, login, unknown, why)
		}
	}
	return ev
}

// stopped is the error of an apply that somebody stopped: once what became of it
// in all, and what went wrong for another reason.
func (t *soFar) stopped(results []sites.Result, err error) error {
	var changed, partly []string
	all := 0
	for _, r := range results {
		switch r.Outcome {
		case sites.Applied:
			changed = append(changed, r.Site)
			all++
		case sites.Partly:
			partly = append(partly, r.Site)
			all++
		case sites.Stopped, sites.Failed, sites.Unknown:
			all++
		}
	}
	text := fmt.Sprintf("stopped by you: %d of %s changed", len(changed), count(all, "site"))
	if len(changed) > 0 {
		text += " (" + list(changed, 8) + ")"
	}
	if len(partly) > 0 {
		text += "; partly changed: " + list(partly, 8)
	}
	if len(t.made) > 0 {
		text += "; logins made: " + list(t.made, 8)
	}
	if words := loginWords(t.logins, len(t.logins)); words != "" {
		text += "; logins changed: " + words
	}
	text += "; run the same command again for the rest"
	return errors.Join(&exitError{code: exitFailed, message: text}, unstopped(err))
}

// stoppedLooking is the error of a run that only looks and that somebody stopped: how
// far it came, and what went wrong for another reason.
func stoppedLooking(done, all int, what string, err error) error {
	text := fmt.Sprintf("stopped by you: %d of %s %s", done, count(all, "site"), what)
	return errors.Join(&exitError{code: exitFailed, message: text}, unstopped(err))
}

// onlyStopped reports whether an error says no more than that the run was stopped:
// a commit whose answer was lost says more.
func onlyStopped(err error) bool {
	var unknown *sites.UnknownError
	return errors.Is(err, context.Canceled) && !errors.As(err, &unknown)
}

// unstopped is what is left of an error without what says that the run was
// stopped.
func unstopped(err error) error {
	var failed *sites.FailedError
	switch many := err.(type) {
	case nil:
		return nil
	case *sites.FailedError:
		failed = &sites.FailedError{}
		for _, s := range many.Sites {
			if !onlyStopped(s.Err) {
				failed.Sites = append(failed.Sites, s)
			}
		}
		if len(failed.Sites) == 0 {
			return nil
		}
		return failed
	case interface{ Unwrap() []error }:
		var left []error
		for _, one := range many.Unwrap() {
			left = append(left, unstopped(one))
		}
		return errors.Join(left...)
	}
	if onlyStopped(err) {
		return nil
	}
	return err
}
