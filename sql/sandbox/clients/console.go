package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// console is a session in tsql or bsqldb: batches go in as typed, each followed by a mark, and what is printed up to the
// mark is the answer. Rows come on one stream, messages on the other, so each has marks of its own.
type console struct {
	parse   func(lines, headers []string) ([]Set, error) // what is printed of result sets
	restart func() error                                 // nil: it lives on after an error
	cmd     *exec.Cmd
	in      io.WriteCloser
	rows    *bufio.Scanner
	notes   *bufio.Scanner
	marks   int
}

// errEnded says that the console went away by itself.
var errEnded = errors.New("the client ended")

// start runs the console's program with lines unbuffered.
func (c *console) start(env []string, args ...string) error {
	c.cmd = exec.Command("stdbuf", append([]string{"-oL"}, args...)...)
	c.cmd.Env = append(os.Environ(), env...)
	in, err := c.cmd.StdinPipe()
	if err != nil {
		return err
	}
	rows, err := c.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	notes, err := c.cmd.StderrPipe()
	if err != nil {
		return err
	}
	c.in, c.rows, c.notes = in, bufio.NewScanner(rows), bufio.NewScanner(notes)
	return c.cmd.Start()
}

// login sends an empty batch: a refused login shows in its answer.
func (c *console) login() (Answer, error) {
	a, err := c.batch("", nil)
	if errors.Is(err, errEnded) && len(a.Errors) > 0 {
		return a, nil
	}
	return a, err
}

// Do types a step as text.
func (c *console) Do(s Step) (Answer, error) {
	a, err := c.batch(asText(s), headers(s))
	if errors.Is(err, errEnded) && c.restart != nil && len(a.Errors) > 0 {
		err = c.restart()
	}
	if n := len(a.Sets); err == nil && s.Verb == "call" && n > 0 {
		a.splitCall(a.Sets[n-1])
		a.Sets = a.Sets[:n-1]
	}
	return a, err
}

// splitCall takes the last result set of a call apart: asText made it of what the procedure returned.
func (a *Answer) splitCall(set Set) {
	a.Outs = map[string]string{}
	for i, name := range set.Columns {
		if name == "return" {
			a.Return = set.Rows[0][i]
			continue
		}
		a.Outs["@"+name] = set.Rows[0][i]
	}
}

// Close ends the program's input, and so the program.
func (c *console) Close() error {
	c.in.Close()
	return c.cmd.Wait()
}

// headers are the lines of column names that a step wants.
func headers(s Step) []string {
	var lines []string
	for _, set := range s.Want.Sets {
		lines = append(lines, strings.Join(set.Columns, "\t"))
	}
	return lines
}

func (c *console) batch(text string, headers []string) (Answer, error) {
	c.marks++
	mark := "mark " + strconv.Itoa(c.marks)
	if text != "" {
		text += "\ngo\n"
	}
	if _, err := fmt.Fprintf(c.in, "%sSELECT '%s' AS mark\nPRINT '%s'\ngo\n", text, mark, mark); err != nil {
		return Answer{}, fmt.Errorf("%w: %w", errEnded, err)
	}
	defer patience(c.cmd)()
	printed := make(chan []string, 1)
	go func() { printed <- until(c.rows, mark) }()
	said := until(c.notes, mark)
	a := Answer{}
	a.readNotices(said)
	var err error
	if a.Sets, err = c.parse(<-printed, append(headers, "mark")); err != nil {
		return a, err
	}
	if len(said) == 0 || said[len(said)-1] != mark {
		c.cmd.Wait()
		return a, errEnded
	}
	a.Sets = a.Sets[:len(a.Sets)-1] // the mark's own
	return a, nil
}

// until reads lines up to one that is the mark.
func until(lines *bufio.Scanner, mark string) []string {
	var out []string
	for lines.Scan() {
		line := strings.TrimPrefix(lines.Text(), "\r") // left of tsql's counter
		out = append(out, line)
		if line == mark {
			break
		}
	}
	return out
}

var (
	messageLine  = regexp.MustCompile(`^Msg (\d+)(?: \(severity|, Level) (\d+)`)
	affectedLine = regexp.MustCompile(`^(\d+) rows affected$`)
)

// noise is what both consoles print beside the server's messages.
var noise = []string{"locale ", "using default charset", "(return status = ", "Setting ", "@@rowcount not available", "bsqldb: error", "Procedure returned ", "Server '", "There was a problem connecting", "mark "}

