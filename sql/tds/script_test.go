package tds

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// loginAnswer is what a version gets for a login, but for the words of the packet size.
func loginAnswer(version uint32) []Token {
	return []Token{
		EnvChange{Type: EnvDatabase, New: "North", Old: "master"},
		&ServerError{Number: 5701, State: 2, Message: "Changed database context to 'North'.", Server: "ECHO", Line: 1},
		EnvChange{Type: EnvLanguage, New: "us_english"},
		&ServerError{Number: 5703, State: 1, Message: "Changed language setting to us_english.", Server: "ECHO", Line: 1},
		EnvChange{Type: EnvCollation, New: "\x09\x04\xD0\x00\x34"},
		LoginAck{Interface: 1, Protocol: version, Program: "Microsoft SQL Server", Version: [4]byte{16, 0, 0x10, 0x27}},
		EnvChange{Type: EnvPacketSize, New: "4096", Old: "4096"},
		Done{Kind: DoneStatement},
	}
}

func same(t *testing.T, want, got []Token) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestScriptLogin(t *testing.T) {
	addr := serve(t, &Server{})
	for name, version := range map[string]uint32{
		"7.1": Version71, "7.1, first": 0x71000000, "7.2": Version72, "7.3A": Version73A, "7.3B": Version73B, "7.4": Version74,
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, addr)
			c.version = version
			same(t, loginAnswer(version), c.login())
			same(t, []Token{
				ColMetadata{[]Column{{Name: "n", Type: Int(4)}}},
				Row{[]any{int64(1)}},
				Row{[]any{int64(2)}},
				Done{Kind: DoneStatement, Status: DoneCount, Command: CommandSelect, Count: 2},
			}, c.batch("rows 2", 0))
		})
	}
}

func TestScriptPrelogin(t *testing.T) {
	addr := serve(t, &Server{TLSConfig: certificate(t)})
	always := []PreloginOption{
		{PreloginVersion, []byte{16, 0, 0x10, 0x27, 0, 0}}, {PreloginEncryption, []byte{EncryptOff}},
		{PreloginInstance, []byte{0}}, {PreloginThreadID, []byte{}}, {PreloginMARS, []byte{0}},
	}
	trace, fedAuth := PreloginOption{PreloginTraceID, make([]byte, 36)}, PreloginOption{PreloginFedAuth, []byte{1}}
	want := &Prelogin{Options: append(always[:5:5], PreloginOption{PreloginTraceID, []byte{}}, PreloginOption{PreloginFedAuth, []byte{0}})}
	if diff := cmp.Diff(want, dial(t, addr).prelogin(EncryptOff, trace, fedAuth)); diff != "" {
		t.Error(diff)
	}
	// go-mssqldb before 1.2 takes an option at the end without data for an error, and asks for none of these.
	if diff := cmp.Diff(&Prelogin{Options: always}, dial(t, addr).prelogin(EncryptOff)); diff != "" {
		t.Error(diff)
	}
}

// TestScriptLoginPlainTail is a client that drops TLS after the first packet of a long
// login, as go-mssqldb does.
func TestScriptLoginPlainTail(t *testing.T) {
	c := dial(t, serve(t, &Server{TLSConfig: certificate(t)}))
	c.prelogin(EncryptOff)
	c.encrypt()
	l := Login{Version: Version74, UserName: "ada", Password: "secret", AppName: strings.Repeat("a", 2000)}
	data := l.Append(nil)
	c.out.typ, c.out.size = packetLogin, 1024
	if err := c.out.send(data[:1016], false); err != nil {
		t.Fatal(err)
	}
	c.out.w = c.conn
	c.send(packetLogin, 0, data[1016:])
	if tokens := c.receive(); !slices.ContainsFunc(tokens, func(t Token) bool { _, ok := t.(LoginAck); return ok }) {
		t.Errorf("no acknowledgement in %v", tokens)
	}
	c.batch("rows 1", 0)
}

