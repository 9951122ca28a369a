package sites

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"grantree/finding"
	"grantree/journal"
	"grantree/sql/mssql"
)

// TestUndoReadsBack: an undo after which the site is not what it was before the run is
// rolled back.
func TestUndoReadsBack(t *testing.T) {
	l := newLive(t)
	from, to := l.fleet("imvw_site"), l.fleet("imvw_asset")
	if err := l.apply(from); err != nil {
		t.Fatal(err)
	}
	run, err := l.written(to, 0)
	if err != nil {
		t.Fatal(err)
	}
	before := l.print(to)
	fp := to.PlanUndo(context.Background(), run, nil, PlanOptions{ExpectLoss: -1})
	p := fp.Sites[0].Plan
	p.Changes = p.Changes[:len(p.Changes)-1]
	_, err = to.Apply(context.Background(), fp, Events{})
	if mismatch := (*mssql.MismatchError)(nil); !errors.As(err, &mismatch) || l.print(to) != before {
		t.Errorf("half an undo: %v", err)
	}
}

// written applies a policy in a world, with a journal.
func (w *world) written(text string, only ...string) journal.Run {
	w.Helper()
	f, m := w.fleet(text, only...), &memory{}
	f.Run = Run{ID: "run", Journal: m}
	if _, _, err := w.run(f); err != nil {
		w.Fatal(err)
	}
	return m.run(w.T)
}

// undo takes a run back in a site.
func (w *world) undo(text string, run journal.Run, only ...string) (*FleetPlan, journal.Run, map[string]string) {
	w.Helper()
	f, m := w.fleet(text, only...), &memory{}
	f.Run = Run{Journal: m}
	fp := f.PlanUndo(context.Background(), run, nil, PlanOptions{ExpectLoss: -1})
	passwords := map[string]string{}
	_, err := f.Apply(context.Background(), fp, Events{Login: func(_, login, password string) error { passwords[login] = password; return nil }})
	if err = errors.Join(Failures(fp.Unread), err); err != nil {
		w.Fatalf("it was not taken back: %v\n%v", err, fp.Findings)
	}
	return fp, m.run(w.T), passwords
}

// sid is that of a login, "" where there is none.
func (w *world) sid(login string) string {
	w.Helper()
	sids, err := mssql.LoginSIDs(context.Background(), w.pool(w.places[0]), []string{login})
	if err != nil {
		w.Fatal(err)
	}
	return sids[0]
}

// TestUndoOfLogins: a login that a run made is dropped; one that it dropped comes back with
// its SID and a new password, and so does its user.
func TestUndoOfLogins(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
	with, without := w.policy(9, person("gil", "North")), strings.Replace(w.policy(9), "max_loss", "leavers = \"drop\"\nmax_loss", 1)
	made := w.written(with)
	sid := w.sid("gil")
	_, _, none := w.undo(with, made, "North")
	if w.sid("gil") != "" || len(none) > 0 || len(w.inside()) > 0 {
		t.Fatalf("the login that the run made is there: %v, inside are %v", none, w.inside())
	}
	w.written(with)
	sid = w.sid("gil")
	dropped := w.written(without)
	if w.sid("gil") != "" {
		t.Fatal("the login was not dropped")
	}
	fp, again, passwords := w.undo(without, dropped, "North")
	if w.sid("gil") != sid || passwords["gil"] == "" || len(w.inside()["gil"]) != 1 {
		t.Errorf("it is there with the SID %s, was %s; %d passwords; inside are %v", w.sid("gil"), sid, len(passwords), w.inside())
	}
	if !strings.Contains(fp.Findings[0].Message+fp.Findings[len(fp.Findings)-1].Message, `login "gil" is made again with its SID and a new password`) {
		t.Errorf("nobody said so: %v", fp.Findings)
	}
	if len(fp.Again()) == 0 && fp.Sites[0].end == nil {
		t.Error("nothing is known of what comes again")
	}
	w.undo(without, again, "North")
	if w.sid("gil") != "" || len(w.inside()) > 0 {
		t.Errorf("the undo taken back, inside are %v", w.inside())
	}
}

