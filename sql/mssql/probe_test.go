package mssql

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/grants"

	"github.com/google/go-cmp/cmp"
)

// TestProbe asks as people of every kind: what each may do on each view that is
// wanted, who cannot be asked, and which names are too long to ask about.
func TestProbe(t *testing.T) {
	server, connect := liveSite(t)
	long, longer, odd := strings.Repeat("x", 124), strings.Repeat("y", 125), strings.Repeat("z", 120)+" z"
	if err := server.Exec(context.Background(), "North", fmt.Sprintf(`CREATE USER writer WITHOUT LOGIN; CREATE USER nobody WITHOUT LOGIN;
GRANT SELECT ON dbo.v TO ann; GRANT SELECT, INSERT, UPDATE, DELETE ON dbo.v TO writer; DENY UPDATE ON dbo.v TO writer;
GO
CREATE VIEW dbo.%s AS SELECT a FROM dbo.t;
GO
CREATE VIEW dbo.%s AS SELECT a FROM dbo.t;
GO
CREATE VIEW dbo.[%s] AS SELECT a FROM dbo.t;
GO
CREATE VIEW dbo.other AS SELECT a FROM dbo.t;
GO
GRANT INSERT ON dbo.%s TO ann; GRANT INSERT ON dbo.%s TO ann; GRANT DELETE ON dbo.other TO ann;`, long, longer, odd, long, longer)); err != nil {
		t.Fatal(err)
	}
	conn := connect("sa")
	s, err := Snapshot(context.Background(), conn, "North", "main")
	if err != nil {
		t.Fatal(err)
	}
	all := catalog.Select.Union(catalog.Insert).Union(catalog.Delete)
	got, unasked, err := Probe(context.Background(), conn, s, []string{"ann", "writer", "nobody", "no such user", "ann"}, func(view string) bool { return view != "other" })
	if err != nil {
		t.Fatal(err)
	}
	ann := grants.Reply{User: "ann", May: map[string]catalog.Permissions{"dbo.v": catalog.Select, "dbo." + long: catalog.Insert}}
	want := []grants.Reply{ann, {User: "writer", May: map[string]catalog.Permissions{"dbo.v": all}}, {User: "nobody", May: map[string]catalog.Permissions{}},
		{User: "no such user", May: map[string]catalog.Permissions{}, Refused: "said"}, ann}
	for i, r := range got {
		if r.Refused != "" && strings.Contains(r.Refused, "no such user") && !strings.HasSuffix(r.Refused, ".") {
			got[i].Refused = "said"
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"dbo." + longer, "dbo." + odd}, unasked); d != "" {
		t.Error(d)
	}
}

// TestProbeAsksForManyInParts: more people than one batch takes.
func TestProbeAsksForManyInParts(t *testing.T) {
	_, connect := liveSite(t)
	conn := connect("sa")
	s, err := Snapshot(context.Background(), conn, "North", "main")
	if err != nil {
		t.Fatal(err)
	}
	var users []string
	for i := range probeChunk + 1 {
		users = append(users, fmt.Sprintf("nobody %d", i))
	}
	got, _, err := Probe(context.Background(), conn, s, users, func(string) bool { return true })
	if err != nil || len(got) != len(users) || got[probeChunk].User != users[probeChunk] || got[probeChunk].Refused == "" {
		t.Errorf("%d answers, %v", len(got), err)
	}
	conn.Close()
	if got, _, err := Probe(context.Background(), conn, s, users, func(string) bool { return true }); err == nil || len(got) > 0 || !strings.HasPrefix(err.Error(), "verify: ") {
		t.Errorf("on a connection that is closed: %d answers, %v", len(got), err)
	}
}

// TestAskable is which names HAS_PERMS_BY_NAME takes: 128 UTF-16 code units.
func TestAskable(t *testing.T) {
	tests := []struct {
		name, schema, view string
		want               bool
	}{
		{"a name like most", "dbo", "imvw_part", true},
		{"the longest in brackets", "dbo", strings.Repeat("a", 119) + "-", true},
		{"one more in brackets", "dbo", strings.Repeat("a", 120) + "-", false},
		{"the longest bare", "dbo", strings.Repeat("a", 124), true},
		{"one more bare", "dbo", strings.Repeat("a", 125), false},
		{"a schema that needs brackets", "my schema", strings.Repeat("a", 117), false},
		{"a bracket counts twice", "dbo", strings.Repeat("a", 117) + "]-", true},
		{"so one fewer fits", "dbo", strings.Repeat("a", 118) + "]-", false},
		{"a character of two code units", "dbo", strings.Repeat("a", 118) + "🔧", true},
		{"one more", "dbo", strings.Repeat("a", 119) + "🔧", false},
		{"a digit cannot begin a bare name", "dbo", "1" + strings.Repeat("a", 121), false},
	}
	for _, tt := range tests {
		if got := askable(tt.schema, tt.view); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
}
