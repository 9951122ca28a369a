package sites

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"

	"grantree/policy"
	"grantree/sql/mssql"
	"grantree/sql/sandbox"
	"grantree/sql/tsql"
)

// TestMain is a server where the environment says so: a benchmark's, in a
// process of its own, so that what it takes is not taken for ours.
func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		serveBenchmark()
		return
	}
	QuietCollector() // as the command does
	if os.Getenv(asClient) != "" {
		clientBenchmark()
		return
	}
	os.Exit(m.Run())
}

const (
	asServer = "GRANTREE_BENCHMARK_SERVER"
	asClient = "GRANTREE_BENCHMARK_CLIENT" // how many sites, plan or apply, and the server's url
	// heapProfile is a file for what is in memory at the end.
	heapProfile = "GRANTREE_BENCHMARK_HEAP"
)

// serveBenchmark is a sandbox until its standard input ends.
func serveBenchmark() {
	s, err := sandbox.New(sandbox.Options{SAPassword: livePassword})
	if err == nil {
		err = s.Listen("127.0.0.1:0")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer s.Close()
	fmt.Println(s.Addr())
	bufio.NewReader(os.Stdin).ReadString('\n')
}

// oneMore is a person whom an apply adds to reference sites.
const oneMore = "newcomer"

// clientBenchmark plans reference sites, all played by one database, or applies a
// change to them, and says how many bytes of memory that took at most, and how many
// sites there were something to do in.
func clientBenchmark() {
	var n int
	var what, url string
	fmt.Sscan(os.Getenv(asClient), &n, &what, &url)
	x := referenceSite.of(n)
	x.played = true
	text := x.policy(url)
	if what == "apply" {
		text += "[[user]]\nname = \"" + oneMore + "\"\ngroups = [\"Group 00\"]\nsites = [\"*\"]\n"
	}
	p, findings := policy.Parse(policy.Source{File: "p.toml", Data: []byte(text)}, func(string) ([]byte, error) { return []byte(x.catalog()), nil })
	f, err := Open(p, Options{Password: func(policy.Server) (string, error) { return livePassword, nil }})
	if err == nil {
		err = findings.Err()
	}
	done := 0
	var fp *FleetPlan
	if err == nil {
		var readings []Reading
		fp, readings = f.ReadAndPlan(context.Background(), PlanOptions{ExpectLoss: -1}, false)
		err = Failures(readings)
		for _, s := range fp.Sites {
			if !s.Empty() {
				done++
			}
		}
		if err == nil && what == "apply" {
			var results []Result
			results, err = f.Apply(context.Background(), fp, Events{})
			done = len(slices.DeleteFunc(results, func(r Result) bool { return r.Outcome != Applied }))
		}
	}
	if name := os.Getenv(heapProfile); name != "" {
		runtime.GC()
		if file, err := os.Create(name); err == nil {
			pprof.WriteHeapProfile(file)
			file.Close()
		}
	}
	runtime.KeepAlive(fp)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status, _ := os.ReadFile("/proc/self/status")
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	fmt.Println(strings.Fields(peak)[0], done)
}

// process is a server that runs apart.
type process struct {
	addr string
	pid  int
}

// startProcess starts one, or takes that which GRANTREE_TEST_URL names.
func startProcess(b testing.TB) *process {
	b.Helper()
	c := exec.Command(os.Args[0])
	c.Env, c.Stderr = append(os.Environ(), asServer+"=1"), os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); c.Wait() })
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return &process{addr: strings.TrimSpace(addr), pid: c.Process.Pid}
}

func (p *process) url() string { return "sqlserver://" + p.addr + "?encrypt=disable" }

// cpu is the seconds of processor time that the server has taken.
func (p *process) cpu() float64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid))
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / 100
}

// ownCPU is the seconds of processor time that this process has taken.
func ownCPU() float64 {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}

