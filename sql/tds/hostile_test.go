package tds

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
)

// alive fails unless a well-behaved client can log in and ask.
func alive(t testing.TB, addr string) {
	t.Helper()
	db, err := sql.Open("sqlserver", dsn(addr, "encrypt=disable"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var n int
	if err := db.QueryRowContext(ctx, "rows 1").Scan(&n); err != nil {
		t.Errorf("others cannot work any more: %v", err)
	}
}

// refused fails unless the response is one error with the number and the connection
// is closed.
func refused(t *testing.T, c *client, number int32) {
	t.Helper()
	tokens := c.receive()
	if e, ok := tokens[0].(*ServerError); !ok || e.Number != number {
		t.Errorf("got %v, want message %d", tokens[0], number)
	}
	c.closed()
}

func TestHostileMessages(t *testing.T) {
	addr := serve(t, &Server{MaxMessage: 1 << 16, TLSConfig: certificate(t)})
	login := (&Login{Version: Version74, UserName: "ada", Password: "secret"}).Append(nil)
	for name, c := range map[string]struct {
		do     func(c *client)
		number int32
	}{
		"prelogin of rubbish":   {func(c *client) { c.send(packetPrelogin, 0, []byte{0, 0xFF, 0xFF, 0xFF, 0xFF}) }, 17828},
		"login cut short":       {func(c *client) { c.send(packetLogin, 0, login[:50]) }, 17832},
		"login with wrong size": {func(c *client) { c.send(packetLogin, 0, append(login[:len(login):len(login)], 0)) }, 17832},
		"login of 1 MB":         {func(c *client) { c.out.typ = packetLogin; c.out.send(make([]byte, 1<<20), true) }, 17832},
		"login of TDS 7.0": {func(c *client) {
			c.send(packetLogin, 0, (&Login{Version: 0x70000000}).Append(nil))
		}, 17832},
		"Windows login": {func(c *client) {
			c.send(packetLogin, 0, (&Login{Version: Version74, Integrated: true}).Append(nil))
		}, 18452},
		"batch first":          {func(c *client) { c.send(packetBatch, 0, (&Batch{Text: "x"}).Append(nil, Version74)) }, 17832},
		"batch without header": {func(c *client) { c.login(); c.send(packetBatch, 0, []byte("se")) }, 4002},
		"batch of odd length":  {func(c *client) { c.login(); c.send(packetBatch, 0, append((&Batch{}).Append(nil, Version74), 1)) }, 4002},
		"batch too long":       {func(c *client) { c.login(); c.out.typ = packetBatch; c.out.send(make([]byte, 1<<17), true) }, 17836},
		"rpc of rubbish":       {func(c *client) { c.login(); c.send(packetRPC, 0, bytes.Repeat([]byte{7}, 99)) }, 4002},
		"transaction cut":      {func(c *client) { c.login(); c.send(packetTransaction, 0, make([]byte, 3)) }, 4002},
		"bulk load":            {func(c *client) { c.login(); c.send(packetBulk, 0, make([]byte, 30)) }, 4002},
		"second login":         {func(c *client) { c.login(); c.send(packetLogin, 0, login) }, 4002},
	} {
		t.Run(name, func(t *testing.T) {
			cl := dial(t, addr)
			c.do(cl)
			refused(t, cl, c.number)
			alive(t, addr)
		})
	}
}

// TestHostileBytes sends what is no packet at all.
func TestHostileBytes(t *testing.T) {
	addr := serve(t, &Server{TLSConfig: certificate(t)})
	for name, b := range map[string][]byte{
		"half a header":       {packetPrelogin, 1, 0},
		"length of 0":         {packetPrelogin, 1, 0, 0, 0, 0, 0, 0},
		"length of 65535":     {packetPrelogin, 1, 0xFF, 0xFF, 0, 0, 0, 0},
		"half a packet":       {packetPrelogin, 1, 0, 99, 0, 0, 0, 0, 1, 2, 3},
		"SMP (MARS)":          {0x53, 1, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0},
		"HTTP":                []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
		"TLS, TDS 8.0":        {tlsHandshakeByte, 3, 1, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"another type inside": append(appendHeader(nil, header{typ: packetLogin, size: 8}), appendHeader(nil, header{typ: packetRPC, status: 1, size: 8})...),
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, addr)
			c.conn.Write(b)
			c.conn.(*net.TCPConn).CloseWrite()
			c.closed()
			alive(t, addr)
		})
	}
}