// readNotices takes errors, messages and counts from what was printed.
func (a *Answer) readNotices(lines []string) {
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if m := affectedLine.FindStringSubmatch(line); m != nil {
			n, _ := strconv.Atoi(m[1])
			a.Counts = append(a.Counts, n)
			continue
		}
		m := messageLine.FindStringSubmatch(line)
		if m == nil {
			if line != "" && !hasPrefix(line, noise) {
				a.Infos = append(a.Infos, Notice{0, line})
			}
			continue
		}
		for i+1 < len(lines) && hasPrefix(lines[i+1], []string{"Server '", "\t"}) {
			i++
		}
		number, _ := strconv.Atoi(m[1])
		notice := Notice{number, strings.Trim(strings.TrimSpace(lines[i]), `"`)}
		if level, _ := strconv.Atoi(m[2]); level > 10 {
			a.Errors = append(a.Errors, notice)
		} else {
			a.Infos = append(a.Infos, notice)
		}
	}
}

func hasPrefix(line string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(line, p) {
			return true
		}
	}
	return false
}

var (
	promptText = regexp.MustCompile(`^(\d+> )+`)
	footerLine = regexp.MustCompile(`^\(\d+ rows? affected\)$`)
	dashesLine = regexp.MustCompile(`^-+(\t-+)*$`)
)

// tsqlSets reads what tsql prints: a header, rows, and a footer with their number. It prints no footer where there is no
// row, so that a header that the step wants next opens a set wherever it comes.
func tsqlSets(lines, headers []string) ([]Set, error) {
	var sets []Set
	open := false
	for _, line := range lines {
		line = promptText.ReplaceAllString(line, "")
		next := len(sets) < len(headers) && line == headers[len(sets)]
		switch {
		case hasPrefix(line, noise[:3]) || !open && line == "":
		case footerLine.MatchString(line):
			open = false
		case !open || next:
			sets, open = append(sets, Set{Columns: strings.Split(line, "\t")}), true
		default:
			last := &sets[len(sets)-1]
			last.Rows = append(last.Rows, strings.Split(line, "\t"))
		}
	}
	return sets, nil
}

// bsqldbSets reads what bsqldb prints: a header, a line of dashes, and rows.
func bsqldbSets(lines, _ []string) ([]Set, error) {
	var sets []Set
	for i, line := range lines {
		switch {
		case i+1 < len(lines) && dashesLine.MatchString(lines[i+1]):
			sets = append(sets, Set{Columns: strings.Split(line, "\t")})
		case dashesLine.MatchString(line):
		case len(sets) == 0:
			return nil, fmt.Errorf("row %q without columns", line)
		default:
			last := &sets[len(sets)-1]
			last.Rows = append(last.Rows, strings.Split(line, "\t"))
		}
	}
	return sets, nil
}

// asText is a step for a client that has no parameters, calls and transactions but those it types.
func asText(s Step) string {
	switch s.Verb {
	case "begin", "commit", "rollback":
		return strings.ToUpper(s.Verb) + " TRANSACTION"
	}
	var b strings.Builder
	for _, p := range s.Params {
		typ := map[string]string{"nvarchar": "nvarchar(200)", "varchar": "varchar(200)", "varbinary": "varbinary(200)", "decimal": "decimal(18,4)"}[p.Type]
		if typ == "" {
			typ = p.Type
		}
		fmt.Fprintf(&b, "DECLARE %s %s = %s\n", p.Name, typ, literal(p))
	}
	if s.Verb != "call" {
		return b.String() + s.Text
	}
	fmt.Fprintf(&b, "DECLARE @return_ int\nEXEC @return_ = %s", s.Text)
	outs := ""
	for i, p := range s.Params {
		comma := ","
		if i == 0 {
			comma = ""
		}
		fmt.Fprintf(&b, "%s %s = %s", comma, p.Name, p.Name)
		if _, ok := s.Want.Outs[p.Name]; ok {
			b.WriteString(" OUTPUT")
			outs += fmt.Sprintf(", %s AS [%s]", p.Name, p.Name[1:])
		}
	}
	return b.String() + "\nSELECT @return_ AS [return]" + outs
}

// literal is a parameter's value in T-SQL.
func literal(p Param) string {
	switch {
	case p.Value == "NULL":
		return "NULL"
	case strings.Contains("nvarchar varchar datetime date uniqueidentifier", p.Type):
		return "N'" + strings.ReplaceAll(p.Value, "'", "''") + "'"
	}
	return p.Value
}
