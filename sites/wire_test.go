package sites

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// wire is a proxy before a server that counts what passes, and lets everything
// arrive later, as a network between them would.
type wire struct {
	net.Listener
	target string

	mu    sync.Mutex
	delay time.Duration // of a round trip, half of it each way
	count traffic
	// batches are the texts of what clients sent, in their order.
	batches []string
}

// traffic is what passed a wire.
type traffic struct {
	trips      int // requests of a client once it is logged in: batches, calls, attentions
	attentions int // of them: an answer that was not read to its end
	logins     int
	sent, got  int // bytes, of clients and of the server
}

func newWire(tb testing.TB, target string) *wire {
	tb.Helper()
	w := &wire{target: target}
	w.Listener = listening(tb, w.serve)
	return w
}

// listening serves whoever connects to the listener that it returns.
func listening(tb testing.TB, serve func(net.Conn)) net.Listener {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go serve(client)
		}
	}()
	return l
}

// url is how the server is reached through the wire.
func (w *wire) url() string { return fmt.Sprintf("sqlserver://%s?encrypt=disable", w.Addr()) }

// slow sets how long a round trip takes.
func (w *wire) slow(delay time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.delay = delay
}

// take returns what passed since it was called last.
func (w *wire) take() traffic {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.count
	w.count, w.batches = traffic{}, nil
	return out
}

// sent returns the batches that passed since take was called last.
func (w *wire) sent() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.batches
}

func (w *wire) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", w.target)
	if err != nil {
		return
	}
	defer server.Close()
	end := make(chan bool, 2)
	go func() {
		var message []byte
		w.carry(client, server, func(packet []byte) { message = w.request(message, packet) })
		end <- true
	}()
	go func() {
		w.carry(server, client, func(packet []byte) { w.mu.Lock(); w.count.got += len(packet); w.mu.Unlock() })
		end <- true
	}()
	<-end
}

// carry forwards packets, each once it is due, until an end closes.
func (w *wire) carry(from, to net.Conn, count func([]byte)) {
	type late struct {
		packet []byte
		due    time.Time
	}
	line := make(chan late, 1<<12)
	defer close(line)
	go func() {
		for p := range line {
			if wait := time.Until(p.due); wait > 0 {
				time.Sleep(wait)
			}
			if _, err := to.Write(p.packet); err != nil {
				from.Close()
			}
		}
	}()
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
		count(packet)
		w.mu.Lock()
		delay := w.delay
		w.mu.Unlock()
		line <- late{packet, time.Now().Add(delay / 2)}
	}
}

// request counts a client's packet: the last one of a message is a round trip.
// It returns what there is of the message so far.
func (w *wire) request(message, packet []byte) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count.sent += len(packet)
	message = append(message, packet[8:]...)
	const last = 1
	switch kind := packet[0]; {
	case packet[1]&last == 0:
		return message
	case kind == 18: // PRELOGIN
	case kind == 16:
		w.count.logins++
	default:
		w.count.trips++
		switch kind {
		case 1:
			w.batches = append(w.batches, batchText(message))
		case 6:
			w.count.attentions++
		}
	}
	return nil
}

// TestRoundTrips holds the round trips of a site to what they have to be: one to
// see that there is nothing to do, three to change it, one more for however many
// new logins; and no answer that was not read to its end.
func TestRoundTrips(t *testing.T) {
	l := newLive(t)
	w := newWire(t, l.server.Addr().String())
	through := live{T: t, server: l.server, url: w.url()}
	people := func(n int, more string) *Fleet {
		var b strings.Builder
		b.WriteString("[[group]]\nname = \"Reader\"\n[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\"" + more + "]\n")
		for i := range n {
			fmt.Fprintf(&b, "[[user]]\nname = \"p%03d\"\ngroups = [\"Reader\"]\nsites = [\"*\"]\nnew_login = true\n", i)
		}
		return through.policyFleet(runner(), b.String())
	}
	for _, tt := range []struct {
		name        string
		fleet       *Fleet
		read, apply int
	}{
		{"200 new logins", people(200, ""), 1, 4},
		{"nothing to do", people(200, ""), 1, 0},
		{"a change", people(200, `, "update"`), 1, 3},
		{"a change with a new login", people(201, ""), 1, 4},
	} {
		w.take()
		fp := through.plan(tt.fleet)
		read := w.take()
		if _, err := tt.fleet.Apply(context.Background(), fp, Events{}); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		apply := w.take()
		if read.trips != tt.read || apply.trips != tt.apply || read.attentions+apply.attentions > 0 {
			t.Errorf("%s: %+v to read, want %d; %+v to apply, want %d", tt.name, read, tt.read, apply, tt.apply)
		}
		if read.logins+apply.logins > 1 {
			t.Errorf("%s: %d connections", tt.name, read.logins+apply.logins)
		}
		v := tt.fleet.Verify(context.Background(), time.Now())
		if verify := w.take(); v[0].Err != nil || !v[0].OK() || verify.trips != 3 || verify.attentions > 0 {
			t.Errorf("%s: %+v to verify, %v %v", tt.name, verify, v[0].Err, v[0].Mismatches)
		}
	}
}

