package tds

import (
	"bytes"
	"io"
	"reflect"
	"testing"

	"github.com/shopspring/decimal"
)

// versions are those whose messages differ.
var versions = []uint32{Version71, Version72, Version73A, Version74}

func FuzzPrelogin(f *testing.F) {
	f.Add((&Server{}).preloginReply(&Prelogin{}, EncryptOn).Append(nil))
	f.Add([]byte{0, 0, 6, 0, 6, 0xFF})
	f.Fuzz(func(t *testing.T, b []byte) {
		var p, q Prelogin
		if p.Decode(b) != nil {
			return
		}
		if err := q.Decode(p.Append(nil)); err != nil {
			return // options that overlap may be longer together than offsets can say
		}
		if !reflect.DeepEqual(p, q) {
			t.Errorf("%+v came back as %+v", p, q)
		}
	})
}

func FuzzLogin(f *testing.F) {
	for _, v := range versions {
		l := Login{Version: v, UserName: "ada", Password: "x", NewPassword: "y", ChangePassword: true, Features: []Feature{{1, []byte{2}}}}
		f.Add(l.Append(nil))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var l, m Login
		if l.Decode(b) != nil || len(b) > 4000 {
			return
		}
		if err := m.Decode(l.Append(nil)); err != nil || m.UserName != l.UserName || m.Password != l.Password {
			t.Errorf("it came back with %v", err)
		}
	})
}

func FuzzBatch(f *testing.F) {
	for _, v := range versions {
		f.Add((&Batch{Text: "select 1", Tx: TransactionHeader{7, 1}}).Append(nil, v), v)
	}
	f.Fuzz(func(t *testing.T, b []byte, version uint32) {
		var p, q Batch
		if p.Decode(b, version) != nil {
			return
		}
		if err := q.Decode(p.Append(nil, version), version); err != nil || p != q {
			t.Errorf("%+v came back as %+v: %v", p, q, err)
		}
	})
}

func FuzzTransaction(f *testing.F) {
	for _, k := range []TransactionKind{TransactionBegin, TransactionCommit, TransactionRollback, TransactionSave, 0} {
		f.Add((&TransactionRequest{Kind: k, Name: "n", BeginNew: true, NewName: "m"}).Append(nil, Version74), Version74)
	}
	f.Fuzz(func(t *testing.T, b []byte, version uint32) {
		var p, q TransactionRequest
		if p.Decode(b, version) != nil {
			return
		}
		if err := q.Decode(p.Append(nil, version), version); err != nil || p != q {
			t.Errorf("%+v came back as %+v: %v", p, q, err)
		}
	})
}

func FuzzRPC(f *testing.F) {
	for _, v := range versions {
		b, err := AppendRPC(nil, []RPC{{ProcID: ProcExecuteSQL, Params: samples()}, {Name: "p"}}, v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, v)
	}
	f.Fuzz(func(t *testing.T, b []byte, version uint32) {
		calls, err := DecodeRPC(b, version)
		if err == nil && len(calls) == 0 {
			t.Error("a message without a call")
		}
	})
}

func FuzzTokens(f *testing.F) {
	for _, v := range versions {
		f.Add(sampleTokens(f, levelOf(v)), v)
	}
	f.Fuzz(func(t *testing.T, b []byte, version uint32) {
		tokens, err := DecodeTokens(b, version)
		if err == nil && len(b) > 0 && len(tokens) == 0 {
			t.Error("bytes without a token")
		}
	})
}

func FuzzPackets(f *testing.F) {
	var b bytes.Buffer
	s := &sender{w: &b, size: minPacketSize, typ: packetBatch}
	if err := s.send(make([]byte, 2000), true); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		in := bytes.NewReader(b)
		r := &packetReader{source: func() (io.Reader, error) { return in, nil }}
		for {
			m, err := r.message(1000)
			if err != nil {
				return
			}
			if len(m.data) > 1000 {
				t.Fatalf("a message of %d bytes", len(m.data))
			}
		}
	})
}

// samples is a parameter of every kind.
func samples() []Parameter {
	five := decimal.RequireFromString("-5.5")
	return []Parameter{
		{Name: "@a", Type: Int(4), Value: int64(5), Output: true}, {Name: "@b", Type: NVarChar(Max), Value: "text"},
		{Name: "@c", Type: Decimal(10, 2), Value: five}, {Name: "@d", Type: Money(8), Value: five},
		{Name: "@e", Type: Variant(), Value: VariantValue{NVarChar(10), "x"}}, {Name: "@f", Type: NText(), Value: "y"},
		{Name: "@g", Type: GUID(), Value: UUID{1}}, {Name: "@h", Type: VarBinary(5), Value: []byte{1}}, {Name: "@i", Type: Bit()},
		{Name: "@j", Type: Float(8), Value: 1.5}, {Name: "@k", Type: DateTimeOffset(7)}, {Name: "@l", Type: Image(), Value: []byte{2}},
	}
}

// sampleTokens is a response with every token.
func sampleTokens(t testing.TB, l level) []byte {
	t.Helper()
	m := ColMetadata{}
	row := Row{}
	for _, p := range samples() {
		m.Columns = append(m.Columns, Column{Name: p.Name, Type: p.Type, Nullable: true})
		row.Values = append(row.Values, p.Value)
	}
	b, err := row.append(m.append(nil, l), m.Columns)
	if err != nil {
		t.Fatal(err)
	}
	b = (&ServerError{Number: 229, Class: 14, Message: "no"}).append(b, l)
	b = LoginAck{Interface: 1, Protocol: Version74, Program: "p"}.append(ReturnStatus(1).append(b))
	b = packetSizeChange(512, 4096).append(b)
	if b, err = (ReturnValue{Name: "@a", Type: Int(4), Value: int64(1)}).append(b, l); err != nil {
		t.Fatal(err)
	}
	return Done{Kind: DoneStatement}.append(b, l)
}
