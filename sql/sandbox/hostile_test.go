package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/microsoft/go-mssqldb"
)

var (
	hostileTime    = flag.Duration("hostile", 2*time.Second, "how long TestHostileHour attacks")
	hostileClients = flag.Int("hostile.clients", 24, "how many clients TestHostileHour has")
	hostileSeed    = flag.Uint64("hostile.seed", 0, "what the clients of TestHostileHour draw from; 0 is another one each time")
)

// patience is when a client of the hour says that it waits for ever: nothing that it sends takes as long.
const patience = time.Minute

// hour is an attack on a server, and what came of it.
type hour struct {
	*testing.T
	server             *Server
	end                time.Time
	answered, refused  atomic.Int64
	mu                 sync.Mutex
	faults             map[string]int
	interrupted, reset atomic.Int64
}

// TestHostileHour attacks a server with clients that send what they like, take it back, leave at any moment and end one
// another. The server answers the next one, and nothing of them is left.
func TestHostileHour(t *testing.T) {
	seed := *hostileSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("-hostile.seed %d -hostile.clients %d", seed, *hostileClients)
	h := &hour{T: t, faults: map[string]int{}}
	s, err := New(Options{SAPassword: "Sandbox-1-sa", WriteWait: 300 * time.Millisecond, Log: h.log})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	h.server = s
	h.probe()
	before := h.measure(serving())
	h.attack(seed, *hostileTime/2)
	half := h.measure(before.goroutines)
	h.attack(seed+1, *hostileTime/2)
	h.left(before, half, h.measure(before.goroutines))
	t.Logf("%d batches answered, %d of them with an error, %d interrupted, %d pooled connections reset", h.answered.Load(), h.refused.Load(), h.interrupted.Load(), h.reset.Load())
	if h.answered.Load() == h.refused.Load() || h.interrupted.Load() == 0 || h.reset.Load() == 0 {
		t.Error("that was no attack")
	}
}

// log hears the server: whatever it says of a session is a fault of its own.
func (h *hour) log(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if strings.HasPrefix(text, "connection ") && !strings.Contains(text, "panic") {
		return // it tells of a client that broke off
	}
	h.fault("server: " + text)
}

// fault notes what must not be, each kind once.
func (h *hour) fault(text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	key := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, text[:min(len(text), 300)])
	if h.faults[key]++; h.faults[key] == 1 {
		h.Error(text)
	}
}

// attack runs the clients in a database of their own, and drops it.
func (h *hour) attack(seed uint64, d time.Duration) {
	ctx := context.Background()
	if err := h.server.Exec(ctx, "", hostileSite); err != nil {
		h.Fatal(err)
	}
	h.end = time.Now().Add(d)
	var wait sync.WaitGroup
	for i := range *hostileClients {
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		wait.Go(func() {
			for time.Now().Before(h.end) {
				if random.IntN(3) == 0 {
					(&rawClient{hour: h, Rand: random}).run()
				} else {
					h.drive(random)
				}
			}
		})
	}
	wait.Wait()
	h.probe()
	h.alone()
	if err := h.server.Exec(ctx, "", hostileEnd); err != nil {
		h.Errorf("after the attack: %v", err)
	}
}

// probe is the client that comes after all: it is answered, and may write at once.
func (h *hour) probe() {
	db, err := sql.Open("sqlserver", h.server.URL("sa", "Sandbox-1-sa", "tempdb"))
	if err != nil {
		h.Fatal(err)
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	const text = "SET LOCK_TIMEOUT 0; BEGIN TRAN; CREATE ROLE probe; CREATE TABLE #p (a int); INSERT #p VALUES (1); ROLLBACK"
	h.eventually("the write lock", func() bool { _, err = db.ExecContext(ctx, text); return err == nil })
	if err != nil {
		h.Errorf("the next client: %v", err)
	}
}

// drive is one pool of the driver that runs some batches.
func (h *hour) drive(random *rand.Rand) {
	user, password := "sa", "Sandbox-1-sa"
	if random.IntN(2) == 0 {
		user, password = fmt.Sprint("h", random.IntN(4)), "Hostile-1-pw"
	}
	db, err := sql.Open("sqlserver", h.server.URL(user, password, []string{"Hostile", "", "tempdb"}[random.IntN(3)]))
	if err != nil {
		h.Fatal(err)
	}
	defer db.Close()
	for range 1 + random.IntN(8) {
		if !h.borrow(db, random) || time.Now().After(h.end) {
			return
		}
	}
}

// borrow takes a connection from the pool, which resets it, and runs batches on it. It reports whether there was one.
func (h *hour) borrow(db *sql.DB, random *rand.Rand) bool {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := db.Conn(ctx)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			h.fault("a client waited for its connection for ever")
		}
		return false
	}
	defer conn.Close()
	h.reset.Add(1)
	for range random.IntN(6) {
		h.batch(ctx, conn, random)
	}
	return true
}

