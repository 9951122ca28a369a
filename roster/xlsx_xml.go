package roster

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// What the XML of a part may be. A part is measured before; these keep its shape
// from costing more than its size.
const (
	maxToken    = 512 << 10 // bytes of a tag with its attributes, of a text, of a comment
	maxElements = 4_000_000
	maxDepth    = 64
)

var errToken = fmt.Errorf("a tag, text or comment is longer than %d KiB", maxToken>>10)

// tokens reads the XML of a part to its very end, within bounds: every element
// closed by its own tag, one of them around the others, nothing behind it.
type tokens struct {
	d        *xml.Decoder
	in       *counted
	open     []xml.Name
	elements int
}

func newTokens(in io.Reader) *tokens {
	c := &counted{r: bufio.NewReader(in)}
	return &tokens{d: xml.NewDecoder(c), in: c}
}

// counted hands out so many bytes.
type counted struct {
	r    *bufio.Reader
	left int
}

func (c *counted) ReadByte() (byte, error) {
	if c.left--; c.left < 0 {
		return 0, errToken
	}
	return c.r.ReadByte()
}

func (c *counted) Read([]byte) (int, error) { return 0, errors.ErrUnsupported } // for the signature

// next returns the next token, which holds until the one after it, and io.EOF
// behind the end.
func (t *tokens) next() (xml.Token, error) {
	t.in.left = maxToken
	token, err := t.d.RawToken()
	switch {
	case err == io.EOF && len(t.open) > 0:
		return nil, fmt.Errorf("it ends within <%s>: it was cut off", t.open[len(t.open)-1].Local)
	case err == io.EOF && t.elements == 0:
		return nil, errors.New("it holds nothing: it was cut off")
	case err != nil:
		return nil, err
	}
	switch token := token.(type) {
	case xml.StartElement:
		switch t.elements++; {
		case t.elements > 1 && len(t.open) == 0:
			return nil, errors.New("something stands behind its end")
		case t.elements > maxElements:
			return nil, fmt.Errorf("it has more than %d elements", maxElements)
		case len(t.open) >= maxDepth:
			return nil, fmt.Errorf("its elements nest more than %d deep", maxDepth)
		}
		t.open = append(t.open, token.Name)
	case xml.EndElement:
		last := len(t.open) - 1
		if last < 0 || t.open[last] != token.Name {
			return nil, fmt.Errorf("</%s> closes another element", shorten(token.Name.Local))
		}
		t.open = t.open[:last]
	case xml.CharData:
		if len(t.open) == 0 && strings.Trim(string(token), " \t\r\n\ufeff") != "" {
			return nil, errors.New("a text stands outside of it")
		}
	case xml.Directive:
		return nil, errors.New("it declares a type of its own")
	}
	return token, nil
}

// each calls start for every element of a part as it begins, and text for texts;
// both are told the names of the elements around, the innermost last.
func (t *tokens) each(start func(path []xml.Name, e xml.StartElement) error, text func(path []xml.Name, s string) error) error {
	for {
		token, err := t.next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			err = start(t.open[:len(t.open)-1], token)
		case xml.CharData:
			if text != nil {
				err = text(t.open, string(token))
			}
		}
		if err != nil {
			return err
		}
	}
}

// is reports whether a path is of elements with these names, from the outermost,
// all in the name space that the outermost has.
func is(path []xml.Name, names ...string) bool {
	if len(path) != len(names) {
		return false
	}
	for i, n := range path {
		if n.Local != names[i] || n.Space != path[0].Space {
			return false
		}
	}
	return true
}

// attribute returns an attribute without a prefix.
func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// truth reads an attribute that is yes or no.
func truth(t xml.StartElement, name string) bool {
	v := attribute(t, name)
	return v == "1" || v == "true"
}
