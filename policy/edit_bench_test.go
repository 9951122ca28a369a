package policy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"grantree/policy"
)

// BenchmarkEdit makes 10,000 edits at once of a policy of 10,000 people: 5,000
// are added and 5,000 changed, as an import does.
func BenchmarkEdit(b *testing.B) {
	var text strings.Builder
	text.WriteString(fleet + "[[group]]\nname = \"Crew\"\n")
	for i := range 10_000 {
		fmt.Fprintf(&text, "\n[[user]]\nname = \"user%d\" # one\ngroups = [\"Crew\"]\nsites = [\"North\"]\n", i)
	}
	full, off := "Some Body", true
	for b.Loop() {
		e, err := policy.NewEditor(policy.Source{File: "p.toml", Data: []byte(text.String())}, nil)
		if err != nil {
			b.Fatal(err)
		}
		for i := range 5_000 {
			if err := e.AddUser(policy.User{Name: fmt.Sprintf("new%d", i), Groups: []string{"Crew"}, Sites: []string{"South"}}); err != nil {
				b.Fatal(err)
			}
			if err := e.SetUser(fmt.Sprintf("user%d", i), policy.UserChange{FullName: &full, Inactive: &off}); err != nil {
				b.Fatal(err)
			}
		}
		if done, err := e.Result(time.Now()); err != nil || len(done.Policy.Users) != 15_000 {
			b.Fatal(err)
		}
	}
}
