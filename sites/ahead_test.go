package sites

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"grantree/grants"
)

// TestWorkedOutAhead: what is worked out while a server answers is the plan that is
// made of the whole answer.
func TestWorkedOutAhead(t *testing.T) {
	l := newLive(t)
	f := l.fleet("imvw_work_order", "imvw_site")
	got, _ := f.ReadAndPlan(context.Background(), PlanOptions{ExpectLoss: -1}, false)
	want := f.Plan(context.Background(), f.Read(context.Background()), PlanOptions{ExpectLoss: -1}, false)
	if got.Empty() {
		t.Fatal("there is nothing to do")
	}
	if diff := cmp.Diff(seenOf(t, want), seenOf(t, got), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("another plan (-want +got):\n%s", diff)
	}
	if left := len(got.compiler.begun); left > 0 {
		t.Errorf("of %d sites what was begun is kept", left)
	}
}

// TestAheadIsOfTheReading: a site that is read again is worked out again, and one
// whose server says which names are one there from all that it says.
func TestAheadIsOfTheReading(t *testing.T) {
	p := referenceSite.parse(t, "sqlserver://sql01.example")
	whole := p.Offline(p.Sites[0])
	few := *whole
	few.Views = whole.Views[:1]
	learned := *whole
	learned.Collation.Same = map[string]string{"a": "b"}
	views := func(a ahead) string { return fmt.Sprint(len(a.wanted.Views)) }
	for name, tt := range map[string]struct {
		begun []*grants.Snapshot
		of    *grants.Snapshot
		want  string
	}{
		"begun":         {[]*grants.Snapshot{whole}, whole, "400"},
		"read again":    {[]*grants.Snapshot{&few, whole}, whole, "400"},
		"never begun":   {nil, whole, "400"},
		"names learned": {[]*grants.Snapshot{&few}, &learned, "400"},
	} {
		c := newCompiler(p)
		for _, s := range tt.begun {
			c.begin(s, time.Time{})
		}
		if got := views(c.ahead(tt.of, time.Time{})); got != tt.want {
			t.Errorf("%s: %s views are wanted, want %s", name, got, tt.want)
		}
	}
}
