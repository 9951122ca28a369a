package conformance

import (
	"fmt"
	"strings"
)

// batchKinds are the steps that run a batch, nameKinds those that name a connection.
var (
	batchKinds = map[string]stepKind{"run": stepRun, "rpc": stepRPC, "start": stepStart}
	nameKinds  = map[string]stepKind{"wait": stepWait, "close": stepClose, "reset": stepReset}
)

// act reads a step, or who runs the next one and where.
func (p *parser) act(word, rest string) error {
	names := strings.Fields(rest)
	switch word {
	case "as":
		if len(names) != 1 {
			return fmt.Errorf("as %q", rest)
		}
		p.as = p.lets(rest)
		return nil
	case "in":
		if len(names) != 1 || !p.f.connections {
			return fmt.Errorf("in %q", rest)
		}
		p.in = rest
		return nil
	case "run", "rpc", "start":
		s, err := p.step(batchKinds[word])
		if err == nil {
			err = p.batch(s, rest)
		}
		return err
	case "wait", "close", "reset":
		s, err := p.step(nameKinds[word])
		if err == nil {
			s.as = p.lets(rest)
		}
		return err
	case "login":
		return p.login(names)
	}
	return fmt.Errorf("unknown directive %q", word)
}

// step starts a step.
func (p *parser) step(kind stepKind) (*step, error) {
	if err := p.endStep(); err != nil {
		return nil, err
	}
	if kind != stepRun && !p.f.connections {
		return nil, fmt.Errorf("connections are for mode connections")
	}
	p.s = &step{line: p.line, kind: kind, as: p.as, in: p.in}
	p.c.steps = append(p.c.steps, p.s)
	return p.s, nil
}

func (p *parser) batch(s *step, rest string) error {
	if rest != "" {
		s.text = p.lets(rest)
		return nil
	}
	p.then(func(text string) error {
		if text == "" {
			return fmt.Errorf("run runs nothing")
		}
		s.text = p.lets(text)
		return nil
	})
	return nil
}

func (p *parser) login(names []string) error {
	if len(names) < 2 || len(names) > 3 {
		return fmt.Errorf("login takes a name, a password and perhaps a database")
	}
	s, err := p.step(stepLogin)
	if err != nil {
		return err
	}
	s.as, s.password = p.lets(names[0]), names[1]
	if s.in = ""; len(names) == 3 {
		s.in = p.lets(names[2])
	}
	return nil
}

// expect reads an expectation of the last step.
func (p *parser) expect(rest string) error {
	if p.s == nil || p.s.silent() {
		return fmt.Errorf("nothing ran that could be expected of")
	}
	what, text, _ := strings.Cut(rest, " ")
	s := p.s
	ok := what == "ok"
	if s.stated && (ok || s.expected.empty()) {
		return fmt.Errorf("expect ok beside another expectation")
	}
	s.stated = true
	switch what {
	case "ok":
		if text != "" {
			return fmt.Errorf("expect ok %q", text)
		}
	case "row":
		s.expected.sets = append(s.expected.sets, []string{row(p.lets(text))})
	case "rows":
		return p.rows(s, text)
	case "columns":
		s.expected.columns = append(s.expected.columns, row(p.lets(text)))
	case "error", "message":
		n, err := parseNotice(p.lets(text))
		if err != nil {
			return err
		}
		if what == "error" {
			s.expected.errors = append(s.expected.errors, n)
		} else {
			s.expected.messages = append(s.expected.messages, n)
		}
	default:
		return fmt.Errorf("expect %q", what)
	}
	return nil
}

func (p *parser) rows(s *step, text string) error {
	if text != "" {
		return fmt.Errorf("expect rows takes a block")
	}
	at := len(s.expected.sets)
	s.expected.sets = append(s.expected.sets, []string{})
	p.then(func(text string) error {
		for _, line := range strings.Split(p.lets(text), "\n") {
			if strings.TrimSpace(line) != "" {
				s.expected.sets[at] = append(s.expected.sets[at], row(line))
			}
		}
		return nil
	})
	return nil
}

// row is a row of values as it is compared: one blank around each bar.
func row(line string) string {
	cells := strings.Split(line, "|")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return strings.Join(cells, " | ")
}
