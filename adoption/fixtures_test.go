package adoption_test

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"grantree/adoption"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/scripts"
)

var update = flag.Bool("update", false, "write the golden files anew")

// made are the sites of a fixture: a policy is applied where there is one, and
// then the script runs as hands would.
func made(t *testing.T, name, base string) []*grants.Snapshot {
	t.Helper()
	before, err := os.ReadFile(filepath.Join("testdata", name+".before.toml"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	_, sites := applied(t, base+string(before))
	for _, s := range sites { // nobody has heard of grantree here
		for i := range s.Principals {
			s.Principals[i].Managed = false
		}
	}
	script, err := os.ReadFile(filepath.Join("testdata", name+".sql"))
	if err != nil {
		t.Fatal(err)
	}
	sites, found := scripts.Read([]scripts.File{{Name: name + ".sql", Data: script}}, sites, "imvw_")
	if len(found) > 0 {
		t.Fatal(found)
	}
	return sites
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s is not as it was (-update writes it anew):\n%s", file, got)
	}
}

const three = fleet + `
[[site]]
name = "South"
server = "main"
database = "iMaint_South"
[[site]]
name = "East"
server = "main"
database = "iMaint_East"
`

// TestFixtures imports sites that hands have made in five ways. Where a person
// has written the policy of one first, the import takes at most a fifth more lines.
func TestFixtures(t *testing.T) {
	tests := []struct{ name, base string }{
		{"edited", fleet},  // the vendor's groups with ten years of edits
		{"persons", fleet}, // one role a person
		{"direct", fleet},  // grants on the schema, and to users
		{"nested", fleet},  // roles in roles, and odd names
		{"three", three},   // three sites that nearly agree
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sites := made(t, tt.name, tt.base)
			got := imported(t, "[license]\nseats = 25\n"+tt.base, sites...)
			imported(t, tt.base, sites...) // where the seats are a guess
			for _, s := range sites {
				complete(t, got, s)
				judged(t, got, s)
			}
			golden(t, tt.name+".want.toml", got.Text)
			golden(t, tt.name+".report.txt", []byte(got.Report.Text(100)))
			hand(t, tt.name, tt.base, got, sites)
		})
	}
}

// judged holds a report to what verify would find.
func judged(t testing.TB, got *adoption.Result, s *grants.Snapshot) {
	t.Helper()
	w, _ := got.Policy.Wanted(s)
	said := got.Report.Text(10_000)
	for _, m := range grants.Judge(s, w, got.Policy.Accepts(s.Site, day), nil).Mismatches {
		if message := strings.TrimPrefix(m.Message, `site "`+s.Site+`": `); !strings.Contains(said, finding.Printable(message)) {
			t.Errorf("%s: verify finds what the report does not say: %s", s.Site, m.Message)
		}
	}
}

// hand compares an import with the policy that a person wrote for the same sites,
// and that with the sites.
func hand(t *testing.T, name, base string, got *adoption.Result, sites []*grants.Snapshot) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".hand.toml"))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	p, found := policy.Parse(policy.Source{File: name + ".hand.toml", Data: []byte(base + string(text))}, nil)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	for _, s := range sites {
		unchanged(t, &adoption.Result{Policy: p, Text: text}, s)
	}
	if is, was := lines(string(got.Text))-1, lines(string(text)); float64(is) > 1.2*float64(was) {
		t.Errorf("%d lines, where a person needed %d", is, was)
	} else {
		t.Logf("%d lines, where a person needed %d", is, was)
	}
}
