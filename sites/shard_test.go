package sites

import (
	"fmt"
	"strings"
	"testing"

	"grantree/policy"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParseShard(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Shard
		err  string
	}{
		{"0/1", Shard{0, 1}, ""},
		{"0/3", Shard{0, 3}, ""},
		{"2/3", Shard{2, 3}, ""},
		{"007/010", Shard{7, 10}, ""},
		{"3/3", Shard{}, "the last of 3 is 2/3"},
		{"9/3", Shard{}, "the last of 3 is 2/3"},
		{"0/0", Shard{}, "there are 1 to 100000"},
		{"0/100001", Shard{}, "there are 1 to 100000"},
		{"", Shard{}, "want INDEX/COUNT"},
		{"1", Shard{}, "want INDEX/COUNT"},
		{"-1/3", Shard{}, "want INDEX/COUNT"},
		{"1/3 ", Shard{}, "want INDEX/COUNT"},
		{"$(JOB_COMPLETION_INDEX)/3", Shard{}, "want INDEX/COUNT"},
		{"99999999999999999999/3", Shard{}, "want INDEX/COUNT"},
	} {
		got, err := ParseShard(tt.text)
		if got != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%q: %v, %v", tt.text, got, err)
		}
	}
}

// TestShardsNeverMove: which shard a name is in is the same for ever. Whoever changes
// this list breaks fleets whose shards are run by two versions.
func TestShardsNeverMove(t *testing.T) {
	for name, want := range map[string][]int{ // its shard of 2, 3, 10 and 1000
		"North":       {1, 1, 9, 129},
		"South":       {1, 2, 3, 323},
		"Harbor":      {1, 2, 9, 779},
		"Straße":      {0, 2, 8, 158},
		"İzmir":       {1, 1, 5, 345},
		"Αθήνα":       {0, 1, 0, 330},
		"site 7 | x":  {0, 2, 0, 390},
		"ﬁrst":        {1, 1, 1, 191},
		"日本":          {1, 0, 1, 331},
		"e\u0301cole": {1, 1, 7, 387},
	} {
		var got []int
		for _, n := range []int{2, 3, 10, 1000} {
			for i := range n {
				if (Shard{i, n}).Has(name) {
					got = append(got, i)
				}
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", name, d)
		}
	}
}

// TestShardsArePartition: each site is in exactly one shard of n, however its name
// is written, in the order of the policy; and no shard is much larger than another.
func TestShardsArePartition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "shards")
		var list []policy.Site
		for i, name := range rapid.SliceOfDistinct(rapid.StringN(1, 20, 40), strings.ToUpper).Draw(t, "names") {
			list = append(list, policy.Site{Name: name, Database: fmt.Sprint(i)})
		}
		at := map[string]int{}
		for i := range n {
			last := -1
			for _, s := range (Shard{i, n}).of(list) {
				at[s.Database]++
				var place int
				fmt.Sscan(s.Database, &place)
				if place <= last {
					t.Errorf("shard %d is not in the policy's order", i)
				}
				last = place
			}
		}
		for _, s := range list {
			if at[s.Database] != 1 {
				t.Errorf("site %q is in %d shards", s.Name, at[s.Database])
			}
		}
	})
	for _, pair := range [][2]string{{"North", "nORTH"}, {"Straße", "STRAßE"}} {
		for i := range 50 {
			if s := (Shard{i, 50}); s.Has(pair[0]) != s.Has(pair[1]) {
				t.Errorf("%q and %q are one name, and not in one shard", pair[0], pair[1])
			}
		}
	}
	size := map[int]int{}
	for i := range 1000 {
		for k := range 10 {
			if (Shard{k, 10}).Has(fmt.Sprintf("Site %03d", i)) {
				size[k]++
			}
		}
	}
	for k, n := range size {
		if n < 70 || n > 130 {
			t.Errorf("shard %d of 10 has %d of 1000 sites", k, n)
		}
	}
	if !(Shard{}).Has("North") || !(Shard{}).Whole() || !(Shard{0, 1}).Whole() {
		t.Error("no shard is not the whole fleet")
	}
}

// FuzzParseShard: what is a shard is one of those that there are, and reads the same
// again.
func FuzzParseShard(f *testing.F) {
	for _, text := range []string{"0/1", "2/3", "3/3", "", "/", "-1/2", "1/2/3", "١/٢", "0/100000"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseShard(text)
		if err != nil {
			if s != (Shard{}) || err.Error() == "" {
				t.Errorf("%q: %v, %v", text, s, err)
			}
			return
		}
		if again, err := ParseShard(s.String()); again != s || err != nil || s.Index < 0 || s.Index >= s.Of || s.Of > maxShards {
			t.Errorf("%q is %v, and again %v, %v", text, s, again, err)
		}
	})
}
