package sites

import (
	"context"
	"flag"
	"fmt"
	"testing"

	"grantree/grants"
	"grantree/sql/mssql"
	"grantree/sql/sandbox"
)

var least = flag.Bool("least", false, "run fleets as a login that has what doctor's script gives and nothing else, and not as sysadmin")

// leastLogin runs grantree where no administrator of the server does.
const leastLogin = "gt_least"

// runner is who runs the fleets of live servers: sa, or with -least a login that
// hired has made.
func runner() string {
	if *least {
		return leastLogin
	}
	return "sa"
}

// hired lets the runner into a server and databases of it, as the script of "doctor
// --script apply" does.
func hired(t testing.TB, s *sandbox.Server, databases ...string) {
	t.Helper()
	if !*least {
		return
	}
	to := mssql.RunnerServer{Server: "main", Logins: true, Audits: true}
	for _, d := range databases {
		to.Sites = append(to.Sites, mssql.RunnerSite{Site: d, Database: d})
	}
	script, err := mssql.RunnerScript(grants.Apply, leastLogin, to)
	if err != nil {
		t.Fatal(err)
	}
	make := fmt.Sprintf("IF SUSER_ID(N'%[1]s') IS NULL CREATE LOGIN %[1]s WITH PASSWORD = N'%[2]s', CHECK_POLICY = OFF;\nGO\n", leastLogin, livePassword)
	if err := s.Exec(context.Background(), "master", make+script); err != nil {
		t.Fatalf("%v\n%s", err, script)
	}
}
