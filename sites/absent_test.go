package sites

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"grantree/audit"
	"grantree/grants"
	"grantree/licensing"
	"grantree/sql/mssql"

	"github.com/google/go-cmp/cmp"
)

// TestAbsence: who has not been seen is known only where every server that they
// can enter would know.
func TestAbsence(t *testing.T) {
	p := parsed(t, strings.ReplaceAll(twoSites, "name = \"South\"\nserver = \"main\"", "name = \"South\"\nserver = \"far\"")+
		"[server.far]\nurl = \"sqlserver://sql02.example\"\nuser = \"grantree\"\npassword_env = \"X\"\n"+person("ann", "*"))
	if p.Sites[1].Server != "far" {
		t.Fatalf("the second site is on %q", p.Sites[1].Server)
	}
	f := &Fleet{Policy: p, Sites: p.Sites}
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	ago := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	server := func(name string, since int, last map[string]time.Time, here ...string) ServerLogins {
		l := audit.LastLogins{Source: audit.ErrorLog, State: audit.Read, Last: last}
		if since > 0 {
			l.Since = ago(since)
		}
		return ServerLogins{Server: name, Now: now, Sights: audit.Gathered([]audit.LastLogins{l, {Source: audit.Sessions, State: audit.Read, Here: here}}, grants.Collation{}.Key)}
	}
	at := func(by ...licensing.Entrance) licensing.Line { return licensing.Line{Name: "ann", SeatsNow: 1, By: by} }
	north, south := licensing.Entrance{Sites: []string{"North"}, Login: "ann"}, licensing.Entrance{Sites: []string{"South"}, Login: "ann"}
	away := ServerLogins{Server: "far", Err: &mssql.ServerError{Sentence: "nobody there", Err: io.EOF}}
	for name, tt := range map[string]struct {
		line    licensing.Line
		servers []ServerLogins
		want    Absence
	}{
		"one server, never seen":            {at(north), []ServerLogins{server("main", 90, nil)}, Absence{Seen: grants.No, Since: ago(90)}},
		"seen before":                       {at(north), []ServerLogins{server("main", 90, map[string]time.Time{"ANN": ago(60)})}, Absence{Seen: grants.No, Last: ago(60), Since: ago(90)}},
		"seen since":                        {at(north), []ServerLogins{server("main", 90, map[string]time.Time{"ann": ago(3)})}, Absence{Seen: grants.Yes, Last: ago(3)}},
		"connected":                         {at(north), []ServerLogins{server("main", 0, nil, "ann")}, Absence{Seen: grants.Yes}},
		"it does not reach back so far":     {at(north), []ServerLogins{server("main", 7, nil)}, Absence{Seen: grants.NotVerified, Why: []string{"server main: error log reaches back to 2026-11-20"}}},
		"unseen here, unknown there":        {at(north, south), []ServerLogins{server("main", 90, nil), away}, Absence{Seen: grants.NotVerified, Since: ago(90), Why: []string{"server far did not answer"}}},
		"unknown there, seen here":          {at(south, north), []ServerLogins{away, server("main", 90, map[string]time.Time{"ann": ago(3)})}, Absence{Seen: grants.Yes, Last: ago(3), Why: []string{"server far did not answer"}}},
		"unseen on both":                    {at(north, south), []ServerLogins{server("main", 90, nil), server("far", 40, nil)}, Absence{Seen: grants.No, Since: ago(40)}},
		"a server that was not asked":       {at(north, south), []ServerLogins{server("main", 90, nil)}, Absence{Seen: grants.NotVerified, Since: ago(90), Why: []string{"server far was not asked"}}},
		"no login of the server's":          {at(licensing.Entrance{Sites: []string{"North"}}), []ServerLogins{server("main", 90, nil)}, Absence{Seen: grants.NotVerified, Why: []string{"site North: entered without a login of the server, which keeps nothing of that"}}},
		"who enters nowhere is not unseen ": {at(), nil, Absence{Seen: grants.NotVerified, Why: []string{"nobody knows by which login"}}},
	} {
		tt.want.Name, tt.want.Seats = "ann", 1
		if d := cmp.Diff(tt.want, f.absence(tt.line, tt.servers, 30)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// TestLastLoginsOfNothing: a server that keeps nothing says so of each source.
func TestLastLoginsOfNothing(t *testing.T) {
	l := newLive(t)
	f := l.fleet("imvw_site")
	list := f.LastLogins(context.Background())
	if len(list) != 1 || list[0].Err != nil || list[0].Now.IsZero() {
		t.Fatalf("%+v", list)
	}
	if why := list[0].Silent(list[0].Now.AddDate(0, 0, -30)); len(why) != 2 || !strings.HasPrefix(why[0], "error log not there") || !strings.HasPrefix(why[1], "audit not there") {
		t.Errorf("%q", why)
	}
}
