package policy_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"

	"github.com/google/go-cmp/cmp"
)

// files is what Parse may read in a test.
type files map[string]string

func (f files) read(path string) ([]byte, error) {
	if text, ok := f[path]; ok {
		return []byte(text), nil
	}
	return nil, fs.ErrNotExist
}

func TestInclude(t *testing.T) {
	const a, b = "[[group]]\nname = \"A\"\n", "[[group]]\nname = \"B\"\n"
	tests := []struct {
		name  string
		files files
		want  string
	}{
		{"relative to the file that includes", files{"p.toml": "include = [\"sub/a.toml\"]\n", "sub/a.toml": "include = [\"../b.toml\"]\n" + a, "b.toml": b}, ""},
		{"a name across files", files{"p.toml": "include = [\"sub/a.toml\"]\n" + b, "sub/a.toml": "[[user]]\nname = \"bob\"\ngroups = [\"C\"]\nsites = [\"*\"]\n"},
			`error sub/a.toml:3:11: user "bob" is in the group "C", which does not exist; did you mean "B"? (unknown-group)` + "\n"},
		{"missing", files{"p.toml": "include = [\"a.toml\"]\n"}, "error p.toml:1:12: cannot include \"a.toml\": file does not exist (include-missing)\n"},
		{"itself", files{"p.toml": "include = [\"./p.toml\"]\n"}, "error p.toml:1:12: including \"./p.toml\" goes round in a circle; remove one of the includes (include-cycle)\n"},
		{"a circle", files{"p.toml": "include = [\"a.toml\"]\n", "a.toml": "\ninclude = [\"p.toml\"]\n"},
			"error a.toml:2:12: including \"p.toml\" goes round in a circle; remove one of the includes (include-cycle)\n"},
		{"twice", files{"p.toml": "include = [\"a.toml\", \"sub/../a.toml\"]\n", "a.toml": a},
			"error p.toml:1:22: \"sub/../a.toml\" is included already; include a file once (included-twice)\n"},
		{"one table in two files", files{"p.toml": "include = [\"a.toml\"]\n[license]\nseats = 1\n[server.x]\nurl = \"sqlserver://h\"\n", "a.toml": "[license]\nseats = 2\n[server.x]\nurl = \"sqlserver://h\"\n"},
			"error a.toml:1:1: [license] stands at p.toml:2:1 already; keep one of them (duplicate-table)\nerror a.toml:3:1: [server.x] stands at p.toml:4:1 already; keep one of them (duplicate-table)\n"},
		{"one group in two files", files{"p.toml": "include = [\"a.toml\"]\n" + a, "a.toml": a},
			"error a.toml:2:1: group \"A\" stands at p.toml:2:1 already; rename or remove one of them (duplicate-group)\n"},
		{"more than may be read in all", files{"p.toml": "include = [\"a.toml\", \"b.toml\"]\n", "a.toml": "#" + strings.Repeat("-", policy.MaxFile/2), "b.toml": "#" + strings.Repeat("-", policy.MaxFile/2)},
			"error p.toml:1:22: with \"b.toml\" the files of the policy are larger than may be read: 16 MiB and 650000 keys and values in all (too-large)\n"},
		{"errors of every file", files{"p.toml": "include = [\"a.toml\"]\nx = 1\n", "a.toml": "y = 1\n"},
			"error a.toml:1:1: unknown key \"y\" at the top level; the keys here are approval, break_glass, catalog, confidential, group, include, ledger, license, module, never, outsider, passwords, policy, review, server, site, test, user, waiver (unknown-key)\n" +
				"error p.toml:2:1: unknown key \"x\" at the top level; the keys here are approval, break_glass, catalog, confidential, group, include, ledger, license, module, never, outsider, passwords, policy, review, server, site, test, user, waiver (unknown-key)\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(tt.files["p.toml"])}, tt.files.read)
			if d := cmp.Diff(tt.want, lines(found)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestIncludeIsNotEndless(t *testing.T) {
	p, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(`include = ["loop/p.toml"]`)},
		func(string) ([]byte, error) { return []byte(`include = ["loop/p.toml"]`), nil })
	if p == nil || len(found) != 1 || found[0].Code != "include-cycle" {
		t.Errorf("found %v", found)
	}
}

func TestIncludeIsNotExponential(t *testing.T) {
	read := func(string) ([]byte, error) { return []byte(`include = ["x/p.toml", "y/p.toml"]`), nil }
	_, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(`include = ["x/p.toml"]`)}, read)
	if last := found[len(found)-1]; !slices.ContainsFunc(found, func(f finding.Finding) bool { return f.Code == "too-many-files" }) {
		t.Errorf("%d findings, the last %v", len(found), last)
	}
}

func TestOwnCatalog(t *testing.T) {
	const shop = `
name = "shop"
prefix = "sv_"
[[node]]
path = "Sales"
views = [{ name = "sv_order", level = "parent" }, { name = "sv_order_line", level = "child" }, { name = "sv_item", level = "search" }]
`
	const text = "[catalog]\nfile = \"shop.toml\"\n" + fleet + "[[group]]\nname = \"Clerk\"\n[[group.allow]]\non = \"Sales\"\npermissions = [\"select\", \"insert\"]\n"
	f := files{"etc/p.toml": text, "etc/shop.toml": shop}
	p, found := policy.Parse(policy.Source{File: "etc/p.toml", Data: []byte(text)}, f.read)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	w, _ := p.Wanted(p.Offline(p.Sites[0]))
	if d := cmp.Diff(map[string]string{"sv_order": "SELECT, INSERT", "sv_order_line": "SELECT, INSERT", "sv_item": "SELECT"}, table(w, "Clerk")); d != "" {
		t.Error(d)
	}
	for name, page := range map[string]string{"missing": "", "broken": "name = 1\n"} {
		t.Run(name, func(t *testing.T) {
			f := files{"etc/shop.toml": page}
			if page == "" {
				f = files{}
			}
			if _, found := policy.Parse(policy.Source{File: "etc/p.toml", Data: []byte(text)}, f.read); !found.HasErrors() {
				t.Error("no error")
			}
		})
	}
}

func TestOfflineSite(t *testing.T) {
	p := parse(t, fleet)
	s := p.Offline(p.Sites[1])
	if got := fmt.Sprint(s.Site, s.Server, s.Database, s.Collation.CaseSensitive, s.ReadOnly); got != "SouthmainiMaint_Southfalse false" {
		t.Errorf("site: %s", got)
	}
	var names []string
	for _, v := range s.Views {
		names = append(names, v.Name)
		if v.Owner != grants.DboID || v.Schema != s.Schemas[0].ID {
			t.Errorf("%s: owner %d, schema %d", v.Name, v.Owner, v.Schema)
		}
	}
	var want []string
	for _, v := range catalog.IMaint().Views() {
		want = append(want, string(v))
	}
	if d := cmp.Diff(want, names); d != "" {
		t.Error(d)
	}
	if len(s.Members)+len(s.Permissions) > 0 {
		t.Error("an offline site has permissions")
	}
}
