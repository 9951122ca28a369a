package sites

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"grantree/journal"
	"grantree/ledger"
	"grantree/sql/mssql"
)

// disk is a journal or a password file that is kept in memory, which fails at one write
// or with its runner.
type disk struct {
	mu    sync.Mutex
	chain journal.Chain
	text  []byte
	lines []string // of a password file

	at   int    // the write that fails, of those to come
	how  string // full, full within, dies before, dies within, dies after
	dead bool   // nothing is written any more
	done bool   // it has failed
	die  func()
}

// alive takes the fault away.
func (d *disk) alive() { d.mu.Lock(); defer d.mu.Unlock(); d.dead, d.done, d.at = false, false, 0 }

// put writes a line, or what the fault leaves of it.
func (d *disk) put(line []byte) (written []byte, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return nil, errFull
	}
	if d.at--; d.at != 0 {
		return line, nil
	}
	d.done = true
	moment, dies := strings.CutPrefix(d.how, "dies ")
	d.dead = dies
	if dies && d.die != nil {
		d.die()
	}
	switch moment {
	case "within", "full within":
		return line[:len(line)/2], errFull
	case "after":
		return line, errFull
	}
	return nil, errFull
}

// Write writes a record; after one that failed none is taken any more.
func (d *disk) Write(r journal.Record) error {
	r.At = time.Unix(1, 0)
	if d.text == nil {
		line, err := d.chain.Line(journal.Record{Kind: journal.KindBegun, At: r.At, Begun: &journal.Begun{Format: journal.Format, Version: journal.Version, Run: "run", Command: "apply"}})
		if err != nil {
			return err
		}
		d.text = line
	}
	line, err := d.chain.Line(r)
	if err != nil {
		return err
	}
	written, err := d.put(line)
	d.text = append(d.text, written...)
	d.dead = d.dead || err != nil
	return err
}

// add writes a line of a password file.
func (d *disk) add(line string) error {
	written, err := d.put([]byte(line))
	if len(written) > 0 {
		d.lines = append(d.lines, string(written))
	}
	return err
}

// run is what stands in a journal.
func (d *disk) run(t testing.TB) journal.Run {
	t.Helper()
	j, err := journal.Decode("journal", d.text)
	if err != nil {
		t.Fatalf("the journal cannot be read: %v", err)
	}
	return journal.Of("journal", j)
}

// holds compares everything with the sites as they are.
func (s *stage) holds(when string, to, kept int, before []Reading, err error) {
	s.Helper()
	s.read = s.look()
	fp, run := s.plan(to), s.journal.run(s.T)
	truths := s.looking[to].Settle(context.Background(), run.Doubts())
	all := true
	for i, now := range s.read {
		name := now.Site.Name
		was, is := bare(now.Snapshot) == bare(before[i].Snapshot), fp.Sites[i].Plan.Empty()
		if was == is {
			s.Errorf("%s: site %s: what it was %t, what it shall be %t", when, name, was, is)
		}
		if all = all && is; is {
			s.rows[name]++
		} else {
			s.stayed++
		}
		if said, ok := fateIn(run, truths, name); !ok || said != is {
			s.Errorf("%s: site %s is after: %t, the journal says %t (%t)", when, name, is, said, ok)
		}
		s.ledgerHas(when, name, run)
	}
	if err == nil && (!all || !fp.Empty()) {
		s.Errorf("%s: nothing failed, and something is left to do", when)
	}
	for i, l := range run.Logins {
		if slices.ContainsFunc(run.Logins[i+1:], func(x journal.LoginRun) bool { return x.SID == l.SID }) {
			continue // what was done to it later hides it
		}
		stands := fp.LoginStands(l.Server, l.LoginAct)
		if stands == journal.Neither || stands == journal.Unseen || l.Outcome == journal.Done && stands != journal.After || l.Outcome == journal.NotDone && stands != journal.Before {
			s.Errorf("%s: %s of login %s is %s, the journal says %q %s", when, l.Kind, l.Login, stands, l.Outcome, l.Why)
		}
	}
	s.remember(run)
	s.noPassword(kept)
	s.entered(when)
}

// fateIn is what a journal says of a site, once its doubts are settled: that it is after.
func fateIn(run journal.Run, truths []journal.SiteTruth, site string) (after, known bool) {
	for _, t := range truths {
		if t.Site == site {
			return t.As == journal.After, t.As == journal.After || t.As == journal.Before
		}
	}
	i := slices.IndexFunc(run.Sites, func(r journal.SiteRun) bool { return r.Site == site })
	return i >= 0 && run.Sites[i].Fate() == journal.FateCommitted, true
}

