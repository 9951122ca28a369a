package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"grantree/catalog"
	"grantree/sql/mssql"
	"grantree/sql/sandbox"
)

// tap is a proxy before a server that keeps the texts that clients send.
type tap struct {
	net.Listener
	mu   sync.Mutex
	text strings.Builder
}

func newTap(t *testing.T, target string) *tap {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	p := &tap{Listener: l}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(client, target)
		}
	}()
	return p
}

func (p *tap) serve(client net.Conn, target string) {
	defer client.Close()
	server, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer server.Close()
	go func() { io.Copy(client, server); client.Close() }()
	var message []byte
	for header := make([]byte, 8); ; {
		if _, err := io.ReadFull(client, header); err != nil {
			return
		}
		packet := make([]byte, int(binary.BigEndian.Uint16(header[2:])))
		copy(packet, header)
		if _, err := io.ReadFull(client, packet[8:]); err != nil {
			return
		}
		message = append(message, packet[8:]...)
		if packet[1]&1 != 0 { // the last of its message
			if packet[0] == 1 || packet[0] == 3 { // a batch, a call
				p.keep(message)
			}
			message = nil
		}
		if _, err := server.Write(packet); err != nil {
			return
		}
	}
}

// keep keeps a message's text, which in a call begins at any byte.
func (p *tap) keep(message []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for from := range 2 {
		units := make([]uint16, (len(message)-from)/2)
		for i := range units {
			units[i] = binary.LittleEndian.Uint16(message[from+2*i:])
		}
		p.text.WriteString(string(utf16.Decode(units)) + "\n")
	}
}

// take are the statements that passed since it was called last, without what is in
// every batch of a kind and changes nothing.
func (p *tap) take(t *testing.T) (out []string) {
	t.Helper()
	frames := map[string]bool{}
	files, err := filepath.Glob("../../sql/mssql/queries/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			frames[strings.TrimSpace(line)] = true
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for line := range strings.Lines(p.text.String()) {
		line = strings.TrimSpace(line)
		if m := quotedStatement.FindStringSubmatch(line); m != nil {
			line = strings.ReplaceAll(m[1], "''", "'")
		}
		if statement.MatchString(line) && !frames[line] {
			out = append(out, line)
		}
	}
	p.text.Reset()
	return out
}

// statement is the beginning of a line that changes something, and quotedStatement one
// that is sent as a string.
var (
	statement       = regexp.MustCompile(`^(CREATE|ALTER|DROP|GRANT|DENY|REVOKE|INSERT|UPDATE|DELETE|MERGE|TRUNCATE|EXEC sys\.sp_(add|update|drop|rename)\w*) `)
	quotedStatement = regexp.MustCompile(`^EXEC \(N'(.*)'\);$`)
)

// TestWhatIsSentWasShown: every statement that changes something, as it passes between
// grantree and the server, stands in the plan that was shown before.
func TestWhatIsSentWasShown(t *testing.T) {
	const password = "Live-Password-1"
	s, err := sandbox.New(sandbox.Options{SAPassword: password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	views := []catalog.ViewName{"imvw_asset", "imvw_site", "imvw_part"}
	script := mssql.MakeSite("North", "dbo", views) + mssql.MakeSite("South", "dbo", views) + "\nGO\nUSE master; CREATE LOGIN ben WITH PASSWORD = N'" + password + "', CHECK_POLICY = OFF;\n"
	if err := s.Exec(t.Context(), "master", script); err != nil {
		t.Fatal(err)
	}
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	wire := newTap(t, s.Addr().String())
	head := fmt.Sprintf("[server.main]\nurl = \"sqlserver://%s?encrypt=disable\"\nuser = \"sa\"\npassword_env = \"PASSWORD\"\n[[site]]\nname = \"North\"\nserver = \"main\"\ndatabase = \"North\"\n[[site]]\nname = \"South\"\nserver = \"main\"\ndatabase = \"South\"\n", wire.Addr()) +
		"[break_glass]\ngroups = [\"Admin\"]\n[ledger]\ntable = \"grantree.ledger\"\n"
	file := ""
	dir := t.TempDir()
	do := func(args ...string) string {
		t.Helper()
		var out, errs strings.Builder
		a := &app{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, env: func(string) string { return password }, now: time.Now, sameFile: sameFile,
			journals: journalsIn{dir: filepath.Join(dir, "runs")}, account: func() (string, string) { return "dba", "h" }, secrets: openPasswords,
			readFile: func(name string) ([]byte, error) {
				if name != "grantree.toml" {
					return nil, fs.ErrNotExist
				}
				return []byte(file), nil
			}}
		if code := run(t.Context(), args, a); code != exitDone {
			t.Fatalf("%v: exit code %d: %s", args, code, errs.String())
		}
		return out.String()
	}
	passwords := filepath.Join(dir, "passwords.txt")
	n := 0
	holds := func(what, shown string) {
		t.Helper()
		sent := wire.take(t)
		for _, line := range sent {
			if n++; !strings.Contains(shown, line) {
				t.Errorf("%s: it was not shown, and sent: %s", what, line)
			}
		}
		if len(sent) == 0 {
			t.Errorf("%s: nothing was sent", what)
		}
	}
	for i, text := range shownPolicies {
		file = head + text
		shown := do("plan", "--full")
		wire.take(t)
		online := []string{"apply", "--yes", "--no-verify", "--passwords-out", passwords}
		if i%2 == 1 {
			online = append(online, "--online")
		}
		do(online...)
		holds(fmt.Sprint("policy ", i), shown)
	}
	if err := s.Exec(t.Context(), "North", "DROP VIEW dbo.imvw_asset;\nGO\nCREATE VIEW dbo.imvw_asset AS SELECT 1 AS id;"); err != nil {
		t.Fatal(err)
	}
	holds("heal", do("heal", "--after-deploy", "--full"))
	shown := do("break-glass", "ben", "Admin", "--for", "60m", "--reason", "month end", "--yes", "--detach", "--site", "North")
	holds("break-glass", shown)
	holds("the end of it", do("break-glass", "--end", "ben", "Admin", "--site", "North", "--yes"))
	t.Logf("%d statements", n)
}

// shownPolicies follow each other: roles, users and logins that are made, changed,
// renamed and dropped, DENYs that come and go, and two who change places.
var shownPolicies = []string{`[policy]
max_loss = 1.0
[[group]]
name = "Admin"
[[group.allow]]
view = "imvw_asset"
permissions = ["select"]
[[group]]
name = "Reader"
[[group.allow]]
view = "imvw_site"
permissions = ["select"]
[[group.deny]]
view = "imvw_part"
permissions = ["delete"]
reason = "never"
[[group]]
name = "Early"
[[group.allow]]
view = "imvw_part"
permissions = ["select", "update"]
[[user]]
name = "ben"
groups = ["Reader"]
sites = ["*"]
[[user]]
name = "cid"
groups = ["Early"]
sites = ["*"]
new_login = true
`, `[policy]
max_loss = 1.0
leavers = "drop"
[[group]]
name = "Admin"
[[group.allow]]
view = "imvw_asset"
permissions = ["select"]
[[group]]
name = "Reader"
[[group.allow]]
view = "imvw_part"
permissions = ["select", "update"]
[[group.deny]]
view = "imvw_site"
permissions = ["delete"]
reason = "never"
[[user]]
name = "ben"
groups = ["Reader"]
sites = ["*"]
[[user.allow]]
view = "imvw_site"
permissions = ["insert"]
[[user]]
name = "gil"
groups = ["Reader"]
sites = ["South"]
new_login = true
`}
