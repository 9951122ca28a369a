package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// HashSize is how many bytes a hash has.
const HashSize = sha256.Size

// Row is one row, as the table holds it.
type Row struct {
	Sequence int64  // 1 for the first, then one more each
	At       string // when the transaction read the site, by the server's clock in UTC, as [TimeLayout] has it
	Database string
	Login    string // that opened the session (ORIGINAL_LOGIN)
	Host     string // from where, as the client says
	Program  string
	Run      string // the id of the run, as the journal of the machine that ran has it
	Plan     []byte // the digest of the site's plan, as a sealed plan has it
	// Statements and Reverse are packed: see [Unpack].
	Statements, Reverse []byte
	Previous            []byte // the hash of the row before; zeros in the first row
	Hash                []byte // see Digest
}

// TimeLayout is how Row.At is written: by CONVERT of a datetime2(7) with style 121.
const TimeLayout = "2006-01-02 15:04:05.0000000"

// domain begins what is hashed, so that no other thing has the hash of a row.
const domain = "grantree ledger 1"

// Digest is what the row's hash has to be: the SHA-256 of everything else in it, in
// the order of the columns. Texts are taken as the server stores them, in UTF-16 with
// the low byte first, and each part is preceded by its length as a number of eight
// bytes, the highest first, so that no two rows read alike. The packed texts are
// taken as they are stored.
func (r Row) Digest() []byte {
	h := sha256.New()
	part := func(b []byte) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(b))))
		h.Write(b)
	}
	h.Write(Domain())
	part(binary.BigEndian.AppendUint64(nil, uint64(r.Sequence)))
	for _, text := range []string{r.At, r.Database, r.Login, r.Host, r.Program, r.Run} {
		part(utf16Bytes(text))
	}
	for _, b := range [][]byte{r.Plan, r.Statements, r.Reverse, r.Previous} {
		part(b)
	}
	return h.Sum(nil)
}

// Domain is what every digest begins with: a part of its own, with its length.
func Domain() []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(len(domain))), domain...)
}

// utf16Bytes is a text as an nvarchar holds it.
func utf16Bytes(text string) []byte {
	units := utf16.Encode([]rune(text))
	out := make([]byte, 0, 2*len(units))
	for _, u := range units {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

// Equal reports whether two rows are the same in every part.
func (r Row) Equal(o Row) bool {
	return r.Sequence == o.Sequence && r.At == o.At && r.Database == o.Database && r.Login == o.Login && r.Host == o.Host && r.Program == o.Program && r.Run == o.Run &&
		bytes.Equal(r.Plan, o.Plan) && bytes.Equal(r.Statements, o.Statements) && bytes.Equal(r.Reverse, o.Reverse) && bytes.Equal(r.Previous, o.Previous) && bytes.Equal(r.Hash, o.Hash)
}

// Last names a row by its place and hash: enough to know it again, and everything
// before it. The zero Last stands before the first row.
type Last struct {
	Sequence int64  `json:"sequence"`
	Hash     string `json:"hash"` // in hexadecimal
}

// String is how a row is remembered in one word: "3:9f2c…".
func (l Last) String() string { return strconv.FormatInt(l.Sequence, 10) + ":" + l.Hash }

// ParseLast reads what String wrote.
func ParseLast(text string) (Last, error) {
	sequence, hash, _ := strings.Cut(text, ":")
	n, err := strconv.ParseInt(sequence, 10, 64)
	raw, bad := hex.DecodeString(hash)
	l := Last{Sequence: n, Hash: hex.EncodeToString(raw)}
	if err != nil || bad != nil || n < 1 || len(raw) != HashSize || l.String() != text {
		return Last{}, fmt.Errorf("%q names no row of a ledger: it is the row's number and its hash, with a colon between them", text)
	}
	return l, nil
}

// Last is the row for whoever remembers it.
func (r Row) Last() Last { return Last{Sequence: r.Sequence, Hash: hex.EncodeToString(r.Hash)} }

// Next is a row put after another one, which after tells by its place and hash, nil
// for none: it gets its place, the hash of that one and its own. Its packed texts
// and all that says when and by whom have to be there.
func Next(after int64, hash []byte, r Row) Row {
	if after == 0 {
		hash = make([]byte, HashSize)
	}
	r.Sequence, r.Previous = after+1, hash
	r.Hash = r.Digest()
	return r
}

// Time is when the row was written; the zero Time where the row does not say.
func (r Row) Time() time.Time {
	at, err := time.Parse(TimeLayout, r.At)
	if err != nil {
		return time.Time{}
	}
	return at
}