// TestRoundTripsOfLogins: however many logins of a server change, they take the lock
// and one round trip more.
func TestRoundTripsOfLogins(t *testing.T) {
	l := newLive(t)
	w := newWire(t, l.server.Addr().String())
	through := live{T: t, server: l.server, url: w.url()}
	var b strings.Builder
	b.WriteString("[[group]]\nname = \"Reader\"\n[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\"]\n")
	for i := range 100 {
		fmt.Fprintf(&b, "[[user]]\nname = \"p%03d\"\ngroups = [\"Reader\"]\nsites = [\"*\"]\nnew_login = true\n", i)
	}
	apply := func(text string) traffic {
		f := through.policyFleet(runner(), text)
		fp := through.plan(f)
		w.take()
		if _, err := f.Apply(context.Background(), fp, Events{}); err != nil {
			t.Fatal(err)
		}
		return w.take()
	}
	apply(b.String())
	one := apply(strings.Replace(b.String(), "new_login = true", "inactive = true", 1))
	all := apply(strings.ReplaceAll(b.String(), "new_login = true", "inactive = true"))
	if one.trips != 5 || all.trips != 5 || one.attentions+all.attentions > 0 {
		t.Errorf("%+v for one who leaves, %+v for all; want 5", one, all)
	}
	if fp := through.plan(through.policyFleet(runner(), strings.ReplaceAll(b.String(), "new_login = true", "inactive = true"))); !fp.Empty() {
		t.Errorf("%d servers are left to change", len(fp.Servers))
	}
}

// TestRoundTripsOfAFleet: what one site takes, each of several takes.
func TestRoundTripsOfAFleet(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0}, place{"South", 0}, place{"East", 0})
	count := newWire(t, w.servers[0].Addr().String())
	text := strings.Replace(w.policy(9, member("ann", "*")), "[license]\nseats = 9\n", "", 1)
	f := w.fleet(strings.ReplaceAll(text, w.servers[0].Addr().String(), count.Addr().String()))
	r := f.Read(context.Background())
	read := count.take()
	if _, err := f.Apply(context.Background(), Plan(f.Policy, r, PlanOptions{ExpectLoss: -1}), Events{}); err != nil {
		t.Fatal(err)
	}
	if apply := count.take(); read.trips != 3 || apply.trips != 9 {
		t.Errorf("%+v to read three sites, %+v to apply", read, apply)
	}
}

// TestSitesShareConnections: sites of one server use as many connections as are at
// work at once, however many they are, and no round trip more for it.
func TestSitesShareConnections(t *testing.T) {
	const sites, parallel = 10, 2
	var places []place
	for i := range sites {
		places = append(places, place{fmt.Sprintf("S%d", i), 0})
	}
	w := newWorld(t, 1, places...)
	count := newWire(t, w.servers[0].Addr().String())
	text := strings.Replace(w.policy(9, member("ann", "*")), "[license]\nseats = 9\n", "", 1)
	f := w.fleet(strings.ReplaceAll(text, w.servers[0].Addr().String(), count.Addr().String()))
	f.options.Parallel = parallel
	r := f.Read(context.Background())
	read := count.take()
	fp := Plan(f.Policy, r, PlanOptions{ExpectLoss: -1})
	if _, err := f.Apply(context.Background(), fp, Events{}); err != nil {
		t.Fatal(err)
	}
	apply := count.take()
	for _, v := range f.Verify(context.Background(), time.Now()) {
		if v.Err != nil || !v.OK() {
			t.Errorf("%s: %v %v", v.Site, v.Err, v.Mismatches)
		}
	}
	verify := count.take()
	if made := read.logins + apply.logins + verify.logins; made > parallel {
		t.Errorf("%d connections for %d sites, %d at once", made, sites, parallel)
	}
	if read.trips != sites || apply.trips != 3*sites || verify.trips != 3*sites {
		t.Errorf("%+v to read %d sites, %+v to apply, %+v to verify", read, sites, apply, verify)
	}
}
