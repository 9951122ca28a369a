package tds

import (
	"context"
	"database/sql"
	"encoding/pem"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	mssql "github.com/microsoft/go-mssqldb"
	"github.com/shopspring/decimal"
)

// open returns a pool of go-mssqldb to a new server.
func open(t *testing.T, s *Server, options ...string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlserver", dsn(serve(t, s), options...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestDriverEncryption(t *testing.T) {
	config := certificate(t)
	trust := filepath.Join(t.TempDir(), "certificate.pem") // which encrypt=strict always checks
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: config.Certificates[0].Certificate[0]})
	if err := os.WriteFile(trust, text, 0o600); err != nil {
		t.Fatal(err)
	}
	strict := []string{"encrypt=strict", "certificate=" + url.QueryEscape(trust)}
	for name, c := range map[string]struct {
		server  *Server
		options []string
		fails   string
	}{
		"disable, no certificate": {server: &Server{}, options: []string{"encrypt=disable"}},
		"false, no certificate":   {server: &Server{}, options: []string{"encrypt=false"}},
		"true, no certificate":    {server: &Server{}, options: []string{"encrypt=true"}, fails: "encrypt"},
		"disable, certificate":    {server: &Server{TLSConfig: config}, options: []string{"encrypt=disable"}},
		"false, certificate":      {server: &Server{TLSConfig: config}, options: []string{"encrypt=false"}},
		"true, certificate":       {server: &Server{TLSConfig: config}, options: []string{"encrypt=true"}},
		"disable, forced":         {server: &Server{TLSConfig: config, RequireEncryption: true}, options: []string{"encrypt=disable"}, fails: "TLS Handshake failed"},
		"false, forced":           {server: &Server{TLSConfig: config, RequireEncryption: true}, options: []string{"encrypt=false"}},
		"strict":                  {server: &Server{TLSConfig: config}, options: strict},
		"strict, forced":          {server: &Server{TLSConfig: config, RequireEncryption: true}, options: strict},
		"strict, unknown":         {server: &Server{TLSConfig: config}, options: []string{"encrypt=strict"}, fails: "certificate"},
		"strict, no certificate":  {server: &Server{}, options: []string{"encrypt=strict"}, fails: "protocol version"},
		"true, packets of 512":    {server: &Server{TLSConfig: config}, options: []string{"encrypt=true", "packet+size=512"}},
		"false, packets of 32767": {server: &Server{TLSConfig: config}, options: []string{"encrypt=false", "packet+size=32767"}},
		"false, login of several packets": {
			server: &Server{TLSConfig: config}, options: []string{"encrypt=false", "app+name=" + strings.Repeat("a", 120), "workstation+id=" + strings.Repeat("w", 5000)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			db := open(t, c.server, append(c.options, "dial+timeout=5")...)
			var got string
			err := db.QueryRow("large 50000").Scan(&got)
			switch {
			case c.fails != "":
				if err == nil || !strings.Contains(err.Error(), c.fails) {
					t.Errorf("error %v, want one with %q", err, c.fails)
				}
			case err != nil:
				t.Error(err)
			case got != strings.Repeat("å", 50000):
				t.Errorf("got %d bytes", len(got))
			}
		})
	}
}

