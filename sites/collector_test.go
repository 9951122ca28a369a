package sites

import "testing"

// TestPercent: a small heap may grow to 64 MiB, a large one to twice its size.
func TestPercent(t *testing.T) {
	const mib = 1 << 20
	for _, tt := range []struct {
		live uint64
		want int
	}{{0, 1500}, {mib, 1500}, {4 * mib, 1500}, {16 * mib, 300}, {32 * mib, 100}, {33 * mib, 100}, {500 * mib, 100}} {
		if got := percent(tt.live); got != tt.want {
			t.Errorf("%d MiB: %d, want %d", tt.live/mib, got, tt.want)
		}
	}
}
