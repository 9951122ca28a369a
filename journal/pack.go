package journal

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"

	"grantree/grants"
)

// packFrom is how many changes are packed, and maxPacked what they may come to: few are
// for everybody to read, very many would make the journals of a fleet large.
const (
	packFrom  = 500
	maxPacked = 1 << 28
)

// Put puts changes into a record.
func (s *Site) Put(changes []grants.Change) {
	s.Changes, s.Packed = ChangesOf(changes), ""
	if len(changes) < packFrom {
		return
	}
	text, err := json.Marshal(s.Changes)
	if err != nil || noText(text) {
		return // they stay as they are, and the line is refused
	}
	var b bytes.Buffer
	z, _ := flate.NewWriter(&b, flate.BestSpeed) // a level that there is
	z.Write(text)                                // into memory
	z.Close()
	s.put, s.Changes, s.Packed = s.Changes, nil, base64.RawURLEncoding.EncodeToString(b.Bytes())
}

// All are the changes of a record, packed or not.
func (s *Site) All() ([]Change, error) {
	if s.Packed == "" {
		return s.Changes, nil
	}
	if s.put != nil {
		return s.put, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s.Packed)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(io.LimitReader(flate.NewReader(bytes.NewReader(b)), maxPacked))
	d.DisallowUnknownFields()
	var out []Change
	if err := d.Decode(&out); err != nil {
		return nil, err
	}
	if len(s.Changes) > 0 {
		return nil, fmt.Errorf("it has packed ones and others")
	}
	return out, nil
}
