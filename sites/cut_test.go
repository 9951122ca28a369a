package sites

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"grantree/grants"
	"grantree/sql/mssql"
)

// cut says where a connection is cut: at the nth packet of one direction,
// counted over all connections from the moment it is armed, of which nothing
// or the first half is let through.
type cut struct {
	answer bool // of the server's packets, else of the client's
	n      int
	half   bool
	refuse bool   // no later connection gets through
	then   func() // called while it is cut, before either end knows
}

func (c cut) String() string {
	what := map[bool]string{true: "an answer", false: "a request"}[c.answer]
	if c.half {
		what = "half of " + what
	}
	if c.refuse {
		what += " and nobody gets through again"
	}
	return what
}

// cutter is a proxy that forwards TDS packets, which say their length, and cuts
// once. It waits for nothing: a server's packet is there because the server has
// done what it answers, and a client's that is cut never arrives.
type cutter struct {
	net.Listener
	target string

	mu   sync.Mutex
	cut  cut
	seen map[bool]int // packets, by direction
	done bool
	open map[net.Conn]bool // of clients
}

func newCutter(t *testing.T, target string) *cutter {
	t.Helper()
	c := &cutter{target: target, open: map[net.Conn]bool{}}
	c.arm(cut{})
	c.Listener = listening(t, c.serve)
	return c
}

// arm arranges for the next cut; the zero cut is none.
func (c *cutter) arm(at cut) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut, c.seen, c.done = at, map[bool]int{}, false
}

// happened reports whether the cut was reached.
func (c *cutter) happened() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.done
}

// end closes every connection, and lets nobody through any more: who was connected is
// dead.
func (c *cutter) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done, c.cut = true, cut{refuse: true}
	for client := range c.open {
		client.Close()
	}
}

// answers counts the packets of the server since it was armed.
func (c *cutter) answers() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen[true]
}

// refuses reports whether the cut was reached and nobody gets through any more.
func (c *cutter) refuses() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.done && c.cut.refuse
}

func (c *cutter) serve(client net.Conn) {
	defer client.Close()
	if c.refuses() {
		return
	}
	c.mu.Lock()
	c.open[client] = true
	c.mu.Unlock()
	defer func() { c.mu.Lock(); delete(c.open, client); c.mu.Unlock() }()
	server, err := net.Dial("tcp", c.target)
	if err != nil {
		return
	}
	defer server.Close()
	end := make(chan bool, 2)
	go func() { c.pump(client, server, false); end <- true }()
	go func() { c.pump(server, client, true); end <- true }()
	<-end
}

// pump forwards packets until one is cut or an end closes.
func (c *cutter) pump(from, to net.Conn, answer bool) {
	header := make([]byte, 8)
	for {
		if _, err := io.ReadFull(from, header); err != nil {
			return
		}
		packet := make([]byte, int(header[2])<<8|int(header[3]))
		copy(packet, header)
		if _, err := io.ReadFull(from, packet[8:]); err != nil {
			return
		}
		c.mu.Lock()
		c.seen[answer]++
		hit := !c.done && c.cut.answer == answer && c.cut.n == c.seen[answer]
		c.done = c.done || hit
		half, then := c.cut.half, c.cut.then
		c.mu.Unlock()
		if hit && half {
			to.Write(packet[:len(packet)/2])
		}
		if hit && then != nil {
			then()
		}
		if hit {
			return
		}
		if _, err := to.Write(packet); err != nil {
			return
		}
	}
}

