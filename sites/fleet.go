package sites

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"

	"golang.org/x/sync/errgroup"
)

// Options say how a fleet is reached.
type Options struct {
	// Only names the sites of this run; none is every site of the policy.
	Only []string
	// Except names sites that this run leaves out.
	Except []string
	// Shard is which part of those sites the run is about.
	Shard Shard
	// Password finds a server's password: in the environment, a file or by
	// asking. It is called once per server.
	Password func(policy.Server) (string, error)
	// Parallel is how many sites are worked on at once; 0 means 4.
	Parallel int
	// Warn is told what happens on the way that is no result: a retry.
	Warn func(format string, args ...any)
	// FromCatalog says that the sites were made from the catalog.
	FromCatalog bool
	// Whole is up to how many sites a run keeps everything that it reads and plans
	// in memory; of more it keeps what it needs later. 0 means 4, less than 0 none.
	Whole int
	// EveryUser has Verify ask about each user, also where the server cannot tell
	// some of them apart.
	EveryUser bool
	// Progress is told of each step; nil is told nothing.
	Progress func(Step)
}

// Fleet is the sites of a policy and the connections to them. Close it.
type Fleet struct {
	Policy *policy.Policy
	Sites  []policy.Site
	// FromCatalog says that the sites were made from the catalog.
	FromCatalog bool
	// Waves is the order in which Apply changes sites.
	Waves Waves
	// Run is where Apply writes down what it is about to do, and what came of it.
	Run Run
	// Online has Apply change each site in small transactions; nil is in one.
	Online *Online

	options     Options
	names       []string           // the policy's, for the sites to compare
	pools       map[string]*sql.DB // by site name
	address     map[string]mssql.Address
	password    map[string]string // by server name, once asked for
	shared      mssql.Servers     // whose connections sites of a server share
	opening     sync.Mutex        // holds the maps: sites beyond this run are opened when they are needed
	gates       gates
	keepings    []*keeping // of plans of many sites
	attempts    int
	wait        time.Duration // before the second attempt
	canaryPause time.Duration // between two looks at the canary of the first shard
	// licenceWait is how long the licence's lock is waited for at a time.
	licenceWait time.Duration
}

// UnknownSiteError names a site that the policy does not have, or no longer:
// then Retired is the reason.
type UnknownSiteError struct {
	Name    string
	Known   []string
	Retired string
}

func (e *UnknownSiteError) Error() string {
	if e.Retired != "" {
		return fmt.Sprintf("site %q is retired (%s), so it is neither read nor changed", e.Name, e.Retired)
	}
	text := fmt.Sprintf("the policy has no site %q; it has %s", e.Name, strings.Join(e.Known, ", "))
	if near := finding.Nearest(e.Name, e.Known); near != "" {
		text += fmt.Sprintf("; did you mean %q?", near)
	}
	return text
}

// Open prepares a pool for each site. Nothing is sent to a server yet.
func Open(p *policy.Policy, o Options) (*Fleet, error) {
	chosen, err := Choose(p, o.Only, o.Except)
	if err != nil {
		return nil, err
	}
	chosen = o.Shard.of(chosen)
	if o.Parallel <= 0 {
		o.Parallel = 4
	}
	if o.Warn == nil {
		o.Warn = func(string, ...any) {}
	}
	f := &Fleet{Policy: p, Sites: chosen, FromCatalog: o.FromCatalog, options: o, names: p.Names(),
		pools: map[string]*sql.DB{}, address: map[string]mssql.Address{}, password: map[string]string{},
		attempts: 4, wait: firstWait, canaryPause: canaryPause, licenceWait: licenceWait}
	for _, s := range chosen {
		if _, err := f.pool(s); err != nil {
			f.Close()
			return nil, err
		}
	}
	return f, nil
}

// pool returns the connections to a site of the policy, in this run or not, and
// prepares them where there are none yet.
func (f *Fleet) pool(s policy.Site) (*sql.DB, error) {
	f.opening.Lock()
	defer f.opening.Unlock()
	if db := f.pools[s.Name]; db != nil {
		return db, nil
	}
	server, ok := serverOf(f.Policy, s)
	if !ok {
		return nil, fmt.Errorf("%s: site %q: the policy has no server %q", s.Pos, s.Name, s.Server)
	}
	if _, asked := f.password[server.Name]; !asked && !server.Integrated {
		password, err := f.options.Password(server)
		if err != nil {
			return nil, fmt.Errorf("server %q: %w", server.Name, err)
		}
		f.password[server.Name] = password
	}
	a := mssql.Address{URL: server.URL, User: server.User, Password: f.password[server.Name], Integrated: server.Integrated, Database: s.Database}
	db, err := f.shared.Server(server.Name).Open(a)
	if err != nil {
		return nil, fmt.Errorf("site %q: %w", s.Name, err)
	}
	f.pools[s.Name], f.address[s.Name] = db, a
	return db, nil
}

// addressOf is where a site is whose pool was prepared.
func (f *Fleet) addressOf(s policy.Site) mssql.Address {
	f.opening.Lock()
	defer f.opening.Unlock()
	return f.address[s.Name]
}

// NoSiteError says that a run was left with no site.
type NoSiteError struct{}

func (*NoSiteError) Error() string {
	return "no site is left to work on: every one was left out with --except"
}

