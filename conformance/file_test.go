package conformance

import (
	"bufio"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// file is one story: what it needs and the cases that it tells.
type file struct {
	name        string
	connections bool // a database, logins and connections for each case
	logins      []string
	users       []string
	databases   []string
	lets        map[string]string
	setups      []setup
	cases       []*story
}

// setup is T-SQL that sa runs before a case.
type setup struct {
	line     int
	database string
	text     string
}

// story is one case.
type story struct {
	file     *file
	line     int
	name     string
	sections []string
	sources  []string
	measured int // major version that the fact was measured on, 0 when documented
	atLeast  int // major version that it needs, 0 for any
	below    int
	embedded bool
	steps    []*step
}

// step is one thing that a case does and what must come of it.
type step struct {
	line     int
	kind     stepKind
	as, in   string
	text     string // batch
	password string // login: "-" is the right one
	expected outcome
	stated   bool
}

type stepKind int

const (
	stepRun stepKind = iota
	stepStart // runs on while the case goes on
	stepWait  // takes what came of it
	stepLogin
	stepClose
)

// silent reports whether a step has no outcome of its own.
func (s *step) silent() bool { return s.kind == stepClose || s.kind == stepStart }

// parser reads a story line by line.
type parser struct {
	f      *file
	c      *story
	s      *step
	as, in string
	block  *strings.Builder // where indented lines go
	ends   []func() error   // what is done once the block is complete
	line   int
}

// parse reads a story. The error names file and line.
func parse(name, text string) (*file, error) {
	p := &parser{f: &file{name: name, lets: map[string]string{}}}
	sc := bufio.NewScanner(strings.NewReader(text))
	for sc.Scan() {
		p.line++
		if err := p.read(sc.Text()); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, p.line, err)
		}
	}
	if err := p.endCase(); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", name, p.line, err)
	}
	if len(p.f.cases) == 0 {
		return nil, fmt.Errorf("%s: no case", name)
	}
	return p.f, nil
}

// read takes one line.
func (p *parser) read(line string) error {
	if strings.HasPrefix(line, "#") {
		return nil
	}
	if strings.HasPrefix(line, "    ") && p.block != nil {
		p.block.WriteString(line[4:] + "\n")
		return nil
	}
	if strings.TrimSpace(line) == "" {
		if p.block != nil && p.block.Len() > 0 {
			p.block.WriteString("\n")
		}
		return nil
	}
	if line[0] == ' ' || line[0] == '\t' {
		return fmt.Errorf("unexpected indented line %q", line)
	}
	if err := p.endBlock(); err != nil {
		return err
	}
	word, rest, _ := strings.Cut(line, " ")
	return p.directive(word, strings.TrimSpace(rest))
}

// endBlock gives the block that has been read to the directive that it belongs to.
func (p *parser) endBlock() error {
	ends := p.ends
	p.ends = nil
	for _, end := range ends {
		if err := end(); err != nil {
			return err
		}
	}
	p.block = nil
	return nil
}

// then starts a block; take gets its text without the blank lines at its end.
func (p *parser) then(take func(text string) error) {
	b := &strings.Builder{}
	p.block = b
	p.ends = append(p.ends, func() error { return take(strings.TrimRight(b.String(), "\n")) })
}

// directive reads one directive.
func (p *parser) directive(word, rest string) error {
	if word == "case" {
		return p.begin(rest)
	}
	if p.c == nil {
		return p.header(word, rest)
	}
	switch word {
	case "section", "source", "measured", "version", "needs":
		if len(p.c.steps) > 0 {
			return fmt.Errorf("%s after the first step", word)
		}
		return p.label(word, rest)
	case "expect":
		return p.expect(rest)
	}
	return p.act(word, rest)
}

// header reads what stands above the first case.
func (p *parser) header(word, rest string) error {
	names := strings.Fields(rest)
	if len(names) == 0 && word != "setup" {
		return fmt.Errorf("%s names nothing", word)
	}
	switch word {
	case "mode":
		if rest != "transaction" && rest != "connections" {
			return fmt.Errorf("mode %q", rest)
		}
		p.f.connections = rest == "connections"
	case "login":
		p.f.logins = append(p.f.logins, names...)
	case "user":
		p.f.users = append(p.f.users, names...)
	case "database":
		p.f.databases = append(p.f.databases, names...)
	case "let":
		name, text, _ := strings.Cut(rest, " ")
		p.f.lets[name] = p.lets(text)
	case "setup":
		return p.setup(rest)
	default:
		return fmt.Errorf("unknown directive %q", word)
	}
	return nil
}

