package main

import (
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"grantree/seal"
)

// sealingWorld is an app that sees these files at this time.
func sealingWorld(files map[string]string, now time.Time) *app {
	return &app{stdout: io.Discard, stderr: io.Discard, now: func() time.Time { return now }, readFile: func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}}
}

const sealedPolicy = `include = ["people.toml"]
[server.main]
url = "sqlserver://sql01.example"
user = "u"
password_env = "P"
[[site]]
name = "North"
server = "main"
database = "n"
[[group]]
name = "T"
[[group.allow]]
on = "Modules | Work Orders | Work Orders"
permissions = ["select"]
`

// TestOpenSealed: a plan is bound to every file of its policy, to its catalog and to
// what holds at its time; and not to where the files are.
func TestOpenSealed(t *testing.T) {
	made := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	person := "[[user]]\nname = \"ann\"\ngroups = [\"T\"]\nsites = [\"*\"]\nuntil = 2026-11-21\n"
	files := map[string]string{"grantree.toml": sealedPolicy, "people.toml": person}
	b, err := sealingWorld(files, made).bound(policyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := seal.Encode(seal.Plan{Made: made, Policy: b.Policy.File, Catalog: b.Bound.Catalog})
	if err != nil {
		t.Fatal(err)
	}
	seals := func(b *boundPolicy) string {
		text, err := seal.Encode(seal.Plan{Made: made, Policy: b.Bound.Policy, Catalog: b.Bound.Catalog})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	tests := []struct {
		name, file, of, is string
		plan               string
		later              time.Duration
		code               int
		want               string
	}{
		{name: "the same", later: time.Hour},
		{name: "elsewhere", file: "/etc/p/main.toml"},
		{name: "an included file", of: "people.toml", is: person + "# \n", code: exitStale, want: "the policy is not the one"},
		{name: "the main file", of: "grantree.toml", is: sealedPolicy + "# \n", code: exitStale, want: "the policy is not the one"},
		{name: "an end", later: 48 * time.Hour, code: exitStale, want: `user "ann" (people.toml:1:1) held until 2026-11-21`},
		{name: "yesterday", later: -24 * time.Hour, code: exitStale, want: "still to come by this machine's clock"},
		{name: "no plan", plan: "{}", code: exitUsage, want: "p.plan is no sealed plan"},
		{name: "of another policy", plan: string(text), code: exitStale, want: "the policy is not the one"},
	}
	for _, test := range tests {
		now := map[string]string{"grantree.toml": sealedPolicy, "people.toml": person, "/etc/p/main.toml": sealedPolicy, "/etc/p/people.toml": person, "p.plan": seals(b)}
		if test.of != "" {
			now[test.of] = test.is
		}
		if test.plan != "" {
			now["p.plan"] = test.plan
		}
		a := sealingWorld(now, made.Add(test.later))
		again, err := a.bound(policyOptions{file: test.file})
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = a.openSealed("p.plan", again)
		if exitCode(err) != test.code || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %d %s", test.name, err, test.code, test.want)
		}
	}
}
