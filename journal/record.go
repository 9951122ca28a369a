package journal

import (
	"time"

	"grantree/grants"
)

// Format and Version name the form of the files, in the first line of each.
const (
	Format  = "grantree journal"
	Version = 1
)

// Kind is what a record says.
type Kind string

// The kinds of records. Of logins, audits and sites the first says what is about to be
// done, and stands on the disk before it is.
const (
	KindBegun      Kind = "begun"       // the first one of each file
	KindSettled    Kind = "settled"     // what became of another run, which did not end
	KindLogins     Kind = "logins"      // logins of a server are about to be made or changed
	KindLoginsDone Kind = "logins_done" // what became of them
	KindAudit      Kind = "audit"       // a server's audit of log-ins is about to be changed
	KindAuditDone  Kind = "audit_done"
	KindSending    Kind = "sending"     // a site's statements are about to be sent
	KindCommitting Kind = "committing"  // they were read back, and the commit is about to be asked for
	KindCommitted  Kind = "committed"   // the server said so, or was seen to have
	KindRolledBack Kind = "rolled_back" // the site is as it was
	KindUnknown    Kind = "unknown"     // the commit was asked for, and nobody could see what came of it
	KindEnded      Kind = "ended"       // the last one
)

// Record is one line. Of the parts that one is set which its Kind names.
type Record struct {
	Line int       `json:"n"`              // counted from 1
	Prev string    `json:"prev,omitempty"` // the hash of the line before
	At   time.Time `json:"at"`             // in UTC, by the runner's clock
	Kind Kind      `json:"kind"`

	Begun   *Begun   `json:"begun,omitempty"`
	Settled *Settled `json:"settled,omitempty"`
	Logins  *Logins  `json:"logins,omitempty"`
	Audit   *Audit   `json:"audit,omitempty"`
	Site    *Site    `json:"site,omitempty"`
	Ended   *Ended   `json:"ended,omitempty"`

	Hash string `json:"hash"` // of all of the line that stands before it
}

// Begun says which run it is.
type Begun struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	Run     string `json:"run"`     // its id, which is the file's name
	Command string `json:"command"` // apply, undo, heal, break-glass
	Undoes  string `json:"undoes,omitempty"`
	User    string `json:"user"` // of the operating system, who runs it
	Host    string `json:"host"`
	Program string `json:"program"` // the version of grantree
	// Policy and Catalog are the hashes that a sealed plan is bound to, and Plan that of
	// what is to be sent; empty where there is none.
	Policy  string  `json:"policy,omitempty"`
	Catalog string  `json:"catalog,omitempty"`
	Plan    string  `json:"plan,omitempty"`
	Options Options `json:"options"`
	After   *Seen   `json:"after,omitempty"` // the newest other run of the folder
}

// Options are what was said on the command line and decides what is done.
type Options struct {
	File       string   `json:"file,omitempty"`   // the policy
	Sealed     string   `json:"sealed,omitempty"` // the file of the sealed plan
	Sites      []string `json:"sites,omitempty"`
	Except     []string `json:"except,omitempty"`
	Shard      string   `json:"shard,omitempty"`
	Adopt      []string `json:"adopt,omitempty"`
	ExpectLoss int      `json:"expect_loss"`         // -1: not said
	Passwords  string   `json:"passwords,omitempty"` // the file of new passwords
	Online     bool     `json:"online,omitempty"`
}

// Seen is how far another run had come.
type Seen struct {
	Run   string `json:"run"`
	Lines int    `json:"lines"`
	Hash  string `json:"hash"` // of its last line
}

// Settled is what a run found out about another one that did not end.
type Settled struct {
	Run    string       `json:"run"`
	Sites  []SiteTruth  `json:"sites,omitempty"`
	Logins []LoginTruth `json:"logins,omitempty"`
}

// SiteTruth is what a site was seen to be, of which a commit was asked for and no
// outcome is written.
type SiteTruth struct {
	Site string `json:"site"`
	Line int    `json:"line"` // of the committing record
	As   As     `json:"as"`
	Why  string `json:"why,omitempty"` // of neither and unseen, and of a site that somebody has changed since
}

// As is what a site or login was seen to be.
type As string

// The four truths about a change.
const (
	Before  As = "before"  // it was not made
	After   As = "after"   // it was made
	Neither As = "neither" // the site was looked at, and somebody has changed it since
	Unseen  As = "unseen"  // it could not be looked at
)

// LoginTruth is what became of an act on a login of which no outcome is written.
type LoginTruth struct {
	Server string           `json:"server"`
	Login  string           `json:"login"`
	Kind   grants.LoginKind `json:"kind"`
	As     As               `json:"as"`
}

// Logins are acts on the logins of one server, one round trip.
type Logins struct {
	Server string     `json:"server"`
	Acts   []LoginAct `json:"acts"`
}

// Audit is a change of a server's audit of log-ins, which undo leaves alone.
type Audit struct {
	Server     string   `json:"server"`
	Statements []string `json:"statements,omitempty"`
	Outcome    Outcome  `json:"outcome,omitempty"` // of audit_done
	Why        string   `json:"why,omitempty"`
}

// Outcome is what became of something that was about to be done.
type Outcome string

// The outcomes of acts on logins and audits.
const (
	Done    Outcome = "done"
	NotDone Outcome = "not_done"
	Unclear Outcome = "unknown"
)

// Site is one transaction of a site.
type Site struct {
	Site string `json:"site"`
	// Of sending: where it is, the state that the statements were made for, and the
	// changes, from which undo makes its own.
	Server   string   `json:"server,omitempty"`
	Database string   `json:"database,omitempty"`
	Before   string   `json:"before,omitempty"` // fingerprint
	Changes  []Change `json:"changes,omitempty"`
	Packed   string   `json:"packed,omitempty"` // very many changes, as Put made it
	put      []Change // what it was made of
	// State is the site that they were made for, packed by who wrote it: what a
	// refused undo explains itself by.
	State string `json:"state,omitempty"`
	// Of committing: the state that was read back, and the hash of the row that stands in
	// the site's ledger for it.
	After  string `json:"after,omitempty"`
	Ledger string `json:"ledger,omitempty"`
	// Of rolled_back and unknown, for a sentence.
	Why string `json:"why,omitempty"`
}

// Ended is what became of the run.
type Ended struct {
	Outcome    string         `json:"outcome"`           // done, failed or stopped
	Sites      map[string]int `json:"sites"`             // how many, by outcome
	Unclear    int            `json:"unclear,omitempty"` // acts on logins of which nobody knows what came of them
	Statements int            `json:"statements"`
}
