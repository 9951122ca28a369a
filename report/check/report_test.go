package check

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// report is what docs/json.md says of a report, as far as the tests work it out again.
type report struct {
	Views []string `json:"views"`
	Cells []string `json:"cells"`
	Sites []struct {
		Site    string `json:"site"`
		Members []struct {
			Access int   `json:"access"`
			People []int `json:"people"`
		} `json:"members"`
		Roles []struct {
			Role string `json:"role"`
		} `json:"roles"`
	} `json:"sites"`
	Access []struct {
		Roles []string `json:"roles"`
		May   int      `json:"may"`
	} `json:"access"`
	People []struct {
		Name     string `json:"name"`
		Login    string `json:"login"`
		FullName string `json:"full_name"`
	} `json:"people"`
}

// filter is what a reader has chosen; "" is all.
type filter struct{ site, group, person string }

// reports writes the report of a policy as a page and as JSON.
func reports(t *testing.T, args ...string) (file string, r report) {
	t.Helper()
	dir := t.TempDir()
	file = filepath.Join(dir, "report.html")
	grantree(t, append([]string{"report", "--out", file}, args...)...)
	if err := json.Unmarshal(grantree(t, append([]string{"report", "--format", "json"}, args...)...), &r); err != nil {
		t.Fatal(err)
	}
	return file, r
}

// made is the report of the demo, which is made once.
var made struct {
	once sync.Once
	page []byte
	report
}

// demo is the report of the demo, carried out on an embedded server.
func demo(t *testing.T) (string, report) {
	t.Helper()
	made.once.Do(func() {
		file, r := reports(t, "-f", filepath.Join(root, "cmd/grantree/files/demo.toml"), "--sandbox")
		made.page, _ = os.ReadFile(file)
		made.report = r
	})
	if len(made.page) == 0 {
		t.Fatal("the report of the demo could not be made: the first test says why")
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, made.page, 0o600); err != nil {
		t.Fatal(err)
	}
	return file, made.report
}

// people are those whom a filter leaves, and in which sites with which access.
func (r report) people(f filter) map[int]map[string]int {
	out := map[int]map[string]int{}
	for _, s := range r.Sites {
		if f.site != "" && s.Site != f.site {
			continue
		}
		for _, m := range s.Members {
			if f.group != "" && !slices.Contains(r.Access[m.Access].Roles, f.group) {
				continue
			}
			for _, p := range m.People {
				x := r.People[p]
				if !strings.Contains(strings.ToLower(x.Name+"\x00"+x.FullName+"\x00"+x.Login), strings.ToLower(f.person)) {
					continue
				}
				if out[p] == nil {
					out[p] = map[string]int{}
				}
				out[p][s.Site] = m.Access
			}
		}
	}
	return out
}

// count is the sentence about what a filter leaves.
func (r report) count(f filter) string {
	people := r.people(f)
	groups, sites := map[string]bool{}, 0
	for _, s := range r.Sites {
		if f.site != "" && s.Site != f.site {
			continue
		}
		sites++
		for _, role := range s.Roles {
			within := f.person == ""
			for _, at := range people {
				if access, ok := at[s.Site]; ok && slices.Contains(r.Access[access].Roles, role.Role) {
					within = true
				}
			}
			if within && (f.group == "" || f.group == role.Role) {
				groups[role.Role] = true
			}
		}
	}
	return fmt.Sprintf("%s of %s, %s, %s", thousands(len(people)), number(len(r.People), "person", "people"), number(len(groups), "group", "groups"), number(sites, "site", "sites"))
}

func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// may names who, of those whom a filter leaves, has a permission on a view in every site
// of it that they are in: 1 SELECT, 2 INSERT, 4 UPDATE, 8 DELETE.
func (r report) may(f filter, view string, bit int) []string {
	v := slices.Index(r.Views, view)
	var out []string
	for p, at := range r.people(f) {
		yes := true
		for _, access := range at {
			digit := r.Cells[r.Access[access].May][v]
			n := strings.IndexByte("0123456789abcdef", digit)
			yes = yes && n&bit != 0
		}
		if yes {
			out = append(out, r.People[p].Name)
		}
	}
	slices.Sort(out)
	return out
}

// policyFile writes a policy into a folder of its own.
func policyFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "grantree.toml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// patched is the page of the demo with a text of its data replaced, as if a server had
// such a name.
func patched(t *testing.T, from, to string) string {
	t.Helper()
	file, _ := demo(t)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), from) {
		t.Fatalf("the page has no %s", from)
	}
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(text), from, to)), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
