package catalog_test

import (
	"fmt"
	"testing"

	"grantree/catalog"
	"grantree/namefold"

	"github.com/google/go-cmp/cmp"
)

func TestCompare(t *testing.T) {
	c := catalog.IMaint()
	var all []string
	for _, v := range c.Views() {
		all = append(all, string(c.SiteName(v)))
	}
	for _, o := range c.Outside {
		all = append(all, string(c.SiteName(o.Name)))
	}
	tests := []struct {
		name          string
		views, ignore []string
		want          []string
	}{
		{"a site made from the catalog", all, nil, nil},
		{"a view the catalog lacks", append([]string{"imvw_extra", "other_view"}, all...), nil, []string{`view-in-no-node site "North" has view imvw_extra, which is behind no node`}},
		{"ignored by name", append([]string{"IMVW_EXTRA"}, all...), []string{"imvw_extra"}, nil},
		{"a view the site lacks", without(all, "imvw_site"), nil, []string{`view-not-in-site site "North" has no view imvw_site, which the catalog lists`}},
		{"a site of something else", append([]string{"imvw_extra"}, all[:4]...), nil, []string{fmt.Sprintf(`not-the-application site "North": 4 of the %d views of the catalog "imaint" are there`, len(c.Views()))}},
		{"a site that ignores what it lacks", all[:4], all[4:], nil},
		{"lacking, and ignored", without(all, "imvw_site"), []string{"imvw_site"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range catalog.Compare(c, "North", namefold.Rule{}.Key, tt.views, tt.ignore) {
				got = append(got, f.Code+" "+f.Message)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func without(all []string, name string) []string {
	var out []string
	for _, v := range all {
		if v != name {
			out = append(out, v)
		}
	}
	return out
}

// TestForeign: one view in twenty is enough, and little is concluded from few.
func TestForeign(t *testing.T) {
	for _, tt := range []struct {
		expected, there int
		want            bool
	}{{185, 0, true}, {185, 9, true}, {185, 10, false}, {11, 0, true}, {10, 0, false}, {0, 0, false}, {20, 1, false}} {
		if got := catalog.Foreign(tt.expected, tt.there); got != tt.want {
			t.Errorf("%d of %d: %v", tt.there, tt.expected, got)
		}
	}
}
