package sites

import (
	"runtime"
	"testing"
)

// TestPlanIsLinear: a plan of four times the people, views, groups or sites makes no
// more than four times as many things, and takes no more than four times the memory for
// them, a tenth aside. What it takes the processor BenchmarkFacts says.
func TestPlanIsLinear(t *testing.T) {
	base := shape{sites: 1, views: 40, nodes: 30, modules: 3, groups: 6, users: 10}
	for name, grow := range map[string]func(x *shape, n int){
		"users":  func(x *shape, n int) { x.users = 400 * n },
		"views":  func(x *shape, n int) { x.views, x.nodes = 150*n, 120*n },
		"groups": func(x *shape, n int) { x.groups = 25 * n },
		"sites":  func(x *shape, n int) { x.sites, x.users = 4*n, 50 },
	} {
		t.Run(name, func(t *testing.T) {
			taken := func(n int) (objects, bytes float64) {
				x := base
				grow(&x, n)
				g := newGrown(t, x)
				g.plan(t) // what is made once
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				g.plan(t)
				runtime.ReadMemStats(&after)
				return float64(after.Mallocs - before.Mallocs), float64(after.TotalAlloc - before.TotalAlloc)
			}
			objects, bytes := taken(1)
			more, moreBytes := taken(4)
			if t.Logf("%.2f times the objects, %.2f times the bytes", more/objects, moreBytes/bytes); more > 4.4*objects || moreBytes > 4.4*bytes {
				t.Error("more than four times as much")
			}
		})
	}
}