// Choose returns the named sites, or all that are in use where none is named,
// without those that are left out, in the policy's order.
func Choose(p *policy.Policy, only, except []string) ([]policy.Site, error) {
	inUse := p.SitesInUse()
	var known []string
	for _, s := range inUse {
		known = append(known, s.Name)
	}
	var bad []error
	named := func(names []string) map[string]bool {
		out := map[string]bool{}
		for _, name := range names {
			s, ok := p.Site(name)
			if !ok || s.Retired {
				bad = append(bad, &UnknownSiteError{Name: name, Known: known, Retired: s.Reason})
			}
			out[s.Name] = true
		}
		return out
	}
	in, left := named(only), named(except)
	if len(bad) > 0 {
		return nil, errors.Join(bad...)
	}
	out := slices.DeleteFunc(slices.Clone(inUse), func(s policy.Site) bool { return len(only) > 0 && !in[s.Name] || left[s.Name] })
	if len(out) == 0 && len(inUse) > 0 {
		return nil, &NoSiteError{}
	}
	return out, nil
}

// serverOf finds the server of a site.
func serverOf(p *policy.Policy, s policy.Site) (policy.Server, bool) {
	i := slices.IndexFunc(p.Servers, func(x policy.Server) bool { return x.Name == s.Server })
	if i < 0 {
		return policy.Server{}, false
	}
	return p.Servers[i], true
}

// Close ends the fleet's connections, and its plans of many sites.
func (f *Fleet) Close() {
	for _, x := range f.keepings {
		x.store.Close()
	}
	for _, db := range f.pools {
		db.Close()
	}
	f.shared.Close()
}

// Reading is one site's snapshot, or why there is none.
type Reading struct {
	Site     policy.Site
	Snapshot *grants.Snapshot // nil, too, where the run keeps it packed
	Err      error
	kept     *kept
}

// Read reports whether the site was read.
func (r Reading) Read() bool { return r.Snapshot != nil || r.kept != nil }

// load is the site's snapshot, as long as it is needed.
func (r Reading) load() (*grants.Snapshot, error) {
	if r.Snapshot == nil {
		return r.kept.whole()
	}
	return r.Snapshot, nil
}

// hasSID reports whether the site has a user of a SID.
func (r Reading) hasSID(sid string) bool {
	if r.Snapshot == nil {
		return r.kept.hasSID(sid)
	}
	return hasSID(r.Snapshot, sid)
}

// held is the site's accounts: at least what mssql.Held reads.
func (r Reading) held() *grants.Snapshot {
	if r.Snapshot == nil {
		return r.kept.held()
	}
	return r.Snapshot
}

// Read takes the snapshot of every site, in parallel, one round trip each,
// and returns them in the policy's order. A site that cannot be read has its
// Err set and does not keep the others from being read.
func (f *Fleet) Read(ctx context.Context) []Reading { return f.reading(ctx, nil) }

func (f *Fleet) reading(ctx context.Context, views func(*grants.Snapshot)) []Reading {
	out := make([]Reading, len(f.Sites))
	shelf := newShelf()
	f.each(ctx, func(ctx context.Context, i int, s policy.Site) {
		f.begins(StageReading, s)
		out[i] = Reading{Site: s}
		out[i].Snapshot, out[i].Err = f.snapshot(ctx, s, views)
		shelf.put(out[i].Snapshot)
		f.wasRead(s, out[i].Snapshot, out[i].Err)
	})
	return out
}

// snapshot reads one site. views is as in read.
func (f *Fleet) snapshot(ctx context.Context, s policy.Site, views func(*grants.Snapshot)) (out *grants.Snapshot, err error) {
	err = f.retry(ctx, s, func() error {
		return mssql.WithConn(ctx, f.pools[s.Name], func(conn *sql.Conn) (err error) {
			out, err = f.read(ctx, conn, s, views)
			return err
		})
	})
	if err != nil {
		return nil, &UnreadError{Site: s.Name, Err: err, Alone: len(f.Sites) == 1}
	}
	return out, nil
}

// each runs do for every site of the run, at most options.Parallel at once.
func (f *Fleet) each(ctx context.Context, do func(ctx context.Context, i int, s policy.Site)) {
	f.eachOf(ctx, f.Sites, do)
}

// eachOf does the same for some sites.
func (f *Fleet) eachOf(ctx context.Context, sites []policy.Site, do func(ctx context.Context, i int, s policy.Site)) {
	f.gates.again()
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(f.options.Parallel)
	for i, s := range sites {
		g.Go(func() error {
			do(ctx, i, s)
			return nil
		})
	}
	g.Wait() // do keeps its own errors
}

// FailedError lists the sites of a run that failed; the others are done.
type FailedError struct {
	Sites []SiteError
}

// SiteError is one site's failure.
type SiteError struct {
	Site string
	Err  error
}

// Error has a line for each site that failed.
func (e *FailedError) Error() string {
	var lines []string
	for _, s := range e.Sites {
		line := s.Err.Error()
		if prefix := fmt.Sprintf("site %q", s.Site); !strings.HasPrefix(line, prefix) {
			line = prefix + ": " + line
		}
		lines = append(lines, finding.Printable(line))
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns every site's error.
func (e *FailedError) Unwrap() []error {
	var out []error
	for _, s := range e.Sites {
		out = append(out, s.Err)
	}
	return out
}

// Failures returns nil, or a *FailedError with the readings that failed.
func Failures(readings []Reading) error {
	var failed FailedError
	for _, r := range readings {
		if r.Err != nil {
			failed.Sites = append(failed.Sites, SiteError{Site: r.Site.Name, Err: r.Err})
		}
	}
	if len(failed.Sites) == 0 {
		return nil
	}
	return &failed
}
