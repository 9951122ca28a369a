package tds

import (
	"fmt"

	"grantree/sql/units"
)

// level is the protocol version that decides the layout of a token: the first byte
// of LOGIN7's version, 0x71 to 0x74.
type level byte

const (
	level71 level = 0x71
	level72 level = 0x72
	level73 level = 0x73
	level74 level = 0x74
)

// levelOf returns the level of a version such as Version74. TDS 8.0 lays out its tokens like 7.4.
func levelOf(version uint32) level {
	if version == Version80 {
		return level74
	}
	return level(version >> 24)
}

// decoder reads a message from its start to its end. Its first failure sticks:
// every later read returns a zero value, and err says what went wrong and where.
type decoder struct {
	b     []byte
	off   int
	level level
	err   error
}

// newDecoder reads b, which it never changes.
func newDecoder(b []byte, l level) *decoder { return &decoder{b: b, level: l} }

// fail records the first failure with the place where it happened.
func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("byte %d: %w", d.off, fmt.Errorf(format, args...))
	}
}

// left is the number of bytes not yet read, 0 after a failure.
func (d *decoder) left() int {
	if d.err != nil {
		return 0
	}
	return len(d.b) - d.off
}

// bytes returns the next n bytes without copying them, or nil after a failure.
func (d *decoder) bytes(n int) []byte {
	if d.err != nil {
		return nil
	}
	if n < 0 || n > len(d.b)-d.off {
		d.fail("wants %d more bytes, %d are left", n, len(d.b)-d.off)
		return nil
	}
	out := d.b[d.off : d.off+n : d.off+n]
	d.off += n
	return out
}

// rest returns everything not yet read.
func (d *decoder) rest() []byte { return d.bytes(d.left()) }

// done fails when bytes are left over, and returns the outcome.
func (d *decoder) done() error {
	if n := d.left(); n > 0 {
		d.fail("%d bytes are left over", n)
	}
	return d.err
}

func (d *decoder) byte() byte { return byte(little(d.bytes(1))) }

func (d *decoder) uint16() uint16 { return uint16(little(d.bytes(2))) }

func (d *decoder) uint32() uint32 { return uint32(little(d.bytes(4))) }

func (d *decoder) uint64() uint64 { return little(d.bytes(8)) }

// little is the little-endian number of at most 8 bytes.
func little(b []byte) (n uint64) {
	for i, x := range b {
		n |= uint64(x) << (8 * i)
	}
	return n
}

// varchar8 reads a B_VARCHAR.
func (d *decoder) varchar8() string { return units.FromBytes(d.bytes(2 * int(d.byte()))) }

// varbyte8 reads a B_VARBYTE.
func (d *decoder) varbyte8() []byte { return d.bytes(int(d.byte())) }

// part returns a decoder for the next n bytes. It starts failed if they are not
// there.
func (d *decoder) part(n int) *decoder {
	b := d.bytes(n)
	return &decoder{b: b, level: d.level, err: d.err}
}

// join takes over the failure of a part and fails if the part was not read to its
// end.
func (d *decoder) join(part *decoder) {
	if err := part.done(); err != nil && d.err == nil {
		d.err = err
	}
}
