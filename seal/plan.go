package seal

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Plan is a sealed plan. Lists are sorted by name, and no name is twice in one, so
// that one plan has one form.
type Plan struct {
	Format  string    `json:"format"`
	Version int       `json:"version"`
	Made    time.Time `json:"made"` // in UTC, to the second
	// Policy is the hash of all files of the policy, and Catalog that of what its
	// catalog says.
	Policy  string  `json:"policy"`
	Catalog string  `json:"catalog"`
	Options Options `json:"options"`
	// Approval is why the plan needs somebody's approval, in words; empty where it
	// needs none.
	Approval []string `json:"approval"`
	Servers  []Server `json:"servers"`
	Sites    []Site   `json:"sites"`
	// Plans are the statements of the sites that have any, by their digests: sites
	// alike share one.
	Plans []Statements `json:"plans"`
	Seal  string       `json:"seal"` // the hash of all of the above
}

// Options are what was said on the command line and the plan depends on.
type Options struct {
	Adopt      []string `json:"adopt"`
	ExpectLoss int      `json:"expect_loss"` // -1: not said
	Sandbox    bool     `json:"sandbox"`
}

// Server is what changes of the logins of a server, and of its audit.
type Server struct {
	Name   string   `json:"name"`
	Logins []string `json:"logins"` // that are made, in words: no password, and no SID that is not known yet
	// Statements change logins and audits that are there.
	Statements []string `json:"statements"`
}

// Site is one site that was read.
type Site struct {
	Name        string `json:"name"`
	Server      string `json:"server"`
	Mode        string `json:"mode"`
	Outcome     string `json:"outcome"`     // what stops its plan; empty where nothing does
	Fingerprint string `json:"fingerprint"` // of its state
	Plan        string `json:"plan"`        // the digest of its statements; empty where there are none
	Gain        int    `json:"gain"`        // how many people gain something, lose something, and all that they had
	Lose        int    `json:"lose"`
	LockedOut   int    `json:"locked_out"`
	Effects     string `json:"effects"` // the digest of who gains and loses what
	// Findings are what was found of it, a line each: severity, code and sentence.
	Findings []string `json:"findings"`
}

// Statements are those of a site, in the order in which they are sent.
type Statements struct {
	Digest     string   `json:"digest"`
	Statements []string `json:"statements"`
}

// The form of the files.
const (
	format  = "grantree sealed plan"
	version = 1
)

// Digest is the SHA-256 of texts, in hexadecimal. Each is preceded by its length, so
// that no two lists have one digest.
func Digest(texts []string) string {
	h := sha256.New()
	var b []byte
	for _, text := range texts {
		b = append(append(strconv.AppendInt(b[:0], int64(len(text)), 10), ':'), text...)
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// New is a plan with everything in its place: lists sorted, none of them nil, the
// time in UTC.
func New(p Plan) Plan {
	p.Format, p.Version, p.Seal = format, version, ""
	p.Made = p.Made.UTC().Truncate(time.Second)
	p.Options.Adopt, p.Approval = listed(p.Options.Adopt), listed(p.Approval)
	p.Servers, p.Sites, p.Plans = listed(p.Servers), listed(p.Sites), listed(p.Plans)
	slices.SortFunc(p.Servers, func(a, b Server) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(p.Sites, func(a, b Site) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(p.Plans, func(a, b Statements) int { return strings.Compare(a.Digest, b.Digest) })
	p.Plans = slices.CompactFunc(p.Plans, func(a, b Statements) bool { return a.Digest == b.Digest })
	for i := range p.Servers {
		p.Servers[i].Logins, p.Servers[i].Statements = listed(p.Servers[i].Logins), listed(p.Servers[i].Statements)
	}
	for i := range p.Sites {
		p.Sites[i].Findings = listed(p.Sites[i].Findings)
		slices.Sort(p.Sites[i].Findings)
	}
	return p
}

// listed is a copy of a list that is not nil.
func listed[T any](list []T) []T { return append([]T{}, list...) }

// Of returns the statements of a site.
func (p Plan) Of(s Site) []string {
	i, ok := slices.BinarySearchFunc(p.Plans, s.Plan, func(x Statements, digest string) int { return strings.Compare(x.Digest, digest) })
	if !ok {
		return nil
	}
	return p.Plans[i].Statements
}

// Names are those of the plan's sites.
func (p Plan) Names() []string {
	out := make([]string, len(p.Sites))
	for i, s := range p.Sites {
		out[i] = s.Name
	}
	return out
}
