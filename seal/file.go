package seal

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Encode seals a plan and writes it. The error is that the plan holds what a file
// cannot: names that are no text.
func Encode(p Plan) ([]byte, error) {
	p = New(p)
	p.Seal = p.sum()
	out := p.written()
	if _, err := Decode(out); err != nil {
		return nil, fmt.Errorf("the plan cannot be sealed: read back, it %w", err)
	}
	return out, nil
}

// written is a plan in its one form.
func (p Plan) written() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(p); err != nil {
		panic(err) // texts and numbers, and a time of this age
	}
	return b.Bytes()
}

// sum is the hash of a plan without its seal.
func (p Plan) sum() string {
	p.Seal = ""
	return Digest([]string{string(p.written())})
}

// Decode reads a sealed plan. It takes what Encode wrote, byte by byte, and nothing
// else; the error continues a sentence about the file.
func Decode(data []byte) (Plan, error) {
	var p Plan
	if err := decode(data, &p); err != nil {
		return Plan{}, err
	}
	if err := p.whole(); err != nil {
		return Plan{}, err
	}
	switch {
	case p.Seal != p.sum():
		return Plan{}, errors.New("was changed after it was sealed: its seal is that of another plan")
	case !bytes.Equal(p.written(), data):
		return Plan{}, errors.New("is not laid out as it was sealed: somebody has reordered or reformatted it")
	}
	return p, nil
}

// decode reads JSON of the shape of a plan.
func decode(data []byte, p *Plan) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return errors.New("is empty")
	}
	var head struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	err := json.Unmarshal(data, &head)
	syntax := (*json.SyntaxError)(nil)
	switch {
	case errors.As(err, &syntax) && syntax.Offset >= int64(len(data)) && data[0] == '{':
		return fmt.Errorf("is cut off after %d bytes", len(data))
	case errors.As(err, &syntax):
		return fmt.Errorf("is no sealed plan: at byte %d it is no JSON", syntax.Offset)
	case head.Format != format:
		return errors.New("is no sealed plan, as grantree plan --out FILE writes one")
	case head.Version != version:
		return fmt.Errorf("is a sealed plan of version %d, and this grantree reads version %d: seal it again", head.Version, version)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(p); err != nil {
		return fmt.Errorf("is no sealed plan: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("goes on after the end of the plan")
	}
	return nil
}

// whole says what of a plan's parts does not hold together.
func (p Plan) whole() error {
	for _, l := range []struct {
		what string
		of   []string
	}{{"servers", namesOf(p.Servers, func(s Server) string { return s.Name })}, {"sites", p.Names()},
		{"plans", namesOf(p.Plans, func(s Statements) string { return s.Digest })}} {
		if err := inOrder(l.what, l.of); err != nil {
			return err
		}
	}
	used := map[string]bool{}
	for _, s := range p.Plans {
		if Digest(s.Statements) != s.Digest || len(s.Statements) == 0 {
			return fmt.Errorf("has statements under plan %.12q that are not those which were sealed", s.Digest)
		}
	}
	for _, s := range p.Sites {
		if used[s.Plan] = true; s.Plan != "" && p.Of(s) == nil {
			return fmt.Errorf("lacks the statements of site %q", s.Name)
		}
	}
	for _, s := range p.Plans {
		if !used[s.Digest] {
			return fmt.Errorf("has statements under plan %.12q that are no site's", s.Digest)
		}
	}
	if p.Made.Location() != time.UTC || p.Made.IsZero() {
		return errors.New("does not say when it was made, in UTC")
	}
	return nil
}

func namesOf[T any](list []T, name func(T) string) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = name(x)
	}
	return out
}

// inOrder objects to a list that is not sorted, or has a name twice.
func inOrder(what string, names []string) error {
	for i := 1; i < len(names); i++ {
		switch cmp.Compare(names[i-1], names[i]) {
		case 0:
			return fmt.Errorf("has %q twice among its %s", names[i], what)
		case 1:
			return fmt.Errorf("has its %s out of order: %q stands before %q", what, names[i-1], names[i])
		}
	}
	return nil
}