// TestHostileCuts breaks a good conversation off after every number of bytes, and bends
// random bytes of it.
func TestHostileCuts(t *testing.T) {
	addr := serve(t, &Server{})
	var good bytes.Buffer
	s := &sender{w: &good, size: defaultPacketSize, typ: packetLogin}
	s.send((&Login{Version: Version74, UserName: "ada", Password: "secret"}).Append(nil), true)
	s.typ = packetRPC
	rpc, err := AppendRPC(nil, []RPC{{ProcID: ProcExecuteSQL, Params: []Parameter{
		{Type: NVarChar(20), Value: "select @p"}, {Type: NVarChar(20), Value: "@p int"}, {Name: "@p", Type: Int(4), Value: int64(5)},
	}}}, Version74)
	if err != nil {
		t.Fatal(err)
	}
	s.send(rpc, true)
	random := rand.New(rand.NewPCG(1, 2))
	for n := range good.Len() {
		whole, cut := dial(t, addr), dial(t, addr)
		cut.conn.Write(good.Bytes()[:n])
		cut.conn.Close()
		bent := bytes.Clone(good.Bytes())
		bent[n] ^= byte(1 + random.IntN(255))
		whole.conn.Write(bent)
		whole.conn.Close()
	}
	alive(t, addr)
}

// TestHostileEarly: a request that comes while another runs does not keep what follows from being heard.
func TestHostileEarly(t *testing.T) {
	c := loggedIn(t, serve(t, &Server{}), Version74)
	text := func(text string) []byte { return (&Batch{Text: text}).Append(nil, c.version) }
	c.send(packetBatch, 0, text("wait"))
	c.send(packetBatch, 0, text("rows 1"))
	c.send(packetAttention, 0, nil)
	for range 3 { // that of the first, of the Attention and of the second
		c.receive()
	}
	for range 3 {
		c.send(packetBatch, 0, text("wait"))
	}
	c.closed()
}

// TestHostileHalfOpen fills the server with connections that never log in; the oldest
// have to make room, and the login time-out ends the rest.
func TestHostileHalfOpen(t *testing.T) {
	addr := serve(t, &Server{MaxPending: 8, MaxConns: 4, LoginTimeout: 1500 * time.Millisecond})
	var all []*client
	for range 50 {
		all = append(all, dial(t, addr))
	}
	alive(t, addr)
	for _, c := range all {
		c.closed()
	}
}

func TestHostileTooMany(t *testing.T) {
	const limit = 5
	addr := serve(t, &Server{MaxConns: limit})
	var in []*client
	for range limit {
		in = append(in, loggedIn(t, addr, Version74))
	}
	db, err := sql.Open("sqlserver", dsn(addr, "encrypt=disable"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var got mssql.Error
	if err := db.Ping(); !errors.As(err, &got) || got.Number != 17809 {
		t.Errorf("one too many is told %v, want 17809", err)
	}
	for _, c := range in {
		c.batch("rows 1", 0)
		c.conn.Close()
	}
	waitFor(t, func() bool { return db.Ping() == nil })
}

// waitFor tries until ok, as another goroutine needs some time to notice.
func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Error("it never came true")
}

func TestHostile500(t *testing.T) {
	addr := serve(t, &Server{MaxConns: 20})
	var wait sync.WaitGroup
	for i := range 500 {
		wait.Go(func() {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(patience))
			s := &sender{w: conn, size: defaultPacketSize, typ: packetLogin}
			switch i % 3 {
			case 0:
				s.send((&Login{Version: Version74, UserName: "ada", Password: "secret"}).Append(nil), true)
				conn.Read(make([]byte, 100))
			case 1:
				conn.Write([]byte{packetPrelogin, 1, 0xFF})
			}
		})
	}
	wait.Wait()
	waitFor(t, func() bool {
		db, err := sql.Open("sqlserver", dsn(addr, "encrypt=disable"))
		if err != nil {
			return false
		}
		defer db.Close()
		return db.Ping() == nil
	})
}