// batch runs a batch, which is interrupted at times.
func (h *hour) batch(ctx context.Context, conn *sql.Conn, random *rand.Rand) {
	text := hostileBatch(random)
	short := random.IntN(4) == 0 || strings.Contains(text, hostileSleep)
	if short {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(random.IntN(40_000))*time.Microsecond)
		defer cancel()
	}
	var args []any
	if random.IntN(3) == 0 {
		args = append(args, random.IntN(9))
	}
	_, err := conn.ExecContext(ctx, text, args...) // after a query that fails with much behind it the driver waits for itself
	h.answered.Add(1)
	if err == nil {
		return
	}
	h.refused.Add(1)
	var numbered interface{ SQLErrorNumber() int32 }
	switch {
	case errors.As(err, &numbered) && (numbered.SQLErrorNumber() == 8624 || numbered.SQLErrorNumber() == 3624):
		h.fault(fmt.Sprintf("%v for %q", err, text))
	case !errors.Is(err, context.DeadlineExceeded):
	case short:
		h.interrupted.Add(1)
	default:
		h.fault(fmt.Sprintf("waited for ever for %q", text))
	}
}

// eventually waits for what other goroutines are about to do.
func (h *hour) eventually(what string, done func() bool) {
	h.Helper()
	for end := time.Now().Add(20 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			h.Errorf("still waiting for %s", what)
			return
		}
	}
}

// leftovers is what a server keeps of its clients.
type leftovers struct {
	goroutines, sessions, locks int
	stores                      int // connections to the store that are not given back
	writing                     bool
	rows                        int // of all user tables, temporary ones among them
	heap                        int64
}

// alone waits until all sessions have ended.
func (h *hour) alone() {
	h.eventually("the sessions to end", func() bool {
		h.server.mu.Lock()
		defer h.server.mu.Unlock()
		return len(h.server.sessions) == 0
	})
}

// serving counts the server's goroutines: the driver leaves readers of its own behind.
func serving() int {
	stacks := make([]byte, 1<<20)
	return strings.Count(string(stacks[:runtime.Stack(stacks, true)]), "created by grantree/sql/")
}

// measure counts, after everybody has had the time to leave: there were as many goroutines before them.
func (h *hour) measure(goroutines int) (l leftovers) {
	s := h.server
	h.alone()
	s.mu.Lock()
	l.sessions = len(s.sessions)
	s.mu.Unlock()
	s.locks.mu.Lock()
	l.locks = len(s.locks.locks)
	s.locks.mu.Unlock()
	s.publication.mu.Lock()
	l.writing = s.publication.writing
	s.publication.mu.Unlock()
	l.stores = s.store.db.Stats().InUse
	l.rows = h.rows()
	h.eventually("the goroutines to end", func() bool {
		l.goroutines = serving()
		return l.goroutines <= goroutines+2
	})
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	l.heap = int64(m.HeapAlloc)
	return l
}

// rows counts the rows of the store over all connections that wait for a session.
func (h *hour) rows() (n int) {
	ctx := context.Background()
	for range max(h.server.store.db.Stats().Idle, 1) {
		conn, err := h.server.store.Conn()
		if err != nil {
			h.Fatal(err)
		}
		defer conn.Close()
		rows, err := conn.QueryContext(ctx, "SELECT 'main.', name FROM sqlite_master WHERE name GLOB '*rows[0-9]*' AND type = 'table' UNION SELECT 'temp.', name FROM sqlite_temp_master WHERE name GLOB '*rows[0-9]*' AND type = 'table'")
		if err != nil {
			h.Fatal(err)
		}
		var tables []string
		for rows.Next() {
			var schema, name string
			if err := rows.Scan(&schema, &name); err != nil {
				h.Fatal(err)
			}
			tables = append(tables, schema+`"`+name+`"`)
		}
		rows.Close()
		for _, table := range tables {
			var count int
			if err := conn.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table).Scan(&count); err != nil {
				h.Errorf("%s: %v", table, err)
			}
			n += count
		}
	}
	return n
}

// left compares what is left with what there was before, and the heap with that after half the time.
func (h *hour) left(before, half, after leftovers) {
	h.Logf("before %+v, after half %+v, after all %+v", before, half, after)
	for _, l := range []leftovers{half, after} {
		if l.sessions != 0 || l.locks != 0 || l.stores != 0 || l.writing || l.rows != before.rows || l.goroutines > before.goroutines {
			h.Errorf("left behind: %+v, where before there were %+v", l, before)
		}
	}
	if grown := after.heap - half.heap; grown > 16<<20 {
		h.Errorf("the second half left %d KiB of heap behind", grown>>10)
	}
}
