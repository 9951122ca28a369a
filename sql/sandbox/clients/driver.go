package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// driver is a session in a program of the client's own language. Both sides write lines of fields with a tab between,
// where \t, \n, \r and \\ stand for themselves and \N is NULL. To the program go
//
//	param NAME TYPE VALUE out|in
//	sql|prepared|call|cancel TEXT, begin, commit, rollback
//
// and back come, for each of the second kind and once after the login,
//
//	columns NAME…, row VALUE…, count N, error NUMBER TEXT, info NUMBER TEXT, return N, out NAME VALUE, end
type driver struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// openDriver starts a program, which finds the target in its environment.
func openDriver(t Target, env []string, name string, args ...string) (Session, Answer, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = append(append(os.Environ(), env...), t.env()...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, Answer{}, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, Answer{}, err
	}
	if err := cmd.Start(); err != nil {
		return nil, Answer{}, err
	}
	d := &driver{cmd: cmd, in: in, out: bufio.NewReader(out)}
	answer, err := d.answer()
	if err != nil || len(answer.Errors) > 0 {
		d.Close()
		return nil, answer, err
	}
	return d, answer, nil
}

// env is how a program finds the target in its environment.
func (t Target) env() []string {
	encryption := strconv.FormatBool(t.TLS)
	if t.Certificate != "" {
		encryption = "strict"
	}
	return []string{"CLIENT_HOST=" + t.Host, "CLIENT_PORT=" + t.Port, "CLIENT_USER=" + t.User, "CLIENT_PASSWORD=" + t.Password,
		"CLIENT_DATABASE=" + t.Database, "CLIENT_TLS=" + encryption, "CLIENT_CERTIFICATE=" + t.Certificate, "CLIENT_LINE=" + t.Line}
}

// Do sends a step and reads its answer.
func (d *driver) Do(s Step) (Answer, error) {
	for _, p := range s.Params {
		direction := "in"
		if _, ok := s.Want.Outs[p.Name]; ok {
			direction = "out"
		}
		if err := d.send("param", p.Name, p.Type, p.Value, direction); err != nil {
			return Answer{}, err
		}
	}
	verb := s.Verb
	if s.Prepared {
		verb = "prepared"
	}
	if err := d.send(verb, s.Text); err != nil {
		return Answer{}, err
	}
	return d.answer()
}

// Close ends the program, whose connection ends with it.
func (d *driver) Close() error {
	d.in.Close()
	return d.cmd.Wait()
}

var (
	escapes   = strings.NewReplacer(`\`, `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`)
	unescapes = strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\n`, "\n", `\r`, "\r", `\N`, "NULL")
)

func (d *driver) send(fields ...string) error {
	for i, f := range fields {
		if f == "NULL" {
			fields[i] = `\N`
			continue
		}
		fields[i] = escapes.Replace(f)
	}
	_, err := io.WriteString(d.in, strings.Join(fields, "\t")+"\n")
	return err
}

func (d *driver) answer() (Answer, error) {
	defer patience(d.cmd)()
	var a Answer
	for {
		line, err := d.out.ReadString('\n')
		if err != nil {
			return a, fmt.Errorf("the client ended: %w", err)
		}
		fields := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		for i, f := range fields {
			fields[i] = unescapes.Replace(f)
		}
		if fields[0] == "end" {
			return a, nil
		}
		if err := a.take(fields[0], fields[1:]); err != nil {
			return a, fmt.Errorf("the client said %q: %w", line, err)
		}
	}
}

// take adds a line of a driver to an answer.
func (a *Answer) take(word string, rest []string) error {
	need := map[string]int{"count": 1, "error": 2, "info": 2, "return": 1, "out": 2}
	if len(rest) < need[word] {
		return fmt.Errorf("%d fields are missing", need[word]-len(rest))
	}
	var err error
	var n int
	switch word {
	case "columns":
		a.Sets = append(a.Sets, Set{Columns: rest})
	case "row":
		if len(a.Sets) == 0 {
			return fmt.Errorf("a row without columns")
		}
		set := &a.Sets[len(a.Sets)-1]
		set.Rows = append(set.Rows, rest)
	case "count":
		n, err = strconv.Atoi(rest[0])
		a.Counts = append(a.Counts, n)
	case "error":
		n, err = strconv.Atoi(rest[0])
		a.Errors = append(a.Errors, Notice{n, rest[1]})
	case "info":
		n, err = strconv.Atoi(rest[0])
		a.Infos = append(a.Infos, Notice{n, rest[1]})
	case "return":
		a.Return = rest[0]
	case "out":
		if a.Outs == nil {
			a.Outs = map[string]string{}
		}
		a.Outs[rest[0]] = rest[1]
	default:
		return fmt.Errorf("unknown word")
	}
	return err
}
