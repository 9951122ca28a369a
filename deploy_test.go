package grantree_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"grantree/sql/tsql"
)

// deployed reads a file of deploy.
func deployed(t *testing.T, name string) string {
	t.Helper()
	return read(t, filepath.Join("deploy", name))
}

// TestDeployedCommands: the command lines in deploy are grantree's: each has the
// command and the flags that it names.
func TestDeployedCommands(t *testing.T) {
	names, flags := commands(t)
	for name, line := range map[string]string{
		"systemd/grantree.service":  `(?m)^ExecStart=\S*/grantree (.*)$`,
		"sqlagent/grantree_job.sql": `grantree\.exe" ([^']*)'`,
	} {
		found := regexp.MustCompile(line).FindStringSubmatch(deployed(t, name))
		if found == nil {
			t.Errorf("%s: there is no command", name)
			continue
		}
		words := strings.Fields(found[1])
		if !slices.Contains(words, "--yes") {
			t.Errorf("%s: nobody answers the question of %q", name, found[1])
		}
		commandExists(t, block{page: name}, words, names, flags)
	}
}

// TestPlanComment: the workflow that comments on a pull request calls a plan that
// there is, has no more rights than it needs, and gives the password to the step that
// makes the plan alone, and none to a fork.
func TestPlanComment(t *testing.T) {
	names, flags := commands(t)
	text := deployed(t, "github/plan-comment.yml")
	found := regexp.MustCompile(`(?m)^ +(grantree plan.*)$`).FindStringSubmatch(text)
	if found == nil {
		t.Fatal("there is no plan")
	}
	command, _, _ := strings.Cut(found[1], ">")
	commandExists(t, block{page: "plan-comment.yml"}, strings.Fields(command)[1:], names, flags)
	if !strings.Contains(command, "--format markdown") {
		t.Errorf("the plan is %q", command)
	}
	for _, want := range []string{"\n  pull_request:", "\npermissions:\n  contents: read # checkout\n  pull-requests: write # the comment\n\n",
		"head.repo.full_name == github.repository", "    environment: plan", "gh pr comment", "--edit-last --create-if-none"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q", want)
		}
	}
	if strings.Contains(text, "\n  pull_request_target:") {
		t.Error("pull requests of forks get secrets")
	}
	steps := strings.Split(text, "\n      - ")
	for _, s := range steps {
		if strings.Contains(s, "secrets.") != strings.Contains(s, "grantree plan ") || strings.Contains(s, "secrets.") && strings.Contains(s, "github.token") {
			t.Errorf("a secret is in the wrong step, or not in the right one:\n%s", s)
		}
		if _, run, ok := strings.Cut(s, "run: "); ok && strings.Contains(run, "${{") {
			t.Errorf("a script is put together from what a stranger may write:\n%s", run)
		}
	}
	if page := read(t, "docs/deploy.md"); !strings.Contains(page, "`contents: read`") || !strings.Contains(page, "`pull-requests: write`") || !strings.Contains(page, "`GRANTREE_MAIN_PASSWORD`") {
		t.Error("docs/deploy.md does not say what the workflow needs")
	}
}

// unitKeys are the keys of a unit that deploy uses, by section: systemd.unit(5),
// systemd.service(5), systemd.exec(5), systemd.kill(5) and systemd.timer(5).
var unitKeys = map[string]string{
	"Unit":    "Description Documentation Wants After",
	"Service": "Type User WorkingDirectory StateDirectory StateDirectoryMode ExecStart TimeoutStopSec NoNewPrivileges ProtectSystem ProtectHome PrivateTmp PrivateDevices ProtectKernelTunables ProtectKernelModules ProtectControlGroups RestrictAddressFamilies RestrictNamespaces LockPersonality MemoryDenyWriteExecute SystemCallArchitectures CapabilityBoundingSet ReadWritePaths",
	"Timer":   "OnCalendar Persistent RandomizedDelaySec",
	"Install": "WantedBy",
}

