package conformance

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// replays are the tools whose requests are sent again, in ../shared/client-traces and testdata/replays. A count of right
// requests only rises. What is outside the fence is no fault and is listed with its reason: at most mostOutside requests of the
// tools that make more than permissions and what they are about.
var replays = []struct {
	tool, called    string
	requests, right int // at least so many
	outside         int // at most
}{
	{"smo", "SQL Server Management Objects 181, of which SSMS, dbatools and SqlServerDsc are made", 275, 272, 3},
	{"dbup", "DbUp 7", 126, 126, 0},
	{"evolve", "Evolve 3", 608, 608, 0},
	{"respawn", "Respawn 7", 15, 15, 0},
	{"fluentmigrator", "FluentMigrator 8", 287, 281, 6},
	{"efcore", "EF Core 10", 190, 185, 5},
	{"linq2db", "linq2db 6 and Dapper 2", 597, 593, 4},
}

const mostOutside = 25

// showReplays lets a look at what comes of requests, in the form of testdata/replays.
var showReplays = flag.Bool("replays.show", false, "with -v: print the rows that each request of a replay returns")

// TestReplays sends what other people's tools sent, in order and connection by connection, to an empty server as sa. What
// comes back has the errors that SQL Server gives, and the rows that the story has made.
func TestReplays(t *testing.T) {
	dir := traces(t)
	for _, r := range replays {
		t.Run(r.tool, func(t *testing.T) {
			list, err := readTrace(filepath.Join(dir, r.tool+".jsonl.gz"))
			if err != nil {
				t.Fatal(err)
			}
			want, err := readWishes(filepath.Join("testdata/replays", r.tool+".txt"), len(list))
			if err != nil {
				t.Fatal(err)
			}
			if len(list) != r.requests {
				t.Errorf("%d requests, not %d", len(list), r.requests)
			}
			n := (&replay{target: embedded(t), list: list, wishes: want}).run(t)
			t.Logf("%s: of %d requests %d are right, %d outside, %d are not right", r.tool, len(list), n.right, n.outside, n.wrong)
			if n.right < r.right {
				t.Errorf("%d requests are right, where %d were", n.right, r.right)
			}
			if n.outside > r.outside {
				t.Errorf("%d requests are outside the fence, where %d may be", n.outside, r.outside)
			}
		})
	}
}

// TestPageOfReplays holds the page to the counts, and them to what may be outside.
func TestPageOfReplays(t *testing.T) {
	section := readPage(t).section(t, "What other people's tools send")
	outside := 0
	for _, r := range replays {
		if row := fmt.Sprintf("| %s | %d | %d | %d |\n", r.called, r.requests, r.right, r.outside); !strings.Contains(section, row) {
			t.Errorf("the page has no row\n%s", row)
		}
		if slices.Contains([]string{"fluentmigrator", "efcore", "linq2db"}, r.tool) {
			outside += r.outside
		}
	}
	if outside > mostOutside {
		t.Errorf("%d requests are outside the fence, of %d that may be", outside, mostOutside)
	}
}

// replay is one tool's story on its way.
type replay struct {
	target  *target
	list    []request
	wishes  map[int]*wish
	clients map[int]*client
	watch   *client // who looks whether a connection has ended
}

// replayed counts requests.
type replayed struct{ right, outside, wrong int }

// run sends all requests. What is wrong is logged, or with -v shown.
func (r *replay) run(t *testing.T) (n replayed) {
	var err error
	if r.watch, err = dialClient(t.Context(), r.target, "master"); err != nil {
		t.Fatal(err)
	}
	defer r.watch.close()
	r.clients = map[int]*client{}
	last := map[int]int{}
	for i, q := range r.list {
		last[q.Conn] = i
	}
	for i, q := range r.list {
		got, err := r.send(t.Context(), q)
		w := r.wishes[i]
		fault := w.fault(got)
		if err != nil {
			fault = err.Error()
		}
		if *showReplays {
			t.Logf("%d: %s%s\n%v", i, q.TM, q.Text, got)
		}
		switch {
		case fault != "":
			n.wrong++
			t.Logf("%s on %d in %s: %s\n%s%s", q.ID, q.Conn, q.DB, fault, q.TM, q.Text)
		case w.outside():
			n.outside++
		default:
			n.right++
		}
		if last[q.Conn] == i {
			r.hangUp(t, q.Conn)
		}
	}
	return n
}

// requestTime is how long a request may take before it counts as hung.
const requestTime = 60 * time.Second

// send sends a request on its connection, which the first one opens in its database.
func (r *replay) send(ctx context.Context, q request) (outcome, error) {
	ctx, stop := context.WithTimeout(ctx, requestTime)
	defer stop()
	c := r.clients[q.Conn]
	if c == nil {
		var err error
		if c, err = dialClient(ctx, r.target, q.DB); err != nil {
			r.clients[q.Conn] = &client{}
			return outcome{}, err
		}
		r.clients[q.Conn] = c
	}
	o, err := c.send(ctx, q)
	if wire := r.target.tap.taken(); err == nil {
		err = wire
	}
	return o, err
}

// hangUp ends a connection, and waits until the server has noticed: what follows may drop its database.
func (r *replay) hangUp(t *testing.T, conn int) {
	r.clients[conn].close()
	delete(r.clients, conn)
	var left string
	for range 1000 {
		o, err := ask(t.Context(), r.watch.conn, "SELECT COUNT(*) FROM sys.dm_exec_sessions WHERE is_user_process = 1")
		if err != nil || len(o.sets) != 1 {
			t.Fatal(o, err)
		}
		if left = o.sets[0][0]; left == fmt.Sprint(len(r.clients)+1) {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%s sessions are left after connection %d", left, conn)
}