// TestResultSaysWhatHappened cuts the connection of an apply at every packet,
// and lets later connections through or not. The site is exactly what it was or
// what it shall be, and the result's word is right; it is "unknown" only where
// nobody can know, and then says what may have happened and how to see it.
func TestResultSaysWhatHappened(t *testing.T) {
	l := newLive(t)
	proxy := newCutter(t, l.server.Addr().String())
	through := live{T: t, server: l.server, url: fmt.Sprintf("sqlserver://%s?encrypt=disable", proxy.Addr())}
	from, to, cutOff := l.fleet("imvw_site", "imvw_asset"), l.fleet("imvw_asset", "imvw_part"), through.fleet("imvw_asset", "imvw_part")
	for _, at := range []cut{{}, {half: true}, {answer: true}, {answer: true, half: true}, {refuse: true}, {refuse: true, half: true}, {refuse: true, answer: true}, {refuse: true, answer: true, half: true}} {
		t.Run(at.String(), func(t *testing.T) {
			l := live{T: t, server: l.server, url: l.url}
			var last Outcome
			for at.n = 1; ; at.n++ {
				if err := l.apply(from); err != nil {
					t.Fatal(err)
				}
				fp := through.plan(cutOff)
				proxy.arm(at)
				results, err := cutOff.Apply(context.Background(), fp, Events{})
				reached := proxy.happened()
				proxy.arm(cut{})
				if !reached {
					break
				}
				last = results[0].Outcome
				l.holds(to, fp.Sites[0].Fingerprint(), results[0], err, at)
			}
			if want := map[bool]Outcome{true: Unknown, false: Applied}[at.refuse]; at.n < 3 || last != want {
				t.Errorf("the last of %d cuts, of the commit, gave %q, want %q", at.n-1, last, want)
			}
		})
	}
}

// TestUnknownWhereSomebodyElseWasFaster loses the answer to a commit, and lets
// somebody change the site before it is looked at again: it is neither what it
// was nor what it shall be, and nobody can say what happened.
func TestUnknownWhereSomebodyElseWasFaster(t *testing.T) {
	l := newLive(t)
	proxy := newCutter(t, l.server.Addr().String())
	through := live{T: t, server: l.server, url: fmt.Sprintf("sqlserver://%s?encrypt=disable", proxy.Addr())}
	from, to := l.fleet("imvw_site"), through.fleet("imvw_part")
	var results []Result
	var err error
	for _, cutIt := range []bool{false, true} {
		if err := l.apply(from); err != nil {
			t.Fatal(err)
		}
		at := cut{answer: true, n: proxy.answers(), then: func() { l.admin("REVOKE SELECT ON dbo.imvw_part FROM Reader;") }}
		fp := through.plan(to)
		if !cutIt {
			at = cut{}
		}
		proxy.arm(at)
		results, err = to.Apply(context.Background(), fp, Events{})
	}
	if results[0].Outcome != Unknown || !strings.Contains(err.Error(), "somebody has changed the site since") {
		t.Errorf("got %q, %v", results[0].Outcome, err)
	}
}

// holds compares a result with the site as it is once nobody works on it.
func (l live) holds(to *Fleet, before string, r Result, err error, at cut) {
	l.Helper()
	now, lookErr := mssql.Look(context.Background(), to.pools["Site"], "Site", "main")
	if lookErr != nil {
		l.Fatal(lookErr)
	}
	was := now.Fingerprint() == before
	wanted, _ := to.Policy.Wanted(now)
	is := grants.Diff(now, wanted, grants.DiffOptions{}).Empty()
	switch {
	case was == is:
		l.Errorf("%d: the site is neither what it was nor what it shall be", at.n)
	case r.Outcome == Applied && (!is || err != nil), r.Outcome == Failed && (!was || err == nil):
		l.Errorf("%d: the result is %q, %v; what it was: %v", at.n, r.Outcome, err, was)
	case r.Outcome == Unknown && (!at.refuse || !strings.Contains(err.Error(), "may have been changed or not") || !strings.Contains(err.Error(), "grantree plan --site Site -f p.toml")):
		l.Errorf("%d: unknown, and says %v", at.n, err)
	case r.Outcome != Applied && r.Outcome != Failed && r.Outcome != Unknown:
		l.Errorf("%d: the result is %q", at.n, r.Outcome)
	}
}