// ledgerHas compares a ledger's rows with the changes that there were.
func (s *stage) ledgerHas(when, site string, run journal.Run) {
	s.Helper()
	var n sql.NullInt64
	if err := s.looking[0].pools[site].QueryRow("SELECT MAX([sequence]) FROM [grantree].[ledger];").Scan(&n); err != nil {
		s.Fatal(err)
	}
	if n.Int64 != s.rows[site] {
		s.Errorf("%s: site %s has %d rows for %d changes", when, site, n.Int64, s.rows[site])
		s.rows[site] = n.Int64
	}
}

// remember keeps the rows that a journal says were committed.
func (s *stage) remember(run journal.Run) {
	for _, site := range run.Sites {
		for _, p := range site.Parts {
			if p.Fate == journal.FateCommitted && p.Ledger != "" {
				s.known[site.Site] = append(s.known[site.Site], p.Ledger)
			}
		}
	}
}

// ledgersHold proves the chains, against the rows that journals remember.
func (s *stage) ledgersHold() {
	s.Helper()
	known := func(site string) (out []ledger.Last) {
		for _, text := range s.known[site] {
			last, err := ledger.ParseLast(text)
			if err != nil {
				s.Fatal(err)
			}
			out = append(out, last)
		}
		return out
	}
	checks, err := s.looking[0].CheckLedgers(context.Background(), known, time.Now())
	if err = errors.Join(err, LedgersError(checks)); err != nil {
		s.Fatalf("%v, %+v", err, checks)
	}
	for _, c := range checks {
		if n := int64(len(known(c.Site))); c.Verdict.Rows != s.rows[c.Site] || n < c.Verdict.Rows/2 {
			s.Errorf("site %s: %d rows, %d changes, %d are remembered", c.Site, c.Verdict.Rows, s.rows[c.Site], n)
		}
	}
}

// noPassword looks for the passwords that were kept since some line in what was said
// and written.
func (s *stage) noPassword(since int) {
	s.Helper()
	said := string(s.journal.text) + strings.Join(s.said, "\n")
	for _, line := range s.kept.lines[since:] {
		if f := strings.Split(line, "\t"); len(f) == 3 && f[0][0] != '#' && len(f[2]) == 24 && strings.Contains(said, f[2]) {
			s.Errorf("the password of %s stands in journal or error", f[1])
		}
	}
}

// entered tries the password that was kept last for each account that is there.
func (s *stage) entered(when string) {
	s.Helper()
	for _, place := range []string{"main", "main/South"} {
		for _, name := range []string{"cid", "gil"} {
			there := s.account(place, name)
			password, refuted := s.keptFor(place, name)
			switch {
			case !there || s.tried[place+name+password]:
			case password == "" || refuted:
				s.Errorf("%s: %s in %s is there, and its password is nowhere", when, name, place)
			default:
				s.enters(when, place, name, password)
				s.tried[place+name+password] = true
			}
		}
	}
}

// account reports whether somebody has an account in a place.
func (s *stage) account(place, name string) bool {
	if place == "main" {
		for _, l := range s.read[0].Snapshot.Logins {
			if l.Name == name {
				return true
			}
		}
		return false
	}
	for _, p := range s.read[1].Snapshot.Principals {
		if p.Name == name {
			return true
		}
	}
	return false
}

// keptFor is the last whole line of an account, and whether a remark says that it was
// not made.
func (s *stage) keptFor(place, name string) (password string, refuted bool) {
	for _, line := range s.kept.lines {
		f := strings.Split(line, "\t")
		switch {
		case len(f) < 3 || f[1] != name:
		case f[0] == place && len(f[2]) == 24:
			password, refuted = f[2], false
		case f[0] == "# "+place && f[2] == "false":
			refuted = true
		}
	}
	return password, refuted
}

// enters has somebody log in.
func (s *stage) enters(when, place, name, password string) {
	s.Helper()
	database := map[string]string{"main": "master", "main/South": "South"}[place]
	db, err := mssql.Open(mssql.Address{URL: fmt.Sprintf("sqlserver://%s?encrypt=disable", s.server.Addr()), User: name, Password: password, Database: database})
	if err == nil {
		defer db.Close()
		err = db.Ping()
	}
	const disabled = 18470 // said to who has the password
	if err != nil && mssql.Number(err) != disabled {
		s.Errorf("%s: %s in %s: %v", when, name, place, err)
	}
}
