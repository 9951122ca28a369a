//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// inMemory is what a command may take for the largest input that is read.
const inMemory = 256 << 20

// TestMemory runs commands on inputs at the edge of what is read, each as a
// process of its own, and looks at how much memory it takes at most. Whether it
// is read at all is for others to test: catalog's TestLargeTrees, tomldoc's
// TestLimits.
func TestMemory(t *testing.T) {
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		t.Skip("the race detector takes several times the memory that is measured here")
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "grantree")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, program); err != nil { // see TestMain
		t.Fatal(err)
	}
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	write("tree.toml", nodes(99_000))
	tree := write("p.toml", "[catalog]\nfile = \"tree.toml\"\n[[site]]\nname = \"North\"\nserver = \"main\"\ndatabase = \"N\"\n"+aServer+
		"[[group]]\nname = \"Crew\"\n[[group.allow]]\non = \"Root\"\npermissions = [\"select\", \"insert\", \"update\", \"delete\"]\n"+
		"[[user]]\nname = \"ann\"\ngroups = [\"Crew\"]\nsites = [\"*\"]\n")
	crowd := write("crowd.toml", aServer+people(20_000, 10))
	for _, tt := range []struct {
		name string
		args []string
		says string // on stdout
	}{
		{"a policy for 100,000 nodes", []string{"test", "-f", tree}, "0 policy tests, 0 failed"},
		{"lint of 100,000 nodes", []string{"catalog", "lint", "-f", tree}, "0 errors"},
		{"20,000 people in ten sites", []string{"test", "-f", crowd}, "0 policy tests, 0 failed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			most := 0
			for range 3 { // now and then the collector of a busy machine is late
				if most = mostOf(t, exec.Command(program, tt.args...), tt.says); most > 0 && most <= inMemory {
					return
				}
			}
			t.Errorf("%d MiB, want up to %d", most>>20, inMemory>>20)
		})
	}
}

// mostOf runs a command, which succeeds and says something, and returns how much
// memory it took at most.
func mostOf(t *testing.T, c *exec.Cmd, says string) int {
	t.Helper()
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr, c.Env = &out, &errs, append(os.Environ(), "GOMEMLIMIT=")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	most := 0
	for {
		select {
		case err := <-done:
			if err != nil || !strings.Contains(out.String(), says) {
				t.Fatalf("%v: %.300s %.300s", err, out.String(), errs.String())
			}
			return most
		case <-time.After(5 * time.Millisecond):
			most = max(most, mostMemory(c.Process.Pid))
		}
	}
}

// highWater is how much memory a process has had at most, in its status.
var highWater = regexp.MustCompile(`VmHWM:\s*(\d+) kB`)

// mostMemory is the same in bytes, or 0 once the process is gone.
func mostMemory(pid int) int {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if m := highWater.FindSubmatch(status); m != nil {
		n, _ := strconv.Atoi(string(m[1]))
		return n << 10
	}
	return 0
}

const aServer = "[server.main]\nurl = \"sqlserver://sql01.example\"\nuser = \"grantree\"\npassword_env = \"PASSWORD\"\n"

// nodes is a catalog with n leaves, a hundred below each branch, one view at
// each.
func nodes(n int) string {
	var b strings.Builder
	b.WriteString("name = \"broad\"\nprefix = \"v_\"\n[[node]]\npath = \"Root\"\n")
	for i := range n {
		if i%100 == 0 {
			fmt.Fprintf(&b, "[[node]]\npath = \"Root | Branch %d\"\n", i/100)
		}
		fmt.Fprintf(&b, "[[node]]\npath = \"Root | Branch %d | Leaf %d\"\nviews = [{ name = \"v_%d\", level = \"parent\" }]\n", i/100, i, i)
	}
	return b.String()
}

// people is n people of the vendor's groups in every one of some sites.
func people(n, sites int) string {
	var b strings.Builder
	b.WriteString("[policy]\nextends = \"imaint\"\n")
	for i := range sites {
		fmt.Fprintf(&b, "[[site]]\nname = \"S%d\"\nserver = \"main\"\ndatabase = \"S%d\"\n", i, i)
	}
	groups := []string{"Mechanic", "Planner", "Admin", "Purchasing Buyer", "Inventory Clerk"}
	for i := range n {
		fmt.Fprintf(&b, "[[user]]\nname = \"person%d\"\ngroups = [%q, %q]\nsites = [\"*\"]\n", i, groups[i%5], groups[(i+1)%5])
	}
	return b.String()
}
