package sandbox

import (
	"strings"
	"testing"

	"grantree/sql/tds"
)

// TestSessionTexts: what a client says of itself is cut to what sys.dm_exec_sessions has room for. The name of Microsoft's
// .NET driver, "Core Microsoft SqlClient Data Provider", is longer than client_interface_name, nvarchar(32).
func TestSessionTexts(t *testing.T) {
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sa, err := s.internal("")
	if err != nil {
		t.Fatal(err)
	}
	defer sa.Close()
	const provider = "Core Microsoft SqlClient Data Provider"
	other := s.newSession(nil, tds.Login{ClientInterface: provider, AppName: strings.Repeat("a", 200), HostName: strings.Repeat("ä", 200)}, "sa", sa.first)
	defer other.Close()
	err = sa.exec(t.Context(), `IF NOT EXISTS (SELECT 1 FROM sys.dm_exec_sessions WHERE client_interface_name = N'`+provider[:32]+`'
		AND program_name = REPLICATE(N'a', 128) AND host_name = REPLICATE(N'ä', 128)) THROW 50000, 'not so', 1`)
	if err != nil {
		t.Error(err)
	}
}
