package scripts

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"grantree/finding"
	"grantree/sql/tsql"
)

// decode returns the text of a script: UTF-8, or UTF-16 with a byte order mark, as
// Management Studio saves it. ok is false where it is neither.
func decode(data []byte) (text string, ok bool) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default:
		text = strings.TrimPrefix(string(data), "\ufeff")
		return text, utf8.ValidString(text) && !strings.Contains(text, "\x00")
	}
	if len(data)%2 != 0 {
		return "", false
	}
	units := make([]uint16, 0, len(data)/2)
	for i := 2; i < len(data); i += 2 {
		units = append(units, order.Uint16(data[i:]))
	}
	runes := utf16.Decode(units)
	if !slices.Equal(utf16.Encode(runes), units) || slices.Contains(units, 0) {
		return "", false
	}
	return string(runes), true
}

// batches cuts a script into its batches, up to the one with a line that sqlcmd
// would act on: what that brings in or changes is not known.
func (r *reader) batches(text string) []tsql.ScriptBatch {
	all, err := tsql.SplitScript(text)
	if err == nil {
		return all
	}
	var at *tsql.ScriptError
	if !errors.As(err, &at) {
		r.skip(1, "the script is not read: %v", err)
		return nil
	}
	r.skip(at.Batch, "from here on the script is not read: line %d: %s", at.Line, at.Message)
	return all
}

// nothing refuses scripts of which nothing was read.
func (r *reader) nothing() {
	r.found.Errorf(finding.ImportScriptNothing, finding.Pos{}, "see that it is the right folder, and what the warnings say", "nothing of the scripts was read that says what a site holds")
}
