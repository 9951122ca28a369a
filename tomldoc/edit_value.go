package tomldoc

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// encode writes a value as TOML, on one line.
func encode(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return encodeString(v), nil
	case bool:
		return strconv.FormatBool(v), nil
	case int:
		return strconv.Itoa(v), nil
	case Moment:
		return v.String(), nil
	case []string:
		texts := make([]string, len(v))
		for i, s := range v {
			texts[i] = encodeString(s)
		}
		return "[" + strings.Join(texts, ", ") + "]", nil
	case [][]Key:
		texts := make([]string, len(v))
		for i, keys := range v {
			text, err := encode(keys)
			if err != nil {
				return "", err
			}
			texts[i] = text
		}
		return "[" + strings.Join(texts, ", ") + "]", nil
	case []Key:
		texts := make([]string, len(v))
		for i, k := range v {
			text, err := encode(k.Value)
			if err != nil {
				return "", err
			}
			texts[i] = encodeKey(k.Name) + " = " + text
		}
		return "{ " + strings.Join(texts, ", ") + " }", nil
	}
	return "", fmt.Errorf("a %T cannot be written as TOML", value)
}

// Quote writes a string as a file of TOML has it, between double quotes.
func Quote(s string) string { return encodeString(s) }

// encodeString writes a basic string: what could act on a terminal or be
// mistaken for something else is escaped.
func encodeString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case strconv.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			fmt.Fprintf(&b, `\u%04X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// encodeKey writes a key: bare where it may be.
func encodeKey(key string) string {
	bare := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-'
	}
	if key != "" && strings.IndexFunc(key, func(r rune) bool { return !bare(r) }) < 0 {
		return key
	}
	return encodeString(key)
}

// headerName writes the names of a path as a header has them: elements are not
// named, the last one is meant.
func headerName(path []any) string {
	var names []string
	for _, step := range path {
		if name, ok := step.(string); ok {
			names = append(names, encodeKey(name))
		}
	}
	return strings.Join(names, ".")
}

// editItems makes an array of strings that stands on several lines be the given
// ones, element by element. It reports false, and does nothing, where the whole
// value may as well be written anew: it has no comment that would go.
func (e *Edit) editItems(array *entry, values []string) (bool, error) {
	items, in := array.items(), e.scan.spans[array]
	if in.to == 0 || e.text[in.from] != '[' || !strings.Contains(e.text[in.from:in.to], "\n") {
		return false, nil
	}
	have, known := make([]string, len(items)), true
	for i, item := range items {
		s := &scanner{text: e.text, at: int(item.offset), names: map[string]string{}}
		if c := s.peek(); c != '"' && c != '\'' || strings.HasPrefix(e.text[s.at:], strings.Repeat(string(c), 3)) {
			known = false
			continue
		}
		have[i] = s.str()
	}
	var kept []string
	last := -1
	for i := range items {
		if slices.Contains(values, have[i]) {
			kept, last = append(kept, have[i]), i
		}
	}
	switch {
	case !known && !e.hasComment(in.from, in.to):
		return false, nil
	case !known:
	case last >= 0 && len(values) >= len(kept) && slices.Equal(kept, values[:len(kept)]) && e.ownLine(array, items[last]):
		for i, item := range items {
			if !slices.Contains(values, have[i]) {
				e.cutItem(item)
			}
		}
		if more := values[len(kept):]; len(more) > 0 {
			e.addItems(items[last], more)
		}
		return true, nil
	case !slices.ContainsFunc(items, func(item *entry) bool { return !e.ownLine(array, item) }):
		e.moveItems(array, have, values)
		return true, nil
	}
	if e.hasComment(in.from, in.to) {
		return false, e.errorf(in.from, "a comment stands among these elements, and not each is on a line of its own: change it by hand")
	}
	return false, nil
}

// ownLine reports whether an element of an array stands on a line alone, but for
// its comma and a comment.
func (e *Edit) ownLine(array, item *entry) bool {
	from, to := int(item.offset), e.behindComma(item)
	rest := strings.TrimSpace(e.text[to:e.nextLine(to)])
	return strings.TrimSpace(e.text[e.lineStart(from):from]) == "" && (rest == "" || rest[0] == '#') && e.nextLine(to) < e.scan.spans[array].to
}

// moveItems writes values into the lines of an array's elements. One that stays
// takes the rest of its line, a comment, along; lines between stay.
func (e *Edit) moveItems(array *entry, have, values []string) {
	items := array.items()
	tails := map[string]string{}
	for i, item := range items {
		end := e.scan.spans[item].to
		rest := strings.TrimRight(e.text[e.behindComma(item):e.nextLine(end)], "\r\n")
		tails[have[i]] = e.text[item.offset:end] + "," + rest
	}
	tail := func(value string) string {
		if t, ok := tails[value]; ok {
			return t
		}
		return encodeString(value) + ","
	}
	for i, item := range items {
		if i >= len(values) {
			e.cutItem(item)
			continue
		}
		from := int(item.offset)
		to := from + len(strings.TrimRight(e.text[from:e.nextLine(e.scan.spans[item].to)], "\r\n"))
		if t := tail(values[i]); t != e.text[from:to] {
			e.splice(from, to, t)
		}
	}
	if len(values) <= len(items) {
		return
	}
	// Behind the last one, or before the bracket that closes.
	at, indent := e.scan.spans[array].to-1, "  "
	before, after := e.newline, ""
	if n := len(items); n > 0 {
		start := e.lineStart(int(items[n-1].offset))
		at, indent = e.nextLine(e.behindComma(items[n-1])), e.text[start:items[n-1].offset]
		before, after = "", e.newline
	} else if start := e.lineStart(at); strings.TrimSpace(e.text[start:at]) == "" {
		at, before, after = start, "", e.newline
	}
	for i, v := range values[len(items):] {
		if i > 0 && before != "" {
			before = e.newline
		}
		e.splice(at, at, before+indent+encodeString(v)+","+after)
	}
}

// cutItem takes an element away with its comma, and its line where nothing else
// stands on it but a comment.
func (e *Edit) cutItem(item *entry) {
	from, to := int(item.offset), e.behindComma(item)
	rest := strings.TrimSpace(e.text[to:e.nextLine(to)])
	if start := e.lineStart(from); strings.TrimSpace(e.text[start:from]) == "" && (rest == "" || rest[0] == '#') {
		from, to = start, e.nextLine(to)
	}
	e.splice(from, to, "")
}

// addItems writes elements behind one, each on a line like that one's.
func (e *Edit) addItems(item *entry, values []string) {
	if end := e.scan.spans[item].to; e.behindComma(item) == end {
		e.splice(end, end, ",")
	}
	start := e.lineStart(int(item.offset))
	indent := e.text[start : start+len(e.text[start:])-len(strings.TrimLeft(e.text[start:], " \t"))]
	at := e.nextLine(e.behindComma(item))
	var b strings.Builder
	for _, v := range values {
		b.WriteString(indent + encodeString(v) + "," + e.newline)
	}
	e.splice(at, at, b.String())
}

// behindComma is the place behind the comma that follows an element, or behind
// the element where none does.
func (e *Edit) behindComma(item *entry) int {
	at := e.scan.spans[item].to
	rest := strings.TrimLeft(e.text[at:], " \t")
	if strings.HasPrefix(rest, ",") {
		return at + len(e.text[at:]) - len(rest) + 1
	}
	return at
}
