package main

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"time"

	"grantree/finding"
	"grantree/sites"

	"github.com/jedib0t/go-pretty/v6/progress"
)

// liveFrom is how many sites are worth a live table: of one or two the result is
// there before it is read.
const liveFrom = 3

// stage is one of a run's, as it goes over the sites: on a terminal a live table of
// those under way, with how many are done and the time left; in a log a line for
// each site. All of it goes to stderr.
type stage struct {
	a     *app
	kind  sites.Stage
	total int
	begun time.Time

	mu   sync.Mutex
	done map[string]bool
	live *live // nil where nobody watches
}

// begin starts a stage over so many sites, of a command that tells how far it is;
// end is called once it is over and before anything else is printed.
func (a *app) begin(kind sites.Stage, total int) (end func()) {
	if a.tells == "" {
		return func() {}
	}
	s := &stage{a: a, kind: kind, total: total, begun: a.now(), done: map[string]bool{}}
	before, stderr := a.stage, a.stderr
	a.stage = s
	if a.watched && total >= liveFrom {
		s.live = newLive(stderr, a.errWidth, total, s.words())
		a.stderr = s.live // messages go above the table
	}
	return func() {
		if s.live != nil {
			s.live.end()
		}
		a.stage, a.stderr = before, stderr
	}
}

// quiet takes a live table away, of a stage in which somebody is asked something.
func (a *app) quiet() {
	if s := a.stage; s != nil && s.live != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.live.end()
	}
}

// step is told of every step of a run.
func (a *app) step(s sites.Step) {
	if a.stage != nil && a.stage.kind == s.Stage {
		a.stage.step(s)
	}
}

func (s *stage) step(x sites.Step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case x.Parts > 0 && s.live == nil:
		if tenths := func(n int) int { return 10 * n / x.Parts }; tenths(x.Part) > tenths(x.Part-1) && x.Part < x.Parts {
			s.a.errorf("%s\n", s.a.faint(fmt.Sprintf("%-9s  %s: %s", "online", finding.Printable(x.Site), parts(x))))
		}
	case x.Parts > 0:
		s.live.part(x.Site, parts(x))
	case !x.Done && s.live != nil:
		s.live.site(x.Site)
	case x.Done && x.Outcome != sites.Stopped: // else it was not begun
		s.done[x.Site] = true
		if s.live != nil {
			s.live.siteDone(x.Site, len(s.done), s.words())
		} else if s.kind == sites.StageMaking || s.kind == s.a.tells && s.kind != sites.StageApplying { // which has lines of its own
			s.a.errorf("%s\n", s.a.stepLine(x))
		}
	case s.live != nil:
		s.live.siteDone(x.Site, len(s.done), s.words())
	}
}

// parts says how far a site is that is changed in small transactions.
func parts(x sites.Step) string {
	return fmt.Sprintf("%d of %s", x.Part, count(x.Parts, "small transaction"))
}

// words says how far the stage is, and how long it still takes.
func (s *stage) words() string {
	text := fmt.Sprintf("%s: %d of %s", s.kind, len(s.done), count(s.total, "site"))
	if left, known := timeLeft(s.a.now().Sub(s.begun), len(s.done), s.total); known {
		text += ", about " + roughly(left) + " left"
	}
	return text
}

// timeLeft is how long a stage still takes when each of the sites that are left
// takes as long as those that are done did in the mean, in parallel as they were.
// Before the first one is done nothing is known.
func timeLeft(elapsed time.Duration, done, total int) (left time.Duration, known bool) {
	if done <= 0 || done >= total {
		return 0, false
	}
	return time.Duration(float64(elapsed) / float64(done) * float64(total-done)), true
}

// roughly is a time as a person waits for it: "9s", "4m 10s", "2h 5m".
func roughly(d time.Duration) string {
	seconds := int((d + time.Second - 1) / time.Second)
	switch {
	case seconds < 60:
		return fmt.Sprintf("%ds", seconds)
	case seconds < 600:
		return fmt.Sprintf("%dm %ds", seconds/60, seconds%60/10*10)
	case seconds < 3600:
		return fmt.Sprintf("%dm", seconds/60)
	}
	return fmt.Sprintf("%dh %dm", seconds/3600, seconds%3600/60)
}

