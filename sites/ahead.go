package sites

import (
	"sync"
	"time"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
)

// compiler is a policy's, for several goroutines.
type compiler struct {
	mu    sync.Mutex
	p     *policy.Policy
	c     *policy.Compiler
	begun map[string]func() ahead // by site
}

// ahead is what of a site's plan asks the site for its views alone, so that it can
// be worked out while the server still answers.
type ahead struct {
	wanted   *grants.Wanted
	findings finding.List
	reviewed policy.Reviewed
}

func newCompiler(p *policy.Policy) *compiler {
	return &compiler{p: p, c: policy.NewCompiler(p), begun: map[string]func() ahead{}}
}

func (c *compiler) wanted(s *grants.Snapshot) (*grants.Wanted, finding.List) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.c.Wanted(s)
}

func (c *compiler) workOut(s *grants.Snapshot, today time.Time) ahead {
	wanted, findings := c.wanted(s)
	return ahead{wanted, findings, policy.Review(c.p, wanted, today)}
}

// begin works out what can be from a site's views. Where the site is read again that
// is begun again.
func (c *compiler) begin(s *grants.Snapshot, today time.Time) {
	work := sync.OnceValue(func() ahead { return c.workOut(s, today) })
	c.mu.Lock()
	c.begun[s.Site] = work
	c.mu.Unlock()
	go work()
}

// ahead is what was begun of a site, or worked out now. Where the server said which
// names are one there that is not what was begun.
func (c *compiler) ahead(s *grants.Snapshot, today time.Time) ahead {
	c.mu.Lock()
	work := c.begun[s.Site]
	delete(c.begun, s.Site)
	c.mu.Unlock()
	if work == nil || s.Collation.Same != nil || s.ServerCollation.Same != nil {
		return c.workOut(s, today)
	}
	return work()
}
