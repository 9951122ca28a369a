package roster

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// readCSV reads rows of text. Rows are numbered as a spreadsheet program does
// it: an empty line is one, and a cell of several lines is in one.
func readCSV(data []byte) (*Sheet, error) {
	text, err := decode(data)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = separator(text), -1, true
	var b builder
	row, line, read := 0, 1, int64(0) // of the last record; behind it
	for {
		record, err := r.Read()
		var wrong *csv.ParseError
		switch {
		case err == io.EOF:
			return &b.sheet, nil
		case errors.As(err, &wrong):
			return nil, problemf(row+1+wrong.StartLine-line, -1, "line %d, byte %d: a quotation mark stands where none may; a cell that holds one stands in quotation marks, and its own are doubled", wrong.Line, wrong.Column)
		case err != nil:
			return nil, err
		}
		at, _ := r.FieldPos(0)
		row += 1 + at - line
		cells := make([]Cell, min(len(record), maxCells+1))
		for i := range cells {
			if !utf8.ValidString(record[i]) {
				return nil, problemf(row, i, `this is not UTF-8: save the sheet as "CSV UTF-8", or as .xlsx`)
			}
			cells[i].Text = record[i]
		}
		if err := b.add(row, cells); err != nil {
			return nil, err
		}
		end := r.InputOffset()
		line += bytes.Count(text[read:end], []byte("\n"))
		read = end
	}
}

// decode returns a text as UTF-8 without a mark. UTF-16 is known by its mark.
func decode(data []byte) ([]byte, error) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return data[3:], nil
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		order = binary.BigEndian
	case bytes.IndexByte(data[:min(len(data), 1000)], 0) >= 0:
		return nil, Problem{Reason: `this is no text in UTF-8, and no UTF-16 that begins with a byte order mark: save the sheet as "CSV UTF-8", or as .xlsx`}
	default:
		return data, nil
	}
	data = data[2:]
	if len(data)%2 != 0 {
		return nil, Problem{Reason: "the text is UTF-16 and ends within a character: the file is cut off"}
	}
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); i += 2 {
		r := rune(order.Uint16(data[i:]))
		if utf16.IsSurrogate(r) {
			next := utf8.RuneError
			if i+3 < len(data) {
				next = rune(order.Uint16(data[i+2:]))
			}
			if r = utf16.DecodeRune(r, next); r != utf8.RuneError {
				i += 2
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out, nil
}

// separator is what parts the cells of the first line that has any, outside
// quotation marks: a comma, unless there are more semicolons or tabs.
func separator(text []byte) rune {
	count := map[byte]int{}
	quoted, any := false, false
	for _, c := range text[:min(len(text), maxText)] {
		switch {
		case c == '"':
			quoted, any = !quoted, true
		case c == '\n' && !quoted && any:
			return most(count)
		case !quoted && (c == ',' || c == ';' || c == '\t'):
			count[c]++
			any = true
		case c > ' ':
			any = true
		}
	}
	return most(count)
}

// most is the separator that was counted most often.
func most(count map[byte]int) rune {
	best := byte(',')
	for _, c := range []byte(";\t") {
		if count[c] > count[best] {
			best = c
		}
	}
	return rune(best)
}