// stepLine is a site's line in a log.
func (a *app) stepLine(x sites.Step) string {
	word, detail := "", ""
	paint := a.faint
	switch {
	case x.Outcome != "":
		word, paint = string(x.Outcome), a.red
	case x.Stage == sites.StageMaking:
		word = "made"
	case x.Stage == sites.StageReading:
		word, detail = "read", ": "+count(x.People, "person")
	case x.Mismatches > 0:
		word, paint, detail = "mismatch", a.red, ": "+manyMismatches(x.Mismatches)
	case x.Unverified > 0:
		word, paint, detail = "verified", a.yellow, fmt.Sprintf(": %s, but not all could be asked", count(x.People, "person"))
	default:
		word, detail = "verified", ": "+count(x.People, "person")
	}
	return string(paint(fmt.Sprintf("%-9s", word))) + "  " + finding.Printable(x.Site) + detail
}

// live is a table on a terminal that is written anew as long as it lasts, and then
// taken away. What is written to it meanwhile stays, above it.
type live struct {
	out   progress.Writer
	all   *progress.Tracker
	sites map[string]*progress.Tracker
	next  uint64
	over  chan struct{}

	mu     sync.Mutex
	line   bytes.Buffer // of a message that has no end yet
	stderr io.Writer
	ended  bool
}

// How often a live table is written anew, and how wide its bar is.
const (
	liveEvery = 100 * time.Millisecond
	liveBar   = 24
)

func newLive(stderr io.Writer, width, total int, words string) *live {
	l := &live{out: progress.NewWriter(), sites: map[string]*progress.Tracker{}, stderr: stderr, over: make(chan struct{})}
	l.out.SetOutputWriter(stderr)
	l.out.SetAutoStop(true)
	l.out.SetUpdateFrequency(liveEvery)
	l.out.SetTrackerLength(liveBar)
	l.out.SetTrackerPosition(progress.PositionLeft)
	l.out.SetTerminalWidth(width)
	l.out.SetSortBy(progress.SortByIndex)
	style := progress.StyleDefault
	style.Options.Separator = "  "
	style.Options.PercentFormat, style.Options.PercentIndeterminate = "%4.0f%%", "     "
	style.Options.TimeInProgressPrecision = time.Second
	style.Visibility = progress.StyleVisibility{Percentage: true, Time: true, Tracker: true}
	l.out.SetStyle(style)
	l.all = l.append(words, int64(total))
	go func() { l.out.Render(); close(l.over) }()
	return l
}

// append adds a line to the end of the table; one without a total is busy.
func (l *live) append(words string, total int64) *progress.Tracker {
	t := &progress.Tracker{Message: words, Total: total, Index: l.next, RemoveOnCompletion: true, AutoStopDisabled: true}
	l.next++
	l.out.AppendTracker(t)
	return t
}

// site adds a site that is under way.
func (l *live) site(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sites[name] == nil && !l.ended {
		l.sites[name] = l.append(finding.Printable(name), 0)
	}
}

// part says how far it is.
func (l *live) part(name, words string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.sites[name]; t != nil {
		t.UpdateMessage(finding.Printable(name) + ", " + words)
	}
}

// siteDone takes it away.
func (l *live) siteDone(name string, done int, words string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.sites[name]; t != nil {
		t.MarkAsDone()
		delete(l.sites, name)
	}
	l.all.SetValue(int64(done))
	l.all.UpdateMessage(words)
}

// Write keeps a message until its line ends, and shows it above the table.
func (l *live) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return l.stderr.Write(p)
	}
	l.line.Write(p)
	if text := l.line.Bytes(); len(text) > 0 && text[len(text)-1] == '\n' {
		l.out.Log("%s", string(text[:len(text)-1]))
		l.line.Reset()
	}
	return len(p), nil
}

// end takes the table away and waits until that is seen.
func (l *live) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return
	}
	l.ended = true
	for _, t := range l.sites {
		t.MarkAsDone()
	}
	l.all.MarkAsDone()
	<-l.over
	l.line.WriteTo(l.stderr)
}
