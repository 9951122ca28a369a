package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// An example is one of Microsoft's pages. Its text is not here but beside the project, by id; what is here is the set-up
// that makes the objects it names, and what must come of it. The files are testdata/examples/*.txt, in the format of
// the stories (doc.go) but for what stands around a case:
//
//	subject NAME          what the pages that follow are about, as docs/sandbox.md counts them
//	page NAME.md          the page that the cases that follow have their examples from
//	setup                 under a page: before each of its cases; under a case: before that one, after the page's. By sa,
//	                      in master, in batches divided by GO. Its last USE is where the case starts
//	case N …              example N of the page; further ones run alike, each for itself
//	case N + M …          the examples one after the other in one session
//	outside REASON [N …]  the fence leaves the examples of the case out, or those of the chain that are named. REASON is a
//	                      key of outsideReasons; the steps say what is answered
//	fill <WORD> TEXT      TEXT stands for <WORD> in the examples, where Microsoft's text leaves it to the reader. @last is
//	                      what the last row before says
//	do B …                the batches B of the example, or M.B of a chain. All but the last are ok, the last as expected
//	run TEXT              one of our own, to see what came of it
//
// In a row, … stands for any text; as a row of its own, for any rows. An error without a number is 40510 or 40517.
type exampleFile struct {
	subject string
	pages   []*examplePage
}

// examplePage is a page and its cases.
type examplePage struct {
	name  string
	setup string
	cases []*exampleCase
}

// exampleCase is one case of a page.
type exampleCase struct {
	*story
	numbers []string // the examples
	chain   bool
	setup   string
	outside map[string]string // why an example is, by number
	fill    []string
	did     map[string]bool // batches, M.B
}

// exampleReader reads a file of examples.
type exampleReader struct {
	parser
	out  exampleFile
	page *examplePage
	c    *exampleCase
}

// stepExample are batches of an example: their ids stand in the step's text.
const stepExample stepKind = -1

// exampleFiles reads testdata/examples.
func exampleFiles(t *testing.T) []exampleFile {
	t.Helper()
	paths, err := filepath.Glob("testdata/examples/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	var files []exampleFile
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parseExamples(path, string(text))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// parseExamples reads a file of examples. The error names file and line.
func parseExamples(name, text string) (exampleFile, error) {
	r := &exampleReader{parser: parser{f: &file{name: name, connections: true, lets: map[string]string{}}}}
	r.take = r.directive
	if err := r.readAll(text); err != nil {
		return r.out, err
	}
	if r.out.subject == "" || len(r.f.cases) == 0 {
		return r.out, fmt.Errorf("%s: no subject or no case", name)
	}
	return r.out, nil
}

// directive reads one directive.
func (r *exampleReader) directive(word, rest string) error {
	if rest == "" && word != "setup" && word != "run" {
		return fmt.Errorf("%s of nothing", word)
	}
	switch {
	case word == "let" && r.page == nil:
		return r.header(word, rest)
	case word == "subject" && r.page == nil:
		r.out.subject = rest
		return nil
	case word == "page":
		r.page, r.c = &examplePage{name: rest}, nil
		r.out.pages = append(r.out.pages, r.page)
		return nil
	case r.page == nil:
		return fmt.Errorf("unknown directive %q", word)
	case word == "setup":
		return r.setUp()
	case word == "case":
		return r.begin(rest)
	case r.c == nil:
		return fmt.Errorf("%s outside of a case", word)
	}
	return r.inCase(word, rest)
}

// inCase reads a directive of a case.
func (r *exampleReader) inCase(word, rest string) error {
	switch word {
	case "outside":
		return r.outside(strings.Fields(rest))
	case "fill":
		word, text, ok := strings.Cut(rest, "> ")
		if !ok || word[0] != '<' {
			return fmt.Errorf("fill %q", rest)
		}
		r.c.fill = append(r.c.fill, word+">", text)
		return nil
	case "do":
		return r.do(strings.Fields(rest))
	case "expect":
		return r.expect(rest)
	case "run":
		return r.act(word, rest)
	}
	return fmt.Errorf("unknown directive %q", word)
}

// outside reads why which examples are outside.
func (r *exampleReader) outside(words []string) error {
	if outsideReasons[words[0]] == "" {
		return fmt.Errorf("no reason is called %q", words[0])
	}
	numbers := words[1:]
	if len(numbers) == 0 {
		numbers = r.c.numbers
	}
	for _, n := range numbers {
		if !slices.Contains(r.c.numbers, n) || r.c.outside[n] != "" {
			return fmt.Errorf("outside %q", n)
		}
		r.c.outside[n] = words[0]
	}
	return nil
}

// setUp reads the set-up of a page or of a case.
func (r *exampleReader) setUp() error {
	to := &r.page.setup
	if r.c != nil {
		to = &r.c.setup
	}
	if *to != "" {
		return fmt.Errorf("a second setup")
	}
	r.then(func(text string) error {
		if *to = r.lets(text); text == "" {
			return fmt.Errorf("setup does nothing")
		}
		return nil
	})
	return nil
}

// begin starts a case.
func (r *exampleReader) begin(rest string) error {
	if err := r.parser.begin(r.page.name + " " + rest); err != nil {
		return err
	}
	r.parser.c.sources = []string{r.page.name}
	alike, chain := strings.Fields(rest), strings.Split(rest, " + ")
	r.c = &exampleCase{story: r.parser.c, numbers: alike, outside: map[string]string{}, did: map[string]bool{}}
	if len(chain) > 1 {
		r.c.numbers, r.c.chain = chain, true
	}
	r.page.cases = append(r.page.cases, r.c)
	return nil
}

// do reads the batches that run.
func (r *exampleReader) do(batches []string) error {
	for i, b := range batches {
		s, err := r.step(stepExample)
		if err != nil {
			return err
		}
		number, _, dotted := strings.Cut(b, ".")
		if dotted != r.c.chain || dotted && !slices.Contains(r.c.numbers, number) {
			return fmt.Errorf("batch %q of case %s", b, r.c.name)
		}
		s.text, s.stated = b, i < len(batches)-1
		r.c.did[b] = true
	}
	return nil
}

// ids are the examples that a case runs for itself, as lists of what its batches begin with.
func (c *exampleCase) runs() []string {
	if c.chain {
		return []string{""}
	}
	return c.numbers
}

// id is the id of a batch in one run of a case.
func (c *exampleCase) id(run, batch string) string {
	if c.chain {
		return batch
	}
	return run + "." + batch
}