// open opens a database of the server as its administrator.
func (p *process) open(b testing.TB, url, database string) *sql.DB {
	b.Helper()
	db, err := mssql.Open(mssql.Address{URL: url, User: "sa", Password: livePassword, Database: database})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	return db
}

// script runs a script with GO lines.
func (p *process) script(b testing.TB, text string) {
	b.Helper()
	ctx := context.Background()
	conn, err := p.open(b, p.url(), "master").Conn(ctx)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	batches, err := tsql.SplitScript(text)
	if err != nil {
		b.Fatal(err)
	}
	for _, batch := range batches {
		if _, err := conn.ExecContext(ctx, batch.Text); err != nil {
			b.Fatalf("%.200s: %v", batch.Text, err)
		}
	}
}

// shape is how large a reference fleet is.
type shape struct {
	sites, views, nodes, groups, users int
	modules                            int // that the nodes are in; 0: one for ten
	// played has one database play every site, each of which is on a server of its
	// own as far as the policy knows.
	played bool
}

// referenceSite is R1. R100 and R1k are a hundred and a thousand of it.
var referenceSite = shape{sites: 1, views: 400, nodes: 250, groups: 40, users: 2000}

func (x shape) inModules() int {
	if x.modules > 0 {
		return x.modules
	}
	return max(x.nodes/10, 1)
}

func (x shape) of(sites int) shape { x.sites = sites; return x }

func (x shape) random() *rand.Rand { return rand.New(rand.NewPCG(2026, uint64(x.users))) }

// catalog is a tree of nodes in modules, each with views of its own and some of
// others' to look things up in.
func (x shape) catalog() string {
	r := x.random()
	var b strings.Builder
	b.WriteString("name = \"reference\"\nprefix = \"rv_\"\n")
	modules := x.inModules()
	for n := range x.nodes {
		if n < modules {
			fmt.Fprintf(&b, "[[node]]\npath = \"M%03d\"\n", n)
			continue
		}
		fmt.Fprintf(&b, "[[node]]\npath = \"M%03d | N%03d\"\nviews = [", n%modules, n)
		own, nodes := n-modules, x.nodes-modules
		seen := map[int]bool{}
		view := func(v int, level string) {
			if !seen[v] {
				seen[v] = true
				fmt.Fprintf(&b, "{ name = \"rv_%04d\", level = %q }, ", v, level)
			}
		}
		for v := own; v < x.views; v += nodes {
			view(v, map[bool]string{true: "parent", false: "child"}[v == own])
		}
		for range 4 {
			view(r.IntN(nodes), "foreign_key")
		}
		b.WriteString("]\n")
	}
	return b.String()
}

// policy is a policy of the shape on one server.
func (x shape) policy(url string) string {
	r := x.random()
	var b strings.Builder
	b.WriteString("[catalog]\nfile = \"reference.toml\"\n[policy]\nmax_loss = 1.0\n")
	for s := range x.sites {
		server, database := "main", fmt.Sprintf("Site%04d", s)
		if x.played {
			server, database = fmt.Sprintf("s%04d", s), "Site0000"
		}
		if s == 0 || x.played {
			fmt.Fprintf(&b, "[server.%s]\nurl = %q\nuser = \"sa\"\npassword_env = \"X\"\n", server, url)
		}
		fmt.Fprintf(&b, "[[site]]\nname = \"Site%04d\"\nserver = %q\ndatabase = %q\n", s, server, database)
	}
	permissions := []string{`"select"`, `"select", "update"`, `"select", "insert", "update"`, `"select", "insert", "update", "delete"`}
	modules := x.inModules()
	for g := range x.groups {
		fmt.Fprintf(&b, "[[group]]\nname = \"Group %02d\"\n", g)
		for range 5 {
			fmt.Fprintf(&b, "[[group.allow]]\non = \"M%03d\"\npermissions = [%s]\n", r.IntN(modules), permissions[r.IntN(len(permissions))])
		}
	}
	sets := make([]string, 60)
	set := func(n int) string {
		var names []string
		for _, g := range r.Perm(x.groups)[:min(n, x.groups)] {
			names = append(names, fmt.Sprintf("\"Group %02d\"", g))
		}
		return strings.Join(names, ", ")
	}
	for i := range sets {
		sets[i] = set(1 + r.IntN(4))
	}
	zipf := rand.NewZipf(r, 1.2, 1, uint64(len(sets)-1))
	for u := range x.users {
		groups := sets[zipf.Uint64()]
		if u%40 == 0 {
			groups = set(5)
		}
		fmt.Fprintf(&b, "[[user]]\nname = \"user%05d\"\ngroups = [%s]\nsites = [\"*\"]\n", u, groups)
		if u%40 == 20 {
			fmt.Fprintf(&b, "[[user.allow]]\nview = \"rv_%04d\"\npermissions = [\"select\"]\n", r.IntN(x.nodes-modules))
		}
	}
	return b.String()
}