// TestUnits: the units of systemd have sections and keys that there are, and, where
// systemd is here, it finds nothing wrong with them.
func TestUnits(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for _, name := range []string{"grantree.service", "grantree.timer"} {
		text, section := deployed(t, "systemd/"+name), ""
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			key, _, isKey := strings.Cut(line, "=")
			switch {
			case line == "" || line[0] == '#':
			case line[0] == '[':
				section = strings.Trim(line, "[]")
			case !isKey || !slices.Contains(strings.Fields(unitKeys[section]), key):
				t.Errorf("%s: [%s] has no %q", name, section, line)
			}
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(strings.Replace(text, "/usr/local/bin/grantree", "/bin/true", 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Log("systemd is not here: the units are held to the list of keys alone")
		return
	}
	if out, err := exec.Command("systemd-analyze", append([]string{"verify", "--man=no"}, files...)...).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}

// agentParameters are those of the procedures of SQL Server Agent, as Microsoft's
// pages have them for SQL Server 2016 and later (learn.microsoft.com, sp_add_job,
// sp_add_jobstep, sp_add_jobschedule, sp_add_jobserver, sp_delete_job).
var agentParameters = map[string]string{
	"sp_delete_job":      "job_id job_name originating_server delete_history delete_unused_schedule",
	"sp_add_job":         "job_name enabled description start_step_id category_name category_id owner_login_name notify_level_eventlog notify_level_email notify_level_netsend notify_level_page notify_email_operator_name notify_netsend_operator_name notify_page_operator_name delete_level job_id originating_server",
	"sp_add_jobstep":     "job_id job_name step_id step_name subsystem command additional_parameters cmdexec_success_code on_success_action on_success_step_id on_fail_action on_fail_step_id server database_name database_user_name retry_attempts retry_interval os_run_priority output_file_name flags proxy_id proxy_name step_uid",
	"sp_add_jobschedule": "job_id job_name name enabled freq_type freq_interval freq_subday_type freq_subday_interval freq_relative_interval freq_recurrence_factor active_start_date active_end_date active_start_time active_end_time schedule_id automatic_post schedule_uid",
	"sp_add_jobserver":   "job_id job_name server_name automatic_post",
}

// TestAgentJob: the script for SQL Server Agent is T-SQL, and gives procedures the
// parameters that they have, each once.
func TestAgentJob(t *testing.T) {
	text := deployed(t, "sqlagent/grantree_job.sql")
	batches, err := tsql.SplitScript(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		if _, err := tsql.Parse(b.Text); err != nil {
			t.Errorf("the batch at line %d: %v", b.Line, err)
		}
	}
	called := map[string]bool{}
	aCall := regexp.MustCompile(`(?s)EXEC msdb\.dbo\.(\w+)(.*?);\n`)
	for _, m := range aCall.FindAllStringSubmatch(text, -1) {
		called[m[1]] = true
		has := strings.Fields(agentParameters[m[1]])
		given := map[string]bool{}
		for _, p := range regexp.MustCompile(`@(\w+) = `).FindAllStringSubmatch(m[2], -1) {
			if !slices.Contains(has, p[1]) || given[p[1]] {
				t.Errorf("%s has no @%s, or it is given twice", m[1], p[1])
			}
			given[p[1]] = true
		}
	}
	if len(called) != len(agentParameters) {
		t.Errorf("it calls %v", called)
	}
	if strings.Contains(strings.ToLower(text), "password=") || strings.Contains(text, "$(") {
		t.Error("it holds a password, or what sqlcmd or the Agent replaces")
	}
}

// TestDockerfile: the image is built without cgo, begins with nothing, runs as nobody
// in particular and knows the authorities. Every folder of Go that the build needs
// is there for it.
func TestDockerfile(t *testing.T) {
	text := deployed(t, "Dockerfile")
	for _, want := range []string{"CGO_ENABLED=0", "\nFROM scratch\n", "/etc/ssl/certs/ca-certificates.crt", "\nUSER 65532:65532\n", `ENTRYPOINT ["/grantree"]`} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q", want)
		}
	}
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "go.mod"))
	if from := "FROM golang:" + version[1] + " AS build"; !strings.Contains(text, from) {
		t.Errorf("it is not built with %q", from)
	}
	for line := range strings.Lines(read(t, ".dockerignore")) {
		if _, err := os.Stat(filepath.Join(strings.TrimSpace(line), "doc.go")); err == nil {
			t.Errorf("the image is built without package %s", line)
		}
	}
}

// TestMetricsAreExplained: what --metrics writes stands on the page, and what alerts
// are about is written.
func TestMetricsAreExplained(t *testing.T) {
	aMetric := regexp.MustCompile(`\bgrantree_[a-z_]+[a-z]\b`)
	written := map[string]bool{}
	for _, name := range regexp.MustCompile(`"(grantree_[a-z_]+[a-z])"`).FindAllStringSubmatch(read(t, "cmd/grantree/metrics.go"), -1) {
		written[name[1]] = true
	}
	if len(written) < 10 {
		t.Fatalf("only %d metrics: the test looks in the wrong place", len(written))
	}
	page := read(t, "docs/deploy.md")
	for name := range written {
		if !strings.Contains(page, "`"+name+"`") {
			t.Errorf("docs/deploy.md does not speak of %s", name)
		}
	}
	for line := range strings.Lines(deployed(t, "prometheus/grantree.rules.yml")) {
		if expr, ok := strings.CutPrefix(strings.TrimSpace(line), "expr: "); ok {
			for _, name := range aMetric.FindAllString(expr, -1) {
				if !written[name] {
					t.Errorf("an alert is about %s, which nothing writes", name)
				}
			}
		}
	}
}
