package catalog_test

import (
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