func TestDriverValues(t *testing.T) {
	db := open(t, &Server{}, "encrypt=disable")
	at := time.Date(2024, 2, 29, 13, 14, 15, 123456700, time.FixedZone("", -5*3600))
	id := mssql.UniqueIdentifier{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	long := strings.Repeat("long ✓ 😀 ", 20000)
	for name, c := range map[string]struct{ in, want any }{
		"nil":             {nil, nil},
		"int":             {int64(-5), int64(-5)},
		"int32":           {int32(7), int64(7)},
		"bool":            {true, true},
		"float":           {1.5, 1.5},
		"string":          {"Jörg 'x' ]", "Jörg 'x' ]"},
		"empty string":    {"", ""},
		"long string":     {long, long},
		"bytes":           {[]byte{0, 1, 255}, []byte{0, 1, 255}},
		"long bytes":      {[]byte(long), []byte(long)},
		"empty bytes":     {[]byte{}, []byte{}},
		"varchar":         {mssql.VarChar("plain"), "plain"},
		"varchar(max)":    {mssql.VarCharMax(strings.Repeat("v", 9000)), strings.Repeat("v", 9000)},
		"nvarchar(max)":   {mssql.NVarCharMax("n"), "n"},
		"time":            {at, at},
		"datetime":        {mssql.DateTime1(time.Date(2024, 2, 29, 13, 14, 15, 7e6, time.UTC)), time.Date(2024, 2, 29, 13, 14, 15, 7e6, time.UTC)},
		"guid":            {id, id},
		"decimal as text": {decimal.RequireFromString("12.50"), "12.5"},
		"null int":        {sql.NullInt64{}, nil},
		"null string":     {sql.NullString{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got any
			if err := db.QueryRow("select @p1", c.in).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if u, ok := c.want.(mssql.UniqueIdentifier); ok {
				var back mssql.UniqueIdentifier
				if err := back.Scan(got); err != nil || back != u {
					t.Errorf("got %v %v, want %v", back, err, u)
				}
				return
			}
			if diff := cmp.Diff(c.want, got, cmp.Comparer(time.Time.Equal)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDriverErrors(t *testing.T) {
	db := open(t, &Server{}, "encrypt=disable")
	_, err := db.Exec("error;")
	want := mssql.Error{Number: 229, State: 5, Class: 14, Message: "The SELECT permission was denied", ServerName: "ECHO", LineNo: 3}
	var got mssql.Error
	if !errors.As(err, &got) {
		t.Fatalf("error is %v", err)
	}
	got.All = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := db.Exec("info;"); err != nil {
		t.Errorf("information failed a statement: %v", err)
	}
	if _, err := db.Exec("panic;"); !errors.As(err, &got) || got.Number != 596 {
		t.Errorf("a session that panics says %v", err)
	}
}

func TestDriverLoginFails(t *testing.T) {
	addr := serve(t, &Server{})
	db, err := sql.Open("sqlserver", "sqlserver://eve:wrong@"+addr+"?encrypt=disable")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var got mssql.Error
	if err := db.Ping(); !errors.As(err, &got) || got.Number != 18456 {
		t.Errorf("error is %v, want 18456", err)
	}
}

func TestDriverCancel(t *testing.T) {
	for name, call := range map[string]func(context.Context, *sql.Conn) error{
		"batch": func(ctx context.Context, c *sql.Conn) error { _, err := c.ExecContext(ctx, "wait;"); return err },
		"rpc":   func(ctx context.Context, c *sql.Conn) error { _, err := c.ExecContext(ctx, "wait;", 1); return err },
	} {
		t.Run(name, func(t *testing.T) {
			e := &echo{begun: make(chan string, 10), ended: make(chan error, 10)}
			db := open(t, &Server{Handler: e}, "encrypt=disable")
			conn, err := db.Conn(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			ctx, cancel := context.WithCancel(context.Background())
			go func() { <-e.begun; cancel() }()
			if err := call(ctx, conn); !errors.Is(err, context.Canceled) {
				t.Errorf("error is %v, want %v", err, context.Canceled)
			}
			if why := <-e.ended; why != errCancelled {
				t.Errorf("the session saw %v, want %v", why, errCancelled)
			}
			var n int
			if err := conn.QueryRowContext(context.Background(), "rows 1").Scan(&n); err != nil || n != 1 {
				t.Errorf("the connection is not usable afterwards: %d %v", n, err)
			}
		})
	}
}

func TestDriverTransactions(t *testing.T) {
	db := open(t, &Server{}, "encrypt=disable")
	tx, err := db.BeginTx(context.Background(), &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("rows 2"); err != nil {
		t.Error(err)
	}
	if err := tx.Commit(); err != nil {
		t.Error(err)
	}
	if tx, err = db.Begin(); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(); err != nil {
		t.Error(err)
	}
}

func TestDriverProcedure(t *testing.T) {
	db := open(t, &Server{}, "encrypt=disable")
	var status mssql.ReturnStatus
	out := int64(41)
	if _, err := db.Exec("sp_next", &status, sql.Named("n", sql.Out{Dest: &out, In: true}), sql.Named("x", "text")); err != nil {
		t.Fatal(err)
	}
	if status != 2 || out != 42 {
		t.Errorf("status %d and output %d, want 2 and 42", status, out)
	}
}

func TestDriverRows(t *testing.T) {
	db := open(t, &Server{}, "encrypt=disable")
	rows, err := db.Query("rows 20000")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var i int
		if err := rows.Scan(&i); err != nil || i != n+1 {
			t.Fatalf("row %d is %d: %v", n+1, i, err)
		}
		n++
	}
	if err := rows.Err(); err != nil || n != 20000 {
		t.Errorf("%d rows, error %v", n, err)
	}
	for range 3 { // with every use of the pool the driver asks for a reset
		if err := db.Ping(); err != nil {
			t.Error(err)
		}
	}
}

// TestDriverTable shows that a parameter of a type that is not supported is refused by
// number and the connection lives.
func TestDriverTable(t *testing.T) {
	type row struct{ N int64 }
	db := open(t, &Server{}, "encrypt=disable")
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = conn.ExecContext(context.Background(), "select @p1", mssql.TVP{TypeName: "dbo.t", Value: []row{{1}}})
	var got mssql.Error
	if !errors.As(err, &got) || got.Number != 8009 || !strings.Contains(got.Message, "table") {
		t.Errorf("error is %v, want 8009", err)
	}
	if err := conn.PingContext(context.Background()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
