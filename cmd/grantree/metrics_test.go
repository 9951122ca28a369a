package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"grantree/licensing"
	"grantree/sites"

	"pgregory.net/rapid"
)

// TestExposition: what a run came to as the text format has it, with every label
// value escaped and no order to a terminal in it. deploy/check holds files to the
// parser of Prometheus.
func TestExposition(t *testing.T) {
	e := &ending{command: "verify", code: exitDifferences, took: 1500 * time.Millisecond, seats: &sites.Seats{Count: licensing.Count{Limited: true, Limit: 25, Used: 24}, Counted: true},
		sites: []siteEnd{{name: "North", result: siteAsPolicy, verified: true, planned: true, changes: 7}, {name: "S\"o\\u\nth\x1b[2J", result: siteMismatch, verified: true, mismatches: 2}, {name: "Harbor", result: string(sites.Away)}}}
	got := string(exposition(e.metrics(time.UnixMilli(1795801744250), 1795700000), label{"command", "verify"}, label{"shard", "0/3"}))
	for _, want := range []string{
		"# HELP grantree_run_timestamp_seconds When the last run ended.\n# TYPE grantree_run_timestamp_seconds gauge\ngrantree_run_timestamp_seconds{command=\"verify\",shard=\"0/3\"} 1795801744.25\n",
		"grantree_last_success_timestamp_seconds{command=\"verify\",shard=\"0/3\"} 1795700000\n",
		"grantree_run_exit_code{command=\"verify\",shard=\"0/3\"} 3\n",
		"grantree_run_seconds{command=\"verify\",shard=\"0/3\"} 1.5\n",
		"grantree_sites{command=\"verify\",shard=\"0/3\",result=\"as the policy says\"} 1\n",
		"grantree_sites{command=\"verify\",shard=\"0/3\",result=\"away\"} 1\n",
		"grantree_sites{command=\"verify\",shard=\"0/3\",result=\"applied\"} 0\n",
		"grantree_site_result{command=\"verify\",shard=\"0/3\",site=\"S\\\"o\\\\\\\\u\\\\nth\\\\u001b[2J\",result=\"mismatch\"} 1\n",
		"grantree_site_drift{command=\"verify\",shard=\"0/3\",site=\"North\"} 7\n# HELP",
		"grantree_site_mismatches{command=\"verify\",shard=\"0/3\",site=\"North\"} 0\n",
		"grantree_seats_used{command=\"verify\",shard=\"0/3\"} 24\n",
		"grantree_seats_limit{command=\"verify\",shard=\"0/3\"} 25\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no\n%sin\n%s", want, got)
		}
	}
	if strings.Contains(got, "\x1b") || strings.Contains(got, `mismatches{command="verify",shard="0/3",site="Harbor"}`) || !strings.HasSuffix(got, "\n") || !strings.HasPrefix(got, metricsHead) {
		t.Errorf("got\n%q", got)
	}
	e.seats.Counted, e.seats.Limited, e.code = false, false, exitFailed
	if got := string(exposition(e.metrics(time.Unix(1, 0), 0))); strings.Contains(got, "grantree_seats") || strings.Contains(got, lastSuccess) {
		t.Errorf("what is not known stands in\n%s", got)
	}
}

// TestMetricsFile: each run writes its file anew, whole, for everybody to read, also
// where it failed; the time of the last success stays.
func TestMetricsFile(t *testing.T) {
	f := newFleet(t, "North", "South").person("ann", "*")
	name := filepath.Join(t.TempDir(), "grantree.prom")
	value := func(metric string) string {
		t.Helper()
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(metric) + ` (.*)$`).FindSubmatch(text)
		if m == nil {
			return ""
		}
		return string(m[1])
	}
	expect := func(what string, want map[string]string) {
		t.Helper()
		for metric, v := range want {
			if got := value(metric); got != v {
				t.Errorf("%s: %s is %q, want %q", what, metric, got, v)
			}
		}
	}
	file := name // of each command its own
	run := func(want int, args ...string) {
		t.Helper()
		name = file + "." + args[0]
		if code, _, stderr := f.run("", append(args, "--metrics", name)...); code != want {
			t.Fatalf("%v ends with %d\n%s", args, code, stderr)
		}
	}
	run(exitDifferences, "plan", "--check")
	expect("a plan with drift", map[string]string{
		`grantree_run_exit_code{command="plan"}`: "3", `grantree_site_drift{command="plan",site="North"}`: "6", `grantree_sites{command="plan",result="to change"}`: "2",
		lastSuccess + `{command="plan"}`: "", `grantree_run_statements{command="plan"}`: "12"})
	run(exitDone, "apply", "--yes")
	expect("an apply", map[string]string{
		`grantree_run_exit_code{command="apply"}`: "0", `grantree_site_drift{command="apply",site="North"}`: "0", `grantree_sites{command="apply",result="applied"}`: "2",
		`grantree_site_mismatches{command="apply",site="South"}`: "0", `grantree_run_statements{command="apply"}`: "12"})
	run(exitDone, "plan", "--check")
	if err := f.server.Exec(t.Context(), "db_South", "EXEC sys.sp_dropextendedproperty N'grantree', N'USER', N'ann'"); err != nil {
		t.Fatal(err)
	}
	run(exitDone, "plan", "--check")
	expect("only a mark is missing", map[string]string{
		`grantree_run_exit_code{command="plan"}`: "0", `grantree_site_drift{command="plan",site="South"}`: "0", `grantree_sites{command="plan",result="to change"}`: "0", `grantree_run_statements{command="plan"}`: "1"})
	success := value(lastSuccess + `{command="plan"}`)
	if success == "" || success != value(`grantree_run_timestamp_seconds{command="plan"}`) {
		t.Errorf("the last success is %q", success)
	}
	if err := f.server.Exec(t.Context(), "db_South", "GRANT INSERT ON dbo.imvw_site TO ann"); err != nil {
		t.Fatal(err)
	}
	run(exitRule, "plan", "--check")
	if got := value(lastSuccess + `{command="plan"}`); got != success || got == value(`grantree_run_timestamp_seconds{command="plan"}`) {
		t.Errorf("the last success is %q, and was %q", got, success)
	}
	whole := f.policy
	f.policy += "[[nonsense]]\n"
	run(exitUsage, "plan", "--check")
	expect("a policy with an error", map[string]string{`grantree_run_exit_code{command="plan"}`: "2", lastSuccess + `{command="plan"}`: success, `grantree_sites{command="plan",result="to change"}`: "0"})
	f.policy = whole
	f.server.Close()
	run(exitFailed, "verify", "--site", "North")
	expect("a server that is away", map[string]string{`grantree_run_exit_code{command="verify"}`: "1", `grantree_sites{command="verify",result="away"}`: "1", `grantree_site_result{command="verify",site="North",result="away"}`: "1"})
	info, err := os.Stat(name)
	if err != nil || runtime.GOOS != "windows" && info.Mode() != fs.FileMode(0o644) {
		t.Errorf("the file is %v, %v", info, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(name), "*")); len(left) != 3 {
		t.Errorf("beside it there is %v", left)
	}
}

