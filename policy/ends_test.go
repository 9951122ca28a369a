package policy_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestEnds: what ends between two moments is what the first has and the second
// has not.
func TestEnds(t *testing.T) {
	p := parse(t, fleet+`
[[group]]
name = "A"
[[group.allow]]
view = "imvw_part"
permissions = ["select"]
until = 2026-11-30
[[group]]
name = "B"
copies = "A"
[[user]]
name = "ann"
groups = ["A"]
sites = ["North"]
until = 2026-12-31
[[user.allow]]
view = "imvw_part"
permissions = ["delete"]
until = 2026-11-30T12:00:00Z
[[user]]
name = "pat"
inactive = true
groups = ["A"]
sites = ["*"]
until = 2026-11-30
[[outsider]]
name = "svc"
reason = "r"
until = 2027-01-31
[[waiver]]
view = "imvw_woap"
reason = "r"
expires = 2026-12-24
`)
	at := func(text string) time.Time {
		now, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	tests := []struct {
		name, from, to string
		want           []string
	}{
		{"a moment", "2026-11-30T11:00:00Z", "2026-11-30T11:00:00Z", nil},
		{"an instant", "2026-11-30T11:00:00Z", "2026-11-30T12:00:01Z", []string{`a line of user "ann" 2026-11-30T12:00:00Z p.toml:27:1`}},
		{"a day is over with the next", "2026-11-30T12:00:01Z", "2026-12-01T00:00:00Z", []string{`a line of group "A" 2026-11-30 p.toml:15:1`}},
		{"a waiver ends with the day before", "2026-12-23T23:59:59Z", "2026-12-24T00:00:00Z", []string{"the waiver of imvw_woap 2026-12-24 p.toml:41:1"}},
		{"a year", "2026-12-25T00:00:00Z", "2027-12-25T00:00:00Z", []string{`user "ann" 2026-12-31 p.toml:22:1`, `outsider "svc" 2027-01-31 p.toml:37:1`}},
		{"what was over before", "2028-01-01T00:00:00Z", "2029-01-01T00:00:00Z", nil},
	}
	// A plan made at noon from a policy that was read in the morning.
	if got := p.At(at("2026-11-30T11:00:00Z")).Ends(at("2026-11-30T13:00:00Z"), at("2026-11-30T13:00:00Z")); len(got) != 1 || got[0].What != `a line of user "ann"` {
		t.Errorf("since the policy was read: %v", got)
	}
	if got := p.At(at("2026-12-23T11:00:00Z")).Ends(at("2026-12-24T13:00:00Z"), at("2026-12-24T13:00:00Z")); len(got) != 0 {
		t.Errorf("a waiver, by which the plan was judged when it had ended: %v", got)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, e := range p.At(at(tt.from)).Ends(at(tt.from), at(tt.to)) {
				got = append(got, fmt.Sprintf("%s %s %s", e.What, e.When, e.Pos))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}