// TestUndoOfALoginWithRights: what a dropped login had on the server is not given again,
// and named; that it is not there is no change of the site by somebody else.
func TestUndoOfALoginWithRights(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0})
	with, without := w.policy(9, person("gil", "North")), strings.Replace(w.policy(9), "max_loss", "leavers = \"drop\"\nmax_loss", 1)
	w.written(with)
	w.exec(0, "master", "GRANT VIEW SERVER STATE TO gil; DENY VIEW ANY DATABASE TO gil; ALTER SERVER ROLE processadmin ADD MEMBER gil;")
	dropped := w.written(without)
	fp, _, passwords := w.undo(without, dropped, "North")
	if !strings.Contains(fmt.Sprint(fp.Findings), "VIEW SERVER STATE") || !strings.Contains(fmt.Sprint(fp.Findings), "processadmin") || len(passwords) != 1 {
		t.Errorf("%v, %d passwords", fp.Findings, len(passwords))
	}
	if in := w.inside()["gil"]; len(in) != 1 {
		t.Errorf("gil is in %q", in)
	}
}

// TestUndoKeepsLogins: a login that a run made stays while a site holds it that the run
// did not change, and that is said.
func TestUndoKeepsLogins(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
	made := w.written(w.policy(9, person("gil", "North")), "North")
	w.written(w.policy(9, person("gil", "*")), "South")
	fp, _, _ := w.undo(w.policy(9, person("gil", "*")), made, "North")
	if in := w.inside()["gil"]; w.sid("gil") == "" || len(in) != 1 || in[0] != "South" {
		t.Errorf("gil is in %v", in)
	}
	said := false
	for _, f := range fp.Findings {
		said = said || f.Code == finding.LoginKept && strings.Contains(f.Message, `stays: it has a user in site "South"`)
	}
	if !said {
		t.Errorf("nobody said so: %v", fp.Findings)
	}
}

// TestUndoKeepsTheRules: a run by which somebody left is not taken back where that would
// take a seat that is not free, nor one that made the last administrator.
func TestUndoKeepsTheRules(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0})
	w.written(w.policy(1, member("ann", "North")))
	left := w.written(w.policy(1))
	w.written(w.policy(1, member("ben", "North")))
	text := w.policy(1, member("ben", "North"))
	f := w.fleet(text)
	fp := f.PlanUndo(context.Background(), left, nil, PlanOptions{ExpectLoss: -1})
	if fp.Sends() {
		t.Error("a site that moved is changed")
	}
	w.in("North", "DROP USER ben")
	tight := strings.Replace(w.policy(1), "seats = 1", "seats = 0", 1)
	fp = w.fleet(tight).PlanUndo(context.Background(), left, nil, PlanOptions{ExpectLoss: -1})
	if len(fp.Unread) > 0 || fp.Refusal() == nil || len(fp.Seats.New) != 1 {
		t.Errorf("no seat, and ann is let in: %v, new %v, %v", fp.Unread, fp.Seats.New, fp.Findings)
	}
	if fp = w.fleet(w.policy(1)).PlanUndo(context.Background(), left, nil, PlanOptions{ExpectLoss: -1}); fp.Refusal() != nil || !fp.Sends() {
		t.Errorf("one seat: %v", fp.Findings)
	}
	strict := strings.Replace(w.policy(1), "max_loss = 1.0", "max_loss = 0.1", 1)
	made := w.written(w.policy(1, member("cid", "North")))
	fp = w.fleet(strict).PlanUndo(context.Background(), made, nil, PlanOptions{ExpectLoss: -1})
	if len(fp.Sites) != 1 || !fp.Sites[0].Refused() {
		t.Errorf("cid loses everything: %v", fp.Findings)
	}
}
