package agreement

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"grantree/grants"
	"grantree/sql/mssql"
)

// TestAlikeAreAnsweredAlike holds Alike to the server: whoever it says the
// server cannot tell apart gets the same answers about every view. In the
// random states one user often has what another has.
func TestAlikeAreAnsweredAlike(t *testing.T) {
	ctx := context.Background()
	conn, done := connect(t, 0)
	defer done()
	merged, apart := 0, 0
	for i := range min(*states/100, 100) {
		s := state{conn: conn, rand: rand.New(rand.NewPCG(*seed, uint64(i))), number: i}
		s.script = twins(&s)
		conn.ExecContext(ctx, "SET XACT_ABORT OFF; BEGIN TRANSACTION;\n"+s.script)
		site, sees, err := asRunner(ctx, conn)
		check(t, err)
		if !sees {
			_, err = conn.ExecContext(ctx, "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION")
			check(t, err)
			continue
		}
		known, err := mssql.Identify(ctx, conn, users)
		check(t, err)
		answers, _, err := mssql.Probe(ctx, conn, site, users, func(string) bool { return true })
		check(t, err)
		_, err = conn.ExecContext(ctx, "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION")
		check(t, err)
		for u, like := range grants.Alike(site, known) {
			switch {
			case like == u:
				apart++
			case !maps.Equal(answers[u].May, answers[like].May) || answers[u].Refused != answers[like].Refused:
				t.Errorf("state %d of seed %d: %s may %v, %s may %v\n%s", i, *seed, users[u], answers[u].May, users[like], answers[like].May, s.script)
			case len(answers[u].May) > 0:
				merged++
			}
		}
	}
	if merged < 30 || apart < 30 {
		t.Errorf("%d were the same and may do something, %d were not the same: the states show too little", merged, apart)
	}
}

var aUser = regexp.MustCompile(`\bu[0-9]\b`)

// twins makes up statements, many of which are said of a second user too.
func twins(s *state) string {
	var b strings.Builder
	for statement := range strings.SplitSeq(s.write(), "\n") {
		fmt.Fprintln(&b, statement)
		if who := aUser.FindString(statement); who != "" && s.rand.IntN(8) > 0 && !strings.Contains(statement, "AUTHORIZATION") {
			fmt.Fprintln(&b, strings.ReplaceAll(statement, who, map[string]string{"u1": "u2", "u2": "u1", "u3": "u4", "u4": "u3"}[who]))
		}
	}
	return b.String()
}
