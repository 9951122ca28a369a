package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// A template of letters is a text with the fields of one person in it, and nothing
// that decides or repeats: it always ends, it is as long as what it holds, and
// whether it hands over a password stands in it to be seen.
const (
	maxTemplate = 64 << 10
	maxLetter   = 256 << 10
)

// letterTemplate is the parts of a letter in their order.
type letterTemplate struct {
	parts []letterPart
}

// letterPart is a text as it stands, or a field. by is what stands between the
// elements of a list.
type letterPart struct {
	text, field, by string
}

// letterField finds what stands between two pairs of braces, a field or a list that
// is joined: {{.Login}}, {{join .Sites " and "}}.
var letterField = regexp.MustCompile(`^\{\{\s*(?:\.(\w+)|join\s+\.(\w+)\s+("(?:[^"\\\n]|\\.)*"))\s*\}\}`)

// letterFields names what a letter is made of.
var letterFields = []string{".FullName", ".Name", ".Email", ".Login", ".Password", ".Server", ".Address", ".Sites", ".Databases", ".Groups"}

// newLetterTemplate reads a template. name is said in errors, which have the line
// and the byte of it where the fault is.
func newLetterTemplate(name string, data []byte) (*letterTemplate, error) {
	if len(data) > maxTemplate {
		return nil, fmt.Errorf("%s is larger than %d KiB, and a letter is not", name, maxTemplate>>10)
	}
	all, rest := string(data), string(data)
	out := &letterTemplate{}
	for {
		text, _, found := strings.Cut(rest, "{{")
		out.parts = append(out.parts, letterPart{text: text})
		if !found {
			return out, nil
		}
		rest = rest[len(text):]
		before := all[:len(all)-len(rest)]
		wrong := func(format string, args ...any) error {
			place := fmt.Sprintf("%s:%d:%d", filepath.Base(name), strings.Count(before, "\n")+1, len(before)-strings.LastIndexByte(before, '\n'))
			return fmt.Errorf("%s: %s", place, fmt.Sprintf(format, args...))
		}
		m := letterField.FindStringSubmatch(rest)
		if m == nil {
			line, _, _ := strings.Cut(rest, "\n")
			if end := strings.Index(line, "}}"); end >= 0 {
				line = line[:end+2]
			}
			return nil, wrong("%.60q is no field, as {{.FullName}} is one, nor a list that is joined, as {{join .Sites %q}} is one", line, " and ")
		}
		part := letterPart{field: m[1] + m[2], by: ", "}
		if m[3] != "" {
			by, err := strconv.Unquote(m[3])
			if err != nil {
				return nil, wrong("%s is no text in quotation marks", m[3])
			}
			part.by = by
		}
		if _, list, ok := (letter{}).field(part.field); !ok || m[2] != "" && !list {
			return nil, wrong("a letter has no %s%s; it has %s", map[bool]string{true: "list ", false: ""}[m[2] != ""], "."+part.field, strings.Join(letterFields, ", "))
		}
		out.parts, rest = append(out.parts, part), rest[len(m[0]):]
	}
}

// field is what a letter holds under a name, in its elements; list says that it may
// have several.
func (l letter) field(name string) (elements []string, list, ok bool) {
	switch name {
	case "FullName":
		return []string{l.FullName}, false, true
	case "Name":
		return []string{l.Name}, false, true
	case "Email":
		return []string{l.Email}, false, true
	case "Login":
		return []string{l.Login}, false, true
	case "Password":
		return []string{l.Password}, false, true
	case "Server":
		return []string{l.Server}, false, true
	case "Address":
		return []string{l.Address}, false, true
	case "Sites":
		return l.Sites, true, true
	case "Databases":
		return l.Databases, true, true
	case "Groups":
		return l.Groups, true, true
	}
	return nil, false, false
}

// holdsPassword reports whether the letters hand over the password.
func (t *letterTemplate) holdsPassword() bool {
	for _, p := range t.parts {
		if p.field == "Password" {
			return true
		}
	}
	return false
}

var errLongLetter = fmt.Errorf("a letter of more than %d KiB", maxLetter>>10)

// make makes a letter, or says that it would be too long.
func (t *letterTemplate) make(l letter) ([]byte, error) {
	var text bytes.Buffer
	l = l.shown()
	for _, p := range t.parts {
		elements, _, _ := l.field(p.field)
		text.WriteString(p.text + strings.Join(elements, p.by))
		if text.Len() > maxLetter {
			return nil, errLongLetter
		}
	}
	return text.Bytes(), nil
}
