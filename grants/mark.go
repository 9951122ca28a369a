package grants

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
	"time"
)

// The text of grantree's mark, an extended property of a role or user:
//
//	managed
//	managed 2026-11-27T23:50:00.1234567 AbCdEf…
//
// The first says that it is grantree's, and nothing else. The second also says when
// grantree last gave it rows on views, or took some, by the server's local clock as
// sys.views has create_date, and what it had on views then: six characters for each
// view, see remembered. So what went with a view that was dropped and made again is
// known, and not guessed from what is missing: a view that is merely new was not in
// the mark. Anybody who may ALTER the role can write this; it is evidence for a
// sentence and for what heal puts back, which is never more than the policy wants.
const (
	PlainMark = "managed"
	markTime  = "2006-01-02T15:04:05"
	// MaxMark is how long a mark may be: an extended property holds 7,500 bytes.
	MaxMark = 7500
	// maxRemembered leaves room for the word and the time. Of who has rows on more views
	// only those are remembered that come first; nothing is claimed of the others.
	maxRemembered  = (MaxMark - 64) / rememberedSize
	rememberedSize = 6
)

// dates are rounded to a three-hundredth of a second (datetime), and times are not.
const dateStep = 4 * time.Millisecond

// mark is what a mark says.
type mark struct {
	at   time.Time // zero: it does not say
	text string    // what was held then
}

// readMark reads the text of a mark. One that is not understood says nothing: it may
// be of a later version, or anybody's.
func readMark(text string) mark {
	word, rest, _ := strings.Cut(text, " ")
	when, has, _ := strings.Cut(rest, " ")
	at, err := time.Parse(markTime, when)
	if word != PlainMark || err != nil || len(has)%rememberedSize != 0 {
		return mark{}
	}
	return mark{at, has}
}

// holdings is what was held on views, by viewKey.
func (m mark) holdings() map[uint32]cell {
	out := make(map[uint32]cell, len(m.text)/rememberedSize)
	for i := 0; i+rememberedSize <= len(m.text); i += rememberedSize {
		// six characters are 36 bits: 28 of the name, 8 of what was held
		raw, err := base64.RawURLEncoding.DecodeString("AA" + m.text[i:i+rememberedSize])
		if err != nil || len(raw) != 6 { // line breaks are passed over, and anybody may have written it
			return nil
		}
		bits := binary.BigEndian.Uint64(append([]byte{0, 0}, raw...))
		out[uint32(bits>>8)&viewKeyMask] |= cell(bits) & rowBits
	}
	return out
}

// viewKeyMask is how much of the digest of a view's name a mark holds: of a view that
// is not in it, it is taken to be with a chance of one in 2^28 for each that is.
const viewKeyMask = 1<<28 - 1

// viewKey is a view in a mark.
func (c Collation) viewKey(schema, name string) uint32 {
	sum := sha256.Sum256([]byte(c.Key(schema) + "." + c.Key(name)))
	return binary.BigEndian.Uint32(sum[:]) & viewKeyMask
}

// remembered is what a principal has on a view, in a mark.
func remembered(view uint32, c cell) string {
	var raw [8]byte
	bits := uint64(view)<<8 | uint64(c&rowBits)
	binary.BigEndian.PutUint64(raw[:], bits)
	return base64.RawURLEncoding.EncodeToString(raw[2:])[2:]
}

// holdings is what a principal has on views, by the position of the view, as a mark
// says it.
func (ix *index) holdings(c Collation, has map[int]cell) string {
	var out []string
	for v, rows := range has {
		if rows&rowBits != 0 {
			out = append(out, remembered(c.viewKey(ix.schemaName(ix.views[v].Schema), ix.views[v].Name), rows))
		}
	}
	slices.Sort(out)
	return strings.Join(out[:min(len(out), maxRemembered)], "")
}

// before reports whether a view was made after the mark was written.
func (m mark) before(created time.Time) bool {
	return !m.at.IsZero() && created.After(m.at.Add(dateStep))
}