func TestScriptRequests(t *testing.T) {
	addr := serve(t, &Server{})
	final := func(s DoneStatus) Done { return Done{Kind: DoneStatement, Status: s} }
	oneRow := []Token{
		ColMetadata{[]Column{{Name: "n", Type: Int(4)}}}, Row{[]any{int64(1)}},
		Done{Kind: DoneStatement, Status: DoneCount, Command: CommandSelect, Count: 1},
	}
	for name, c := range map[string]struct {
		status byte
		text   string
		want   []Token
	}{
		"rows":                  {0, "rows 1", oneRow},
		"reset":                 {statusReset, "rows 1", append([]Token{EnvChange{Type: EnvReset}}, oneRow...)},
		"reset, transaction on": {statusResetKeep, "rows 1", append([]Token{EnvChange{Type: EnvReset}}, oneRow...)},
		"taken back":            {statusIgnore, "rows 1", []Token{final(DoneError)}},
		"error": {0, "error", []Token{
			&ServerError{Number: 229, State: 5, Class: 14, Message: "The SELECT permission was denied", Server: "ECHO", Line: 3},
			Done{Kind: DoneStatement, Status: DoneError, Command: CommandSelect},
		}},
		"information": {0, "info", []Token{
			&ServerError{Number: 4624, State: 2, Message: "Cannot grant", Server: "ECHO"}, final(0),
		}},
		"fatal": {0, "fatal", []Token{
			&ServerError{Number: 596, State: 1, Class: 21, Message: "killed", Server: "ECHO"}, final(DoneError | DoneServerError),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, version := range []uint32{Version71, Version72, Version74} {
				cl := loggedIn(t, addr, version)
				same(t, c.want, cl.batch(c.text, c.status))
				if name == "fatal" {
					cl.closed()
				}
			}
		})
	}
}

func TestScriptRPC(t *testing.T) {
	addr := serve(t, &Server{})
	call := RPC{Name: "sp_next", Params: []Parameter{{Name: "@n", Type: Int(8), Value: int64(6), Output: true}}}
	value := ReturnValue{Name: "@n", Type: Int(8), Value: int64(7)}
	want := []Token{
		ReturnStatus(1), value, Done{Kind: DoneProcedure, Status: DoneMore, Command: CommandExecute},
		ReturnStatus(1), value, Done{Kind: DoneProcedure, Command: CommandExecute},
	}
	for _, version := range []uint32{Version71, Version74} {
		c := loggedIn(t, addr, version)
		data, err := AppendRPC(nil, []RPC{call, call}, version)
		if err != nil {
			t.Fatal(err)
		}
		c.send(packetRPC, 0, data)
		same(t, want, c.receive())
	}
}

func TestScriptTransaction(t *testing.T) {
	c := loggedIn(t, serve(t, &Server{}), Version74)
	ask := func(r TransactionRequest) []Token {
		c.send(packetTransaction, 0, r.Append(nil, c.version))
		return c.receive()
	}
	one := "\x01\x00\x00\x00\x00\x00\x00\x00"
	same(t, []Token{
		EnvChange{Type: EnvBegin, New: one},
		Done{Kind: DoneStatement, Status: DoneInTransaction, Command: CommandBegin},
	}, ask(TransactionRequest{Kind: TransactionBegin}))
	same(t, []Token{Done{Kind: DoneStatement, Status: DoneInTransaction}},
		ask(TransactionRequest{Kind: TransactionSave, Name: "s"}))
	same(t, []Token{
		EnvChange{Type: EnvRollback, Old: one}, Done{Kind: DoneStatement, Command: CommandRollback},
	}, ask(TransactionRequest{Kind: TransactionRollback, Tx: TransactionHeader{Descriptor: 1}}))
	same(t, []Token{
		&ServerError{Number: 8501, State: 3, Class: 16, Message: "MSDTC on server 'ECHO' is unavailable.", Server: "ECHO"},
		Done{Kind: DoneStatement, Status: DoneError},
	}, ask(TransactionRequest{Kind: 6}))
}

func TestScriptAttention(t *testing.T) {
	e := &echo{begun: make(chan string, 1), ended: make(chan error, 1)}
	c := loggedIn(t, serve(t, &Server{Handler: e}), Version74)
	acknowledged := []Token{Done{Kind: DoneStatement, Status: DoneAttention}}

	c.send(packetAttention, 0, nil) // while idle
	same(t, acknowledged, c.receive())

	q := Batch{Text: "wait"}
	c.send(packetBatch, 0, q.Append(nil, c.version))
	<-e.begun
	c.send(packetAttention, 0, nil)
	if why := <-e.ended; why != errCancelled {
		t.Errorf("the session saw %v", why)
	}
	same(t, []Token{Done{Kind: DoneStatement}}, c.receive())
	same(t, acknowledged, c.receive())
}

// TestScriptOldTypes shows what a TDS 7.1 client gets for types that came later.
func TestScriptOldTypes(t *testing.T) {
	c := loggedIn(t, serve(t, &Server{}), Version71)
	same(t, []Token{
		ColMetadata{[]Column{{Name: "text", Type: NText(), Nullable: true}}},
		Row{[]any{"åå"}},
		Done{Kind: DoneStatement, Status: DoneCount, Command: CommandSelect, Count: 1},
	}, c.batch("large 2", 0))
}