func (p *parser) setup(rest string) error {
	s := setup{line: p.line, database: "db"}
	if rest != "" {
		db, ok := strings.CutPrefix(rest, "in ")
		if !ok {
			return fmt.Errorf("setup %q", rest)
		}
		s.database = db
	}
	p.then(func(text string) error {
		if text == "" {
			return fmt.Errorf("setup does nothing")
		}
		s.text = p.lets(text)
		p.f.setups = append(p.f.setups, s)
		return nil
	})
	return nil
}

// begin starts a case.
func (p *parser) begin(name string) error {
	if err := p.endCase(); err != nil {
		return err
	}
	if name == "" {
		return fmt.Errorf("case without a name")
	}
	for _, c := range p.f.cases {
		if c.name == name {
			return fmt.Errorf("a second case %q", name)
		}
	}
	p.c = &story{file: p.f, line: p.line, name: name}
	p.s, p.as, p.in = nil, "sa", "db"
	p.f.cases = append(p.f.cases, p.c)
	return nil
}

// endCase checks the case that has been read.
func (p *parser) endCase() error {
	if err := p.endBlock(); err != nil {
		return err
	}
	if p.c == nil {
		return nil
	}
	if len(p.c.steps) == 0 {
		return fmt.Errorf("case %q does nothing", p.c.name)
	}
	if len(p.c.sections)+len(p.c.sources) == 0 {
		return fmt.Errorf("case %q names no section", p.c.name)
	}
	return p.endStep()
}

// endStep checks the step that has been read.
func (p *parser) endStep() error {
	if p.s != nil && !p.s.stated && !p.s.silent() {
		return fmt.Errorf("the step of line %d expects nothing", p.s.line)
	}
	return nil
}

// sectionForm is how a section, perhaps with a row, is written.
var sectionForm = regexp.MustCompile(`^[A-L]\.\d+(/[^ ]+)?$`)

// label reads what a case says about itself.
func (p *parser) label(word, rest string) error {
	c := p.c
	switch word {
	case "section":
		for _, ref := range strings.Fields(rest) {
			if !sectionForm.MatchString(ref) {
				return fmt.Errorf("section %q", ref)
			}
			c.sections = append(c.sections, ref)
		}
		if rest == "" {
			return fmt.Errorf("section names nothing")
		}
	case "source":
		if rest == "" {
			return fmt.Errorf("source names nothing")
		}
		c.sources = append(c.sources, rest)
	case "measured":
		n, ok := map[string]int{"2016": 13, "2017": 14, "2019": 15, "2022": 16, "2025": 17}[rest]
		if !ok {
			return fmt.Errorf("measured %q", rest)
		}
		c.measured = n
	case "version":
		return p.version(rest)
	case "needs":
		if rest != "embedded" {
			return fmt.Errorf("needs %q", rest)
		}
		c.embedded = true
	}
	return nil
}

func (p *parser) version(rest string) error {
	op, number, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(number)
	switch {
	case err != nil:
		return fmt.Errorf("version %q", rest)
	case op == ">=":
		p.c.atLeast = n
	case op == "<":
		p.c.below = n
	default:
		return fmt.Errorf("version %q", rest)
	}
	return nil
}

// act reads a step, or who runs the next one and where.
func (p *parser) act(word, rest string) error {
	names := strings.Fields(rest)
	switch word {
	case "as":
		if len(names) != 1 {
			return fmt.Errorf("as %q", rest)
		}
		p.as = rest
		return nil
	case "in":
		if len(names) != 1 || !p.f.connections {
			return fmt.Errorf("in %q", rest)
		}
		p.in = rest
		return nil
	case "run":
		s, err := p.step(stepRun)
		if err == nil {
			err = p.batch(s, rest)
		}
		return err
	case "start":
		s, err := p.step(stepStart)
		if err == nil {
			err = p.batch(s, rest)
		}
		return err
	case "wait":
		s, err := p.step(stepWait)
		if err == nil {
			s.as = rest
		}
		return err
	case "login":
		return p.login(names)
	case "close":
		s, err := p.step(stepClose)
		if err == nil {
			s.as = rest
		}
		return err
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

// lets fills in what let has named.
func (p *parser) lets(text string) string {
	for name, value := range p.f.lets {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}
