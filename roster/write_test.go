package roster

import (
	"fmt"
	"strings"
	"testing"

	"grantree/policy"

	"github.com/google/go-cmp/cmp"
)

// written writes a sheet into a policy's text.
func written(t testing.TB, text, sheet string, o Options) string {
	t.Helper()
	s, err := Read([]byte(sheet))
	if err != nil {
		t.Fatal(err)
	}
	e, err := policy.NewEditor(policy.Source{File: "grantree.toml", Data: []byte(text)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := Compare(e.Policy().At(now), s, o)
	if all := r.Refusals(); len(all) > 0 {
		t.Fatal(all)
	}
	if !r.Write(e, func() {}) {
		t.Fatal(r.Refusals())
	}
	out, err := e.Result(now)
	if err != nil {
		t.Fatal(err)
	}
	if out.Brought.HasErrors() {
		t.Fatal(out.Brought)
	}
	if len(out.Files) == 0 {
		return text
	}
	return string(out.Files[0].After)
}

// TestWrite: the lines that change are those that the sheet is about, every key
// in its form.
func TestWrite(t *testing.T) {
	got := written(t, testPolicy, `name,login,auth,new_login,full_name,email,groups,sites,at,status,until,reason
ann,a.arbor,,no,,ann@example.org,Planner,North|South,,inactive,2100-01-01T10:00:00Z,sick
carl,,sql,no,,,,,South -> Mechanic; North -> Planner,active,,
dora,,,,,,Planner,North,South -> Mechanic,expired,2001-01-01,
DOM\eve,,,yes,Eve,,Planner,North,,,,
fay,fay@example.org,entra,,,,,,South -> Planner,inactive,2031-01-01,
`, Options{NewLogins: true})
	want := strings.NewReplacer(`name = "ann"
full_name = "Ann Arbor"
email = "ann@example.org"
groups = ["Mechanic", "planner"]
sites = ["North"]
until = 2099-06-30
`, `name = "ann"
email = "ann@example.org"
groups = ["planner"]
sites = ["North", "South"]
until = 2100-01-01T10:00:00Z
reason = "sick"
login = "a.arbor"
inactive = true
`, `name = "carl"
new_login = true
inactive = true

[[user.at]]
sites = ["South"]
groups = ["Mechanic"]
`, `name = "carl"

[[user.at]]
sites = ["South"]
groups = ["Mechanic"]

[[user.at]]
sites = ["North"]
groups = ["Planner"]
`).Replace(testPolicy) + `
[[user]]
name = "DOM\\eve"
full_name = "Eve"
auth = "windows"
new_login = true
groups = ["Planner"]
sites = ["North"]

[[user]]
name = "fay"
login = "fay@example.org"
auth = "entra"
new_login = true
until = 2031-01-01
inactive = true

[[user.at]]
sites = ["South"]
groups = ["Planner"]
`
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// BenchmarkImport writes ten thousand new people, and changes as many.
func BenchmarkImport(b *testing.B) {
	var sheet strings.Builder
	sheet.WriteString("name,full_name,email,groups,sites,until\n")
	for i := range 10_000 {
		fmt.Fprintf(&sheet, "user%d,User %d,user%d@example.org,Mechanic;Planner,North;South,2031-01-01\n", i, i, i)
	}
	text := written(b, testPolicy, sheet.String(), Options{})
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			written(b, testPolicy, sheet.String(), Options{})
		}
	})
	b.Run("changed", func(b *testing.B) {
		other := strings.ReplaceAll(sheet.String(), "Planner", "Purchasing Clerk")
		for b.Loop() {
			written(b, text, other, Options{})
		}
	})
}
