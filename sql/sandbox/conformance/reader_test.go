package conformance

import (
	"bufio"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// parser reads a story line by line.
type parser struct {
	take   func(word, rest string) error // what reads a directive
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
	p.take = p.directive
	if err := p.readAll(text); err != nil {
		return nil, err
	}
	if len(p.f.cases) == 0 {
		return nil, fmt.Errorf("%s: no case", name)
	}
	return p.f, nil
}

// readAll takes all lines, and the end.
func (p *parser) readAll(text string) error {
	sc := bufio.NewScanner(strings.NewReader(text))
	for sc.Scan() {
		p.line++
		if err := p.read(sc.Text()); err != nil {
			return fmt.Errorf("%s:%d: %w", p.f.name, p.line, err)
		}
	}
	if err := p.endCase(); err != nil {
		return fmt.Errorf("%s:%d: %w", p.f.name, p.line, err)
	}
	return nil
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
	return p.take(word, strings.TrimSpace(rest))
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

// lets fills in what let has named.
func (p *parser) lets(text string) string {
	for name, value := range p.f.lets {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}
