package tomldoc

import (
	"strings"

	"grantree/finding"
)

// blockSize is how many bytes of text share one entry of lines.
const blockSize = 4096

// lines finds the line and column of an offset by looking at no more than one
// block of the text, however long the text or its lines are.
type lines struct {
	text   string
	blocks []block
}

// block is the place at which a block of the text begins.
type block struct {
	line  int32 // from 1
	start int32 // the offset at which that line begins
}

// newLines notes where the blocks of text begin.
func newLines(text string) lines {
	l := lines{text: text}
	at := block{line: 1}
	for from := 0; from <= len(text); from += blockSize {
		l.blocks = append(l.blocks, at)
		at = at.after(text[from:min(from+blockSize, len(text))], from)
	}
	return l
}

// after returns where the text goes on after some of it, which stands at from.
func (b block) after(text string, from int) block {
	if last := strings.LastIndexByte(text, '\n'); last >= 0 {
		return block{line: b.line + int32(strings.Count(text, "\n")), start: int32(from + last + 1)}
	}
	return b
}

// pos returns line and column, both from 1, the column in bytes.
func (l lines) pos(file string, offset int) finding.Pos {
	from := offset - offset%blockSize
	at := l.blocks[offset/blockSize].after(l.text[from:offset], from)
	return finding.Pos{File: file, Line: int(at.line), Column: offset - int(at.start) + 1}
}

// trimMark removes UTF-8 byte order marks: all of them, because the decoder
// removes one more and would then count other columns than the scanner.
func trimMark(text string) string {
	for strings.HasPrefix(text, "\ufeff") {
		text = text[len("\ufeff"):]
	}
	return text
}
