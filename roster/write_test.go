package roster

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"grantree/policy"
)

// edited writes a sheet into a policy's text.
func edited(t testing.TB, text, sheet string, o Options) (string, *Review) {
	t.Helper()
	src := policy.Source{File: "grantree.toml", Data: []byte(text)}
	s, err := Read([]byte(sheet))
	if err != nil {
		t.Fatal(err)
	}
	e := policy.NewEditor(src, nil)
	r := Compare(e.Policy(), s, o)
	if all := r.Refusals(); len(all) > 0 {
		t.Fatal(all)
	}
	if err := r.Write(e, func() {}); err != nil {
		t.Fatal(err)
	}
	out, err := e.Result(now)
	if err != nil {
		t.Fatal(err)
	}
	if out.Brought.HasErrors() {
		t.Fatal(out.Brought)
	}
	if len(out.Files) == 0 {
		return text, r
	}
	return string(out.Files[0].After), r
}

// TestTenThousandRows: writing many people takes no more than their number.
func TestTenThousandRows(t *testing.T) {
	for _, n := range []int{1000, 10000} {
		var b strings.Builder
		b.WriteString("name,full_name,email,groups,sites,until\n")
		for i := range n {
			fmt.Fprintf(&b, "user%d,User %d,user%d@example.org,Mechanic;Planner,North;South,2031-01-01\n", i, i, i)
		}
		begun := time.Now()
		text, _ := edited(t, testPolicy, b.String(), Options{})
		t.Log(n, "new", time.Since(begun))
		begun = time.Now()
		edited(t, text, strings.ReplaceAll(b.String(), "Planner", "Mechanic"), Options{})
		t.Log(n, "changed", time.Since(begun))
	}
}
