package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"grantree/sites"
	"grantree/sql/mssql"
)

// heard is what a process says, for somebody who listens meanwhile.
type heard struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.Write(p)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.String()
}

// awaited is what a shard says that waits for the canary.
const awaited = "of shard 0/3, which is changed first"

// shards starts a run of a fleet in so many processes, as a scheduler does, at once, or
// the first of them once the others wait for its canary, and returns what became of
// each site in each of them.
func (f *fleet) shards(n int, firstIsLate bool, args ...string) (results []map[string]string, codes []int, said []string) {
	f.Helper()
	dir := f.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "grantree.toml"), []byte(f.policy), 0o600); err != nil {
		f.Fatal(err)
	}
	runs, out, errs := make([]*exec.Cmd, n), make([]bytes.Buffer, n), make([]heard, n)
	for i := n - 1; i >= 0; i-- {
		runs[i] = exec.Command("grantree", append(args, "--shard", fmt.Sprintf("%d/%d", i, n))...)
		runs[i].Dir, runs[i].Stdout, runs[i].Stderr = dir, &out[i], &errs[i]
		runs[i].Env = append(os.Environ(), "SECRET="+stopPassword)
		for k := 1; i == 0 && firstIsLate && k < n; k++ {
			for tries := 0; !strings.Contains(errs[k].String(), awaited); tries++ {
				if time.Sleep(10 * time.Millisecond); tries == 3000 {
					f.Fatalf("shard %d does not wait\n%s", k, errs[k].String())
				}
			}
		}
		if err := runs[i].Start(); err != nil {
			f.Fatal(err)
		}
		f.Cleanup(func() { runs[i].Process.Kill() })
	}
	for i, c := range runs {
		c.Wait()
		var answer struct {
			Sites []struct{ Site, Result string }
		}
		if err := json.Unmarshal(out[i].Bytes(), &answer); err != nil {
			f.Errorf("shard %d: %v\n%s", i, err, errs[i].String())
		}
		of := map[string]string{}
		for _, s := range answer.Sites {
			of[s.Site] = s.Result
		}
		results, codes, said = append(results, of), append(codes, c.ProcessState.ExitCode()), append(said, errs[i].String())
	}
	return results, codes, said
}

// shardSites are the sites of a fleet that tests of shards share.
var shardSites = strings.Fields("North South Harbor Depot Yard Rail Wharf")

// TestShardsShareAFleet: runs of shards, as processes of their own, apply each site
// exactly once. The canary is one of shard 0, and the others wait for it. Logins that
// several of them want are made once.
func TestShardsShareAFleet(t *testing.T) {
	const n = 3
	f := newFleet(t, shardSites...)
	f.policy += "[license]\nseats = 3\n"
	for _, name := range []string{"ann", "ben", "cid"} {
		f.policy += fmt.Sprintf("[[user]]\nname = %q\ngroups = [\"Reader\"]\nsites = [\"*\"]\nnew_login = true\n", name)
	}
	results, codes, said := f.shards(n, true, "apply", "--yes", "--format", "json", "--no-verify")
	times := map[string]int{}
	for i, of := range results {
		if codes[i] != exitDone {
			t.Errorf("shard %d ends with %d\n%s", i, codes[i], said[i])
		}
		for site, result := range of {
			if times[site]++; result != string(sites.Applied) {
				t.Errorf("shard %d: site %s is %s", i, site, result)
			}
			if !(sites.Shard{Index: i, Of: n}).Has(site) {
				t.Errorf("site %s is not in shard %d", site, i)
			}
		}
	}
	for _, site := range shardSites {
		if times[site] != 1 {
			t.Errorf("site %s was applied %d times", site, times[site])
		}
	}
	if strings.Contains(said[0], awaited) || !strings.Contains(said[0], "wave 2 of 2") || strings.Contains(said[1]+said[2], "wave ") {
		t.Errorf("the canary is not shard 0's alone\n%s", strings.Join(said, "\n"))
	}
	if _, codes, said := f.shards(n, false, "verify", "--format", "json"); slices.Max(codes) != exitDone {
		t.Errorf("verify ends with %d\n%s", codes, strings.Join(said, "\n"))
	}
	if code, _, stderr := f.run("", "plan", "--check"); code != exitDone {
		t.Errorf("plan --check of all ends with %d\n%s", code, stderr)
	}
}

// seatsUsed asks the server at one moment how many people are in any site.
func (f *fleet) seatsUsed(db *sql.DB) int {
	var parts []string
	for _, name := range shardSites {
		parts = append(parts, "SELECT name FROM [db_"+name+"].sys.database_principals WHERE type = 'S' AND principal_id BETWEEN 5 AND 16383")
	}
	var n int
	if err := db.QueryRow("SELECT COUNT(*) FROM (" + strings.Join(parts, " UNION ") + ") AS p").Scan(&n); err != nil {
		f.Error(err)
	}
	return n
}

// TestShardsAndSeats: shards that race for a seat, while another is still held by who
// leaves every site, never let in more people than there are seats; who got none is
// named, and gets it when that is run again.
func TestShardsAndSeats(t *testing.T) {
	const n, seats = 3, 2
	f := newFleet(t, shardSites...).person("ann", "*")
	f.policy = strings.Replace(f.policy, `administrators = "Reader"`, "max_loss = 1.0", 1) + fmt.Sprintf("[license]\nseats = %d\n", seats)
	if code, _, stderr := f.run("", "apply", "--yes"); code != exitDone {
		t.Fatal(stderr)
	}
	f.policy = strings.Replace(f.policy, `name = "ann"`, "name = \"ann\"\ninactive = true", 1)
	f.person("ben", "North").person("cid", "South") // of two shards
	db, err := mssql.Open(mssql.Address{URL: sandboxURL(f.server), User: "sa", Password: stopPassword})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx, stop := context.WithCancel(t.Context())
	most := make(chan int)
	go func() {
		n := 0
		for ctx.Err() == nil {
			n = max(n, f.seatsUsed(db))
		}
		most <- n
	}()
	for round := 0; ; round++ {
		_, codes, said := f.shards(n, false, "apply", "--yes", "--format", "json", "--canary", "0")
		if slices.Max(codes) == exitDone {
			break
		}
		for i, code := range codes {
			if code != exitDone && !(code == exitRule && strings.Contains(said[i], "left out for want of a seat")) {
				t.Errorf("round %d: shard %d ends with %d\n%s", round, i, code, said[i])
			}
		}
		if round == 5 || t.Failed() {
			t.Fatalf("ben or cid has no seat\n%s", strings.Join(said, "\n"))
		}
	}
	stop()
	if n := <-most; n > seats {
		t.Errorf("%d people at once, of %d seats", n, seats)
	}
	if got := f.seatsUsed(db); got != seats {
		t.Errorf("in the end %d people are in", got)
	}
}

// TestShardWithoutSites: a run that looked at nothing claims nothing.
func TestShardWithoutSites(t *testing.T) {
	f := newFleet(t, "North").person("ann", "*")
	empty := "0/3"
	if (sites.Shard{Index: 0, Of: 3}).Has("North") {
		empty = "1/3"
	}
	for _, command := range []string{"plan", "verify"} {
		code, stdout, stderr := f.run("", command, "--shard", empty)
		if code != exitDone || !strings.Contains(stdout, noSites) || strings.Contains(stdout, "SITE") || strings.Contains(stdout, "policy says") {
			t.Errorf("%s ends with %d\n%s\n%s", command, code, stdout, stderr)
		}
	}
}
