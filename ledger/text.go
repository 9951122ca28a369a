package ledger

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
)

// maxUnpacked bounds what a packed text may come to, in bytes: a row that somebody
// else wrote may be made to fill the memory. A first plan of 2,000 people in 400
// views has a fortieth of it.
const maxUnpacked = 256 << 20

// Pack packs statements for a row: a list in JSON, one a line, in UTF-16 with the low
// byte first, by gzip. So it takes a server no more than
//
//	CAST(DECOMPRESS([statements]) AS nvarchar(max))
//
// to read them, and OPENJSON to list them, on every version since 2016.
func Pack(statements []string) []byte {
	var text bytes.Buffer
	text.WriteString("[")
	for i, s := range statements {
		if i > 0 {
			text.WriteString(",")
		}
		text.WriteString("\n")
		text.Write(quoted(s))
	}
	text.WriteString("]")
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed) // a level that there is
	w.Write(utf16Bytes(text.String()))                // a buffer never fails
	w.Close()
	return out.Bytes()
}

// quoted is a text in JSON, with < and > as they are.
func quoted(s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(s) // a string never fails
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Unpack is the statements that were packed.
func Unpack(packed []byte) ([]string, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("packed statements: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(r, maxUnpacked+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("packed statements: %w", err)
	case len(raw) > maxUnpacked:
		return nil, errors.New("packed statements: they are longer than any that grantree writes")
	case len(raw)%2 != 0:
		return nil, errors.New("packed statements: they are no UTF-16")
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(raw[2*i:])
	}
	var out []string
	if err := json.Unmarshal([]byte(string(utf16.Decode(units))), &out); err != nil {
		return nil, fmt.Errorf("packed statements: %w", err)
	}
	return out, nil
}
