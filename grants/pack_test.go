package grants

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"grantree/catalog"
)

// bruteMinimum is the least number of rectangles that cover the needs, found
// without any insight: a rectangle is any set of permissions for any set of
// principals, and every choice of them is tried, shortest first. Principals
// with the same need are one, which cannot change the number.
func bruteMinimum(needs []need) int {
	distinct := map[catalog.Permissions]bool{}
	for _, n := range needs {
		distinct[n.permissions] = true
	}
	delete(distinct, catalog.None)
	var rows []catalog.Permissions
	for p := range distinct {
		rows = append(rows, p)
	}
	var target uint64
	var rectangles []uint64
	for i, p := range rows {
		target |= uint64(p) << (4 * i)
	}
	for who := uint(1); who < 1<<len(rows); who++ {
		for set := catalog.Permissions(1); set <= catalog.All; set++ {
			var r uint64
			for i := range rows {
				if who&(1<<i) != 0 {
					r |= uint64(set) << (4 * i)
				}
			}
			if r&^target == 0 {
				rectangles = append(rectangles, r)
			}
		}
	}
	for size := 0; ; size++ {
		if coversTarget(rectangles, target, 0, size) {
			return size
		}
	}
}

func coversTarget(rectangles []uint64, target, got uint64, left int) bool {
	if got == target {
		return true
	}
	if left == 0 {
		return false
	}
	lowest := (target &^ got) & -(target &^ got) // some rectangle has to cover this one
	for _, r := range rectangles {
		if r&lowest != 0 && coversTarget(rectangles, target, got|r, left-1) {
			return true
		}
	}
	return false
}

func TestPackIsLeast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.IntRange(0, 15), 0, 6).Draw(t, "needs")
		var needs []need
		for i, p := range list {
			needs = append(needs, need{int32(i), catalog.Permissions(p)})
		}
		got := pack(needs)
		covered := make([]catalog.Permissions, len(needs))
		for _, r := range got {
			for _, p := range r.principals {
				covered[p] |= r.permissions
			}
		}
		for i, n := range needs {
			if covered[i] != n.permissions {
				t.Fatalf("principal %d needs %s and gets %s", i, n.permissions, covered[i])
			}
		}
		if least := bruteMinimum(needs); len(got) != least {
			t.Fatalf("%d statements, %d would do: %v", len(got), least, got)
		}
	})
}

func TestPack(t *testing.T) {
	s, i, u, d := catalog.Select, catalog.Insert, catalog.Update, catalog.Delete
	for _, tt := range []struct {
		name  string
		needs []need
		want  []rectangle
	}{
		{"nothing", nil, nil},
		{"nobody needs anything", []need{{0, 0}, {1, 0}}, nil},
		{"one", []need{{0, s}}, []rectangle{{s, []int32{0}}}},
		{"same needs", []need{{0, s | u}, {1, s | u}}, []rectangle{{s | u, []int32{0, 1}}}},
		{"a chain names as little as it can", []need{{0, s}, {1, s | u}}, []rectangle{{s | u, []int32{1}}, {s, []int32{0}}}},
		{"three by overlap", []need{{0, s | i}, {1, i | u}, {2, u | d}, {3, s | i | u | d}},
			[]rectangle{{s | i, []int32{0, 3}}, {i | u, []int32{1}}, {u | d, []int32{2, 3}}}},
		{"four at most", []need{{0, s}, {1, i}, {2, u}, {3, d}, {4, s | i}, {5, u | d}, {6, s | u}},
			[]rectangle{{s, []int32{0, 4, 6}}, {i, []int32{1, 4}}, {u, []int32{2, 5, 6}}, {d, []int32{3, 5}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, pack(tt.needs), cmp.AllowUnexported(rectangle{})); diff != "" && len(tt.want)+len(pack(tt.needs)) > 0 {
				t.Errorf("pack (-want +got):\n%s", diff)
			}
		})
	}
}
