package tds

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
)

// echo is the smallest server that shows what the wire can do. Its batches are
// words: "rows 3", "error", "info", "wait", "fatal", "panic", "large 5000".
type echo struct {
	// begun hears of every request, if it is not nil.
	begun chan string
	// ended hears why each "wait" ended, if it is not nil.
	ended chan error
}

func (e *echo) Login(_ context.Context, c *Conn, l *Login) (Session, LoginReply, error) {
	if l.Password != "secret" {
		return nil, LoginReply{}, &ServerError{Number: 18456, State: 1, Class: 14, Message: "Login failed for user '" + l.UserName + "'."}
	}
	return &echoSession{echo: e, conn: c}, LoginReply{Database: "North", Language: "us_english", ServerName: "ECHO"}, nil
}

type echoSession struct {
	*echo
	conn  *Conn
	next  uint64
	reset int
}

func (s *echoSession) Close() {}

func (s *echoSession) Reset(context.Context, bool, *Writer) { s.reset++ }

func (s *echoSession) Batch(ctx context.Context, b *Batch, w *Writer) {
	if s.begun != nil {
		s.begun <- b.Text
	}
	word, arg, _ := strings.Cut(strings.TrimSuffix(b.Text, ";"), " ")
	switch n, _ := strconv.Atoi(arg); word {
	case "rows":
		s.rows(n, w)
	case "large":
		w.Columns([]Column{{Name: "text", Type: NVarChar(Max), Nullable: true}})
		must(w.Row([]any{strings.Repeat("å", n)}))
		w.Done(CommandSelect, 1, 0)
	case "error":
		w.Error(&ServerError{Number: 229, State: 5, Class: 14, Message: "The SELECT permission was denied", Line: 3})
		w.Done(CommandSelect, -1, 0)
	case "info":
		w.Info(&ServerError{Number: 4624, State: 2, Class: 16, Message: "Cannot grant"})
		w.Done(0, -1, 0)
	case "wait":
		<-ctx.Done()
		if s.ended != nil {
			s.ended <- context.Cause(ctx)
		}
	case "fatal":
		w.Fatal(&ServerError{Number: 596, Class: 21, State: 1, Message: "killed"})
	case "panic":
		panic("on request")
	default:
		s.rows(1, w)
	}
}

func (s *echoSession) rows(n int, w *Writer) {
	w.Columns([]Column{{Name: "n", Type: Int(4)}})
	for i := range n {
		must(w.Row([]any{int64(i + 1)}))
	}
	w.Done(CommandSelect, int64(n), 0)
}

// RPC answers sp_executesql with its parameters as one row, and a procedure by name
// with its output parameters increased by one and the number of parameters.
func (s *echoSession) RPC(ctx context.Context, r *RPC, w *Writer) {
	if r.ProcID == ProcExecuteSQL {
		if r.Params[0].Value == "wait;" {
			s.Batch(ctx, &Batch{Text: "wait"}, w)
			return
		}
		s.params(r.Params[2:], w)
		return
	}
	w.ReturnStatus(int32(len(r.Params)))
	for i, p := range r.Params {
		if p.Output {
			must(w.ReturnValue(i, p.Name, p.Type, p.Value.(int64)+1))
		}
	}
	w.DoneProc(CommandExecute, -1, 0)
}

func (s *echoSession) params(params []Parameter, w *Writer) {
	columns := make([]Column, len(params))
	values := make([]any, len(params))
	for i, p := range params {
		columns[i] = Column{Name: p.Name, Type: p.Type, Nullable: true}
		values[i] = p.Value
	}
	w.Columns(columns)
	must(w.Row(values))
	w.Done(CommandSelect, 1, 0)
}

func (s *echoSession) Transaction(_ context.Context, r *TransactionRequest, w *Writer) {
	switch r.Kind {
	case TransactionBegin:
		s.next++
		w.TransactionBegun(s.next)
		w.Done(CommandBegin, -1, 0)
	case TransactionCommit:
		w.TransactionCommitted(r.Tx.Descriptor)
		w.Done(CommandCommit, -1, 0)
	case TransactionRollback:
		w.TransactionRolledBack(r.Tx.Descriptor)
		w.Done(CommandRollback, -1, 0)
	case TransactionSave:
		w.Done(0, -1, 0)
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// serve starts s on a free port and returns its address; the test's end stops it.
func serve(t testing.TB, s *Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if s.Handler == nil {
		s.Handler = &echo{}
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(context.Background(), l) }()
	t.Cleanup(func() {
		s.Close()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return l.Addr().String()
}

// certificate is for a server on this machine.
func certificate(t testing.TB) *tls.Config {
	t.Helper()
	cert, err := SelfSigned("127.0.0.1", "localhost")
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{cert}}
}

// dsn is the address for go-mssqldb, with options such as "encrypt=true".
func dsn(addr string, options ...string) string {
	all := append([]string{"trustservercertificate=true"}, options...)
	return fmt.Sprintf("sqlserver://ada:secret@%s?%s", addr, strings.Join(all, "&"))
}
