package sites

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"encoding/gob"
	"errors"
	"fmt"
	"io"

	"grantree/grants"
	"grantree/journal"
	"grantree/ledger"
	"grantree/seal"
	"grantree/sql/mssql"
)

// Journal keeps records: one that Write returns for lasts whatever becomes of the
// machine. Nothing that a record speaks of is done before Write has returned. Sites
// that are done in parallel write at once.
type Journal interface {
	Write(journal.Record) error
}

// Run is what a run that changes sites is known by, and where it is written down.
type Run struct {
	ID      string // in the journal
	Plan    string // FleetPlan.Digest of what was shown
	Journal Journal
}

// write writes a record of the run, where it is written down at all.
func (f *Fleet) write(r journal.Record) error {
	if f.Run.Journal == nil {
		return nil
	}
	return f.Run.Journal.Write(r)
}

// Digest is the hash of what a plan sends, and of the states that it was made for.
func (fp *FleetPlan) Digest() string {
	var parts []string
	for _, s := range fp.Sites {
		f := s.known()
		parts = append(parts, seal.Digest([]string{"site", s.Site.Name, f.fingerprint, fmt.Sprintf("%x", f.plan)}))
	}
	for _, l := range fp.Logins {
		parts = append(parts, seal.Digest([]string{"login", l.Server, l.Login, l.SID}))
	}
	for _, s := range fp.Servers {
		for _, c := range s.Changes {
			parts = append(parts, seal.Digest([]string{"server", s.Server, mssql.RenderLogin(c)}))
		}
	}
	for _, a := range fp.Audits {
		parts = append(parts, seal.Digest(append([]string{"audit", a.Server}, a.Statements()...)))
	}
	return seal.Digest(parts)
}

// scribe writes one site's transactions down, one after another: each attempt is one.
type scribe struct {
	f     *Fleet
	site  *SitePlan
	open  bool              // a transaction was written down, and what became of it was not
	kept  bool              // what the site was stands in one that was committed
	after string            // the fingerprint of the site as read back
	row   ledger.Last       // that stands for it in the site's ledger, if there is one
	ahead chan journal.Site // the changes of a plan that is at hand, packed while the site is read
}

func (f *Fleet) scribeOf(sp *SitePlan) *scribe { return &scribe{f: f, site: sp} }

// whole says that each transaction is the site's plan, whole: where that is at hand it
// is packed while the site is read under its lock.
func (w *scribe) whole() *scribe {
	if w.f.Run.Journal == nil || w.site.Plan == nil {
		return w
	}
	w.ahead = make(chan journal.Site, 1)
	go func() { w.ahead <- putting(w.site.Plan.Changes) }()
	return w
}

// putting is a record of changes, and of nothing else yet.
func putting(changes []grants.Change) (s journal.Site) {
	s.Put(changes)
	return s
}

// changes is a record of the changes of a transaction.
func (w *scribe) changes(list []grants.Change) journal.Site {
	if w.ahead == nil {
		return putting(list)
	}
	s := <-w.ahead
	w.ahead <- s // for the next attempt
	return s
}

// record is one about the site.
func (w *scribe) record(k journal.Kind, s journal.Site) journal.Record {
	s.Site = w.site.Site.Name
	return journal.Record{Kind: k, Site: &s}
}

// sending writes down what is about to be sent to the site as it is under its lock.
// Where that cannot be written nothing is sent.
func (w *scribe) sending(now *grants.Snapshot, changes []grants.Change, logins loginsDone) error {
	before := w.site.Fingerprint()
	if logins.unseen(w.site.Site.Server, now) != now {
		before = now.Fingerprint()
	}
	return w.sends(before, now, changes)
}

// sends is sending of a state whose fingerprint is known. What the site is stands in the
// first one that is committed, from which the changes lead to each later one.
func (w *scribe) sends(before string, now *grants.Snapshot, changes []grants.Change) error {
	if w.f.Run.Journal == nil {
		return nil
	}
	s := w.changes(changes)
	s.Server, s.Database, s.Before = w.site.Site.Server, w.site.Site.Database, before
	if !w.kept {
		s.State = PackState(now)
	}
	if err := w.f.write(w.record(journal.KindSending, s)); err != nil {
		return &JournalError{err}
	}
	w.open, w.after = true, ""
	return nil
}

// committing writes down that the commit is about to be asked for, once nothing else
// stands in its way.
func (w *scribe) committing(may func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		if may != nil {
			if err := may(ctx); err != nil {
				return err
			}
		}
		if !w.open {
			return nil
		}
		row := ""
		if w.row.Sequence > 0 {
			row = w.row.String()
		}
		if err := w.f.write(w.record(journal.KindCommitting, journal.Site{After: w.after, Ledger: row})); err != nil {
			return &JournalError{err}
		}
		return nil
	}
}

// became writes down what became of the transaction by an error of it, which comes
// back. That nothing was written for it, or cannot be, changes nothing any more.
func (w *scribe) became(err error) error {
	if !w.open {
		return err
	}
	w.open, w.kept = false, w.kept || err == nil
	r := w.record(journal.KindCommitted, journal.Site{})
	if err != nil {
		r = w.record(journal.KindRolledBack, journal.Site{Why: err.Error()})
	}
	if unknown := (*UnknownError)(nil); errors.As(err, &unknown) {
		r.Kind = journal.KindUnknown
	}
	if failed := w.f.write(r); failed != nil {
		w.f.options.Warn("site %q: what became of it (%s) could not be written into the journal: %v", w.site.Site.Name, r.Kind, failed)
	}
	return err
}

// JournalError says that a run could not write down what it was about to do, and so did
// not do it.
type JournalError struct{ Err error }

func (e *JournalError) Error() string {
	return fmt.Sprintf("the journal could not be written (%v), and what is not written down is not done", e.Err)
}

// Unwrap returns the reason.
func (e *JournalError) Unwrap() error { return e.Err }

// PackState is a site as a journal keeps it, and UnpackState reads it back.
func PackState(s *grants.Snapshot) string {
	var b bytes.Buffer
	z, _ := flate.NewWriter(&b, flate.BestSpeed) // the level is one that there is
	if err := gob.NewEncoder(z).Encode(s); err != nil {
		panic(err) // lists of plain values
	}
	z.Close() // into memory
	return base64.RawURLEncoding.EncodeToString(b.Bytes())
}

// maxState bounds what a packed site may come to.
const maxState = 1 << 30

// UnpackState reads what PackState made.
func UnpackState(text string) (*grants.Snapshot, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	s := &grants.Snapshot{}
	return s, gob.NewDecoder(io.LimitReader(flate.NewReader(bytes.NewReader(b)), maxState)).Decode(s)
}
