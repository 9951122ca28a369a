package tomldoc

import (
	"bytes"
	"sort"

	"grantree/finding"
)

// lines holds the byte offsets at which the lines of a text begin.
type lines []int

// newLines finds the lines of text.
func newLines(text []byte) lines {
	l := lines{0}
	for i, c := range text {
		if c == '\n' {
			l = append(l, i+1)
		}
	}
	return l
}

// pos returns line and column, both from 1, the column in bytes.
func (l lines) pos(file string, offset int) finding.Pos {
	i := sort.SearchInts(l, offset+1) - 1
	return finding.Pos{File: file, Line: i + 1, Column: offset - l[i] + 1}
}

// trimMark removes UTF-8 byte order marks: all of them, because the decoder
// removes one more and would then count other columns than the scanner.
func trimMark(data []byte) []byte {
	mark := []byte("\xef\xbb\xbf")
	for bytes.HasPrefix(data, mark) {
		data = data[len(mark):]
	}
	return data
}