// TestMetricsTakeNoOtherFile: a file that holds something else, that is none, or that
// new passwords go to is refused before anything is sent.
func TestMetricsTakeNoOtherFile(t *testing.T) {
	f := newFleet(t, "North").person("ann", "*")
	dir := t.TempDir()
	other := filepath.Join(dir, "other.toml")
	if err := os.WriteFile(other, []byte("# a policy\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	passwords, shard := filepath.Join(dir, "p.txt"), filepath.Join(dir, "shard.prom")
	if code, _, stderr := f.run("", "plan", "--shard", "0/1", "--metrics", shard); code != exitDone {
		t.Fatal(code, stderr)
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"--metrics", other}, "holds something else than metrics"},
		{[]string{"--metrics", dir}, "is a directory"},
		{[]string{"--metrics", shard}, `of another command or shard, {command="plan",shard="0/1"}: give each a file of its own`},
		{[]string{"--metrics", passwords, "--passwords-out", passwords}, "are one file"},
	} {
		code, _, stderr := f.run("", append([]string{"apply", "--yes"}, tt.args...)...)
		if code != exitUsage || !strings.Contains(stderr, tt.want) {
			t.Errorf("%v ends with %d\n%s", tt.args, code, stderr)
		}
	}
	if code, _, _ := f.run("", "plan", "--check"); code != exitDifferences {
		t.Errorf("something was sent: %d", code)
	}
	if code, _, stderr := f.run("", "plan", "--metrics", filepath.Join(dir, "none", "x.prom")); code != exitFailed || !strings.Contains(stderr, "--metrics") {
		t.Errorf("a folder that is not there: %d\n%s", code, stderr)
	}
	link := filepath.Join(dir, "link.prom")
	if os.Symlink(filepath.Join(dir, "to.prom"), link) == nil {
		if code, _, stderr := f.run("", "plan", "--metrics", link); code != exitFailed || !strings.Contains(stderr, "is not a plain file") {
			t.Errorf("a link: %d\n%s", code, stderr)
		}
	}
	if text, err := os.ReadFile(other); string(text) != "# a policy\n" {
		t.Errorf("the other file is %q, %v", text, err)
	}
}

// TestExpositionOfAnyName: whatever a site is called, its sample is one line, and its
// label reads back as its name is told.
func TestExpositionOfAnyName(t *testing.T) {
	unescape := strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n")
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		e := &ending{command: "plan", sites: []siteEnd{{name: name, result: siteToChange, planned: true, changes: 3}}}
		n := 0
		for line := range strings.Lines(string(exposition(e.metrics(time.Unix(1, 0), 0), label{"command", "plan"}))) {
			value, ok := strings.CutPrefix(line, `grantree_site_drift{command="plan",site="`)
			if !ok {
				continue
			}
			n++
			value, ok = strings.CutSuffix(value, "\"} 3\n")
			if !ok || unescape.Replace(value) != seriesName(name) {
				t.Errorf("%q is %q", name, line)
			}
		}
		if n != 1 {
			t.Errorf("%q has %d lines", name, n)
		}
	})
}

// TestSeriesOfTwoSites: two sites are two series, however alike their names are
// shown.
func TestSeriesOfTwoSites(t *testing.T) {
	seen := map[string]string{}
	for _, site := range []string{"A\x1bx", `A\u001bx`, `A\\u001bx`, "A\nx", `A\nx`} {
		name := seriesName(site)
		if strings.ContainsAny(name, "\x1b\n") {
			t.Errorf("%q is %q", site, name)
		}
		if other, ok := seen[name]; ok {
			t.Errorf("%q and %q are both %q", other, site, name)
		}
		seen[name] = site
	}
}
