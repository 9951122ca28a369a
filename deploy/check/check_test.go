package check

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
)

// decode reads a manifest as the API server does with fieldValidation=Strict: a key
// that the type does not have, or has twice, is an error.
func decode[T any](t *testing.T, name string) *T {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return decodeText[T](t, name, text)
}

func decodeText[T any](t *testing.T, name string, text []byte) *T {
	t.Helper()
	object, err := strictly(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	out, ok := any(object).(*T)
	if !ok {
		t.Fatalf("%s is a %T", name, object)
	}
	return out
}

func strictly(text []byte) (runtime.Object, error) {
	scheme := runtime.NewScheme()
	if err := batch.AddToScheme(scheme); err != nil {
		return nil, err
	}
	if err := core.AddToScheme(scheme); err != nil {
		return nil, err
	}
	object, _, err := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer().Decode(text, nil, nil)
	return object, err
}

// TestJob: the Job is one of Kubernetes, has as many shards as Pods that are to
// complete, and its command line is one of grantree's.
func TestJob(t *testing.T) {
	job := decode[batch.Job](t, "../k8s/job.yaml")
	spec, pod := job.Spec, job.Spec.Template.Spec
	if spec.CompletionMode == nil || *spec.CompletionMode != batch.IndexedCompletion || spec.Completions == nil || spec.BackoffLimitPerIndex == nil {
		t.Fatalf("it is no Indexed Job with a limit for each index: %+v", spec)
	}
	if pod.RestartPolicy != core.RestartPolicyNever { // which both a limit for each index and a policy of failures ask for
		t.Errorf("restartPolicy is %s", pod.RestartPolicy)
	}
	c := pod.Containers[0]
	if i := slices.Index(c.Args, "--shard"); i < 0 || c.Args[i+1] != fmt.Sprintf("$(JOB_COMPLETION_INDEX)/%d", *spec.Completions) {
		t.Errorf("of %d Pods the shard is %q", *spec.Completions, c.Args)
	}
	if !*pod.SecurityContext.RunAsNonRoot || !*c.SecurityContext.ReadOnlyRootFilesystem || *c.SecurityContext.AllowPrivilegeEscalation || *pod.AutomountServiceAccountToken {
		t.Error("it may do more than it has to")
	}
	if e := c.Env[0]; e.Value != "" || e.ValueFrom.SecretKeyRef == nil {
		t.Errorf("the password does not come from a Secret: %+v", e)
	}
	for _, rule := range spec.PodFailurePolicy.Rules {
		if *rule.OnExitCodes.ContainerName != c.Name {
			t.Errorf("a rule is about container %q", *rule.OnExitCodes.ContainerName)
		}
	}
	for _, m := range c.VolumeMounts {
		if !slices.ContainsFunc(pod.Volumes, func(v core.Volume) bool { return v.Name == m.Name }) {
			t.Errorf("there is no volume %q", m.Name)
		}
	}
	claim := decode[core.PersistentVolumeClaim](t, "../k8s/passwords.yaml")
	if !slices.ContainsFunc(pod.Volumes, func(v core.Volume) bool {
		return v.PersistentVolumeClaim != nil && v.PersistentVolumeClaim.ClaimName == claim.Name
	}) {
		t.Errorf("no volume is %q", claim.Name)
	}
	last := strings.NewReplacer("$(JOB_COMPLETION_INDEX)", fmt.Sprint(*spec.Completions-1))
	var args []string
	for _, arg := range c.Args {
		args = append(args, last.Replace(arg))
	}
	if out, err := exec.Command(grantree(t), append(args, "--help")...).CombinedOutput(); err != nil {
		t.Errorf("%q: %v\n%s", args, err, out)
	}
}

// TestStrict: what is wrong with a manifest is seen.
func TestStrict(t *testing.T) {
	text, err := os.ReadFile("../k8s/job.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{"completionMode:", "completionmode:"},
		{"backoffLimitPerIndex: 2", "backoffLimitPerIndex: 2\n  backoffLimitPerIndex: 3"},
		{"readOnlyRootFilesystem: true", "readOnlyRootFileSystem: true"},
		{"completions: 8", "completions: eight"},
		{"kind: Job", "kind: Jobs"},
	} {
		wrong := strings.Replace(string(text), change[0], change[1], 1)
		if wrong == string(text) {
			t.Errorf("there is no %q", change[0])
		}
		if _, err := strictly([]byte(wrong)); err == nil {
			t.Errorf("%q is not seen", change[1])
		}
	}
}

// program is the grantree of this tree, built once.
var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "grantree-check-")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(dir, "grantree.exe")
	build := exec.Command("go", "build", "-o", program, "./cmd/grantree")
	build.Dir, build.Stderr = "../..", os.Stderr
	code := 1
	if err := build.Run(); err == nil {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

func grantree(t *testing.T) string {
	t.Helper()
	return program
}

// sites have names that a writer of metrics has to escape.
const policy = `[license]
seats = 5
[server.main]
url = "sqlserver://sql01.example"
user = "grantree"
password_env = "PASSWORD"
[[site]]
name = "North"
server = "main"
database = "N"
[[site]]
name = "a \"b\" \\ c"
server = "main"
database = "C"
[[site]]
name = "Zürich"
server = "main"
database = "Z"
[[group]]
name = "Reader"
[[group.allow]]
view = "imvw_site"
permissions = ["select"]
[[user]]
name = "ann"
groups = ["Reader"]
sites = ["*"]
new_login = true
`

// families runs grantree with --metrics and returns what Prometheus reads of it: the
// families, and the labels site that they have.
func families(t *testing.T, args ...string) (names, sites []string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "grantree.toml"), []byte(policy), 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.Command(program, append(args, "--metrics", "grantree.prom")...)
	run.Dir = dir
	out, _ := run.CombinedOutput() // a plan of changes that is checked ends with 3
	file, err := os.Open(filepath.Join(dir, "grantree.prom"))
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	defer file.Close()
	reader := expfmt.NewTextParser(model.LegacyValidation) // as node_exporter holds names to
	parsed, err := reader.TextToMetricFamilies(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, family := range parsed {
		if family.GetHelp() == "" || len(family.Metric) == 0 || family.Metric[0].TimestampMs != nil {
			t.Errorf("%s has no help, no sample or a time of its own", name)
		}
		names = append(names, name)
		for _, m := range family.Metric {
			for _, l := range m.Label {
				if l.GetName() == "site" && !slices.Contains(sites, l.GetValue()) {
					sites = append(sites, l.GetValue())
				}
			}
		}
	}
	slices.Sort(sites)
	return names, sites
}

// TestMetricsAndAlerts: Prometheus reads what runs write, with the names of sites as
// they are but for a backslash, which is doubled, and its alerts, which are about families that runs write.
func TestMetricsAndAlerts(t *testing.T) {
	written := map[string]bool{}
	for _, args := range [][]string{{"plan", "--sandbox", "--check"}, {"verify", "--sandbox"}, {"apply", "--sandbox", "--yes"}, {"plan", "--sandbox", "--shard", "0/1"}} {
		names, sites := families(t, args...)
		if want := []string{"North", "Zürich", `a "b" \\ c`}; !slices.Equal(sites, want) {
			t.Errorf("%q: sites are %q", args, sites)
		}
		for _, name := range names {
			written[name] = true
		}
	}
	names, sites := families(t, "plan", "--site", "none")
	if len(names) == 0 || len(sites) != 0 {
		t.Errorf("of a run that failed there are %q about %q", names, sites)
	}
	groups, errs := rulefmt.ParseFile("../prometheus/grantree.rules.yml", false, model.LegacyValidation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	for _, err := range errs {
		t.Error(err)
	}
	if groups == nil || len(groups.Groups) == 0 || len(groups.Groups[0].Rules) < 5 {
		t.Fatal("there are no rules")
	}
	for _, r := range groups.Groups[0].Rules {
		expr, err := parser.NewParser(parser.Options{}).ParseExpr(r.Expr)
		if err != nil {
			t.Errorf("%s: %v", r.Alert, err)
			continue
		}
		n := 0
		parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
			if s, ok := node.(*parser.VectorSelector); ok {
				if n++; !written[s.Name] {
					t.Errorf("%s is about %s, which no run writes", r.Alert, s.Name)
				}
			}
			return nil
		})
		if n == 0 {
			t.Errorf("%s is about nothing", r.Alert)
		}
	}
}