// parse reads a policy of the shape.
func (x shape) parse(b testing.TB, url string) *policy.Policy {
	b.Helper()
	p, findings := policy.Parse(policy.Source{File: "p.toml", Data: []byte(x.policy(url))}, func(string) ([]byte, error) { return []byte(x.catalog()), nil })
	if err := findings.Err(); err != nil {
		b.Fatal(err)
	}
	return p
}

// make makes the shape's databases and logins on a server.
func (x shape) make(b testing.TB, server *process) {
	b.Helper()
	p := x.parse(b, server.url())
	for s := range x.sites {
		server.script(b, mssql.MakeBareSite(fmt.Sprintf("Site%04d", s), p.Catalog.Schema, p.Catalog.Views()))
	}
	var logins strings.Builder
	for i, u := range p.Users {
		fmt.Fprintf(&logins, "CREATE LOGIN %s WITH PASSWORD = N'Kj3-lkj2-Lkj9', CHECK_POLICY = OFF;\n", u.Name)
		if i%200 == 199 {
			logins.WriteString("GO\n")
		}
	}
	server.script(b, logins.String())
}

// open opens the fleet of a policy.
func (x shape) open(b testing.TB, p *policy.Policy, o Options) *Fleet {
	b.Helper()
	o.Password = func(policy.Server) (string, error) { return livePassword, nil }
	f, err := Open(p, o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(f.Close)
	return f
}

// spent is what something took.
type spent struct{ wall, own, server float64 }

// spend measures do.
func (p *process) spend(total *spent, do func()) {
	own, server, began := ownCPU(), p.cpu(), time.Now()
	do()
	total.wall += time.Since(began).Seconds()
	total.own += ownCPU() - own
	total.server += p.cpu() - server
}

// against reports what we took, and how many times what the floor took.
func (s spent) against(b *testing.B, floor spent) {
	b.ReportMetric(s.wall/floor.wall, "×floor")
	b.ReportMetric((s.own+s.server)/(floor.own+floor.server), "×floor-cpu")
	b.ReportMetric(1000*s.own/float64(b.N), "cpu-ms/op")
	b.ReportMetric(1000*floor.own/float64(b.N), "floor-cpu-ms/op")
	b.ReportMetric(1000*s.server/float64(b.N), "server-cpu-ms/op")
}

// batchText is the text of a batch as it stands in a message.
func batchText(message []byte) string {
	if len(message) < 4 {
		return ""
	}
	body := message[binary.LittleEndian.Uint32(message):] // after all headers
	units := make([]uint16, len(body)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(body[2*i:])
	}
	return string(utf16.Decode(units))
}

// replay sends batches with the bare driver, and reads every answer to its end.
func replay(b testing.TB, db *sql.DB, batches []string) {
	b.Helper()
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	for _, text := range batches {
		rows, err := conn.QueryContext(ctx, text)
		if err != nil {
			b.Fatal(err)
		}
		for more := true; more; more = rows.NextResultSet() {
			for rows.Next() {
			}
		}
		if err := rows.Err(); err != nil {
			b.Fatal(err)
		}
		rows.Close()
	}
}
