package tsql

import (
	"fmt"
	"strconv"
	"strings"
)

// ScriptBatch is one batch of a script. Line is the line of the script, from 1,
// on which Text begins. Count is how often it is to be run: the n of GO n, else
// 1.
type ScriptBatch struct {
	Text  string
	Line  int
	Count int
}

// ScriptError is a line that sqlcmd would act on and [SplitScript] cannot. Batch is
// the line on which the batch around it begins.
type ScriptError struct {
	Line    int
	Batch   int
	Message string
}

func (e *ScriptError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Message) }

// SplitScript cuts a script at its GO lines, by sqlcmd's rules ("SQL Server
// Utilities Statements - GO"): GO stands alone on its line but for blanks, a
// count and a line comment, in any case, and not inside a string, a quoted name or a block
// comment. Batches of nothing but blanks are left out. Commands of sqlcmd
// (:setvar, :r, !!) are refused by name; $(variables) are left as they are.
// A text that ends inside a string or comment is a batch for the parser to
// refuse. With an error come the batches before the one that it is in.
func SplitScript(text string) ([]ScriptBatch, error) {
	s := splitter{line: 1, first: 1}
	text = strings.TrimPrefix(text, "\uFEFF")
	for text != "" {
		line, rest := cutLine(text)
		if err := s.add(line); err != nil {
			return s.batches, err
		}
		text = rest
	}
	s.flush(1)
	return s.batches, nil
}

// splitter gathers lines into batches.
type splitter struct {
	batches []ScriptBatch
	text    strings.Builder
	line    int // the line that comes next
	first   int // the line that the gathered text begins on
	inside  scriptState
}

// scriptState says what the end of a line is inside of: nothing (zero), a string
// or quoted name that ends with closing, or depth block comments.
type scriptState struct {
	closing byte
	depth   int
}

func (s *splitter) add(line string) error {
	defer func() { s.line++ }()
	if s.inside == (scriptState{}) {
		if name := sqlcmdCommand(line); name != "" {
			return &ScriptError{s.line, s.first, fmt.Sprintf("sqlcmd command %q is not supported", name)}
		}
		count, found, err := separator(line)
		if err != nil {
			return &ScriptError{s.line, s.first, err.Error()}
		}
		if found {
			s.flush(count)
			s.first = s.line + 1
			return nil
		}
	}
	s.inside = s.inside.after(line)
	s.text.WriteString(line)
	return nil
}

// flush ends the batch gathered so far.
func (s *splitter) flush(count int) {
	if text := s.text.String(); strings.TrimSpace(text) != "" {
		s.batches = append(s.batches, ScriptBatch{Text: text, Line: s.first, Count: count})
	}
	s.text.Reset()
}

// cutLine returns the first line of text with its end, and the rest.
func cutLine(text string) (line, rest string) {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return text[:i+1], text[i+1:]
	}
	return text, ""
}

// sqlcmdCommand returns the name of the sqlcmd command that line holds, empty
// for T-SQL.
func sqlcmdCommand(line string) string {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "!!") {
		return "!!"
	}
	if len(line) < 2 || line[0] != ':' || !isNameStart(rune(line[1])) && line[1] != '!' {
		return ""
	}
	return strings.Fields(line)[0]
}

// separator reads a GO line. A GO line with something else than a count after
// it is an error, as in sqlcmd.
func separator(line string) (count int, found bool, err error) {
	line, _, _ = strings.Cut(line, "--")
	words := strings.Fields(line)
	if len(words) == 0 || !strings.EqualFold(words[0], "GO") {
		return 0, false, nil
	}
	if len(words) == 1 {
		return 1, true, nil
	}
	count, err = strconv.Atoi(words[1])
	if err != nil || count < 1 || len(words) > 2 {
		return 0, false, fmt.Errorf("syntax error near command %q: want GO or GO and a count, not %q", "GO", strings.TrimSpace(line))
	}
	return count, true, nil
}

// after returns the state at the end of line, when st is that at its start.
func (st scriptState) after(line string) scriptState {
	for i := 0; i < len(line); i++ {
		two := line[i:min(i+2, len(line))]
		switch {
		case st.depth > 0 && two == "*/":
			st.depth--
			i++
		case st.closing == 0 && two == "/*":
			st.depth++
			i++
		case st.depth > 0:
		case st.closing != 0 && line[i] == st.closing && two[1:] == line[i:i+1]:
			i++ // doubled: it stands for itself
		case st.closing != 0:
			if line[i] == st.closing {
				st.closing = 0
			}
		case two == "--":
			return st
		case line[i] == '\'' || line[i] == '"':
			st.closing = line[i]
		case line[i] == '[':
			st.closing = ']'
		}
	}
	return st
}
