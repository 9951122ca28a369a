package roster

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// readTexts reads the texts that cells refer to by number.
func (w *workbook) readTexts(part string) error {
	var now strings.Builder
	inside := false
	end := func() {
		if inside {
			w.texts = append(w.texts, unescape(now.String()))
		}
		now.Reset()
	}
	err := w.part(part, func(p []xml.Name, e xml.StartElement) error {
		if is(p, "sst") && e.Name.Local == "si" {
			end()
			inside = true
		}
		return nil
	}, func(p []xml.Name, s string) error {
		if is(p, "sst", "si", "t") || is(p, "sst", "si", "r", "t") { // and not how it is pronounced
			now.WriteString(s)
		}
		return nil
	})
	end()
	return err
}

// escaped finds characters that a workbook writes by number.
var escaped = regexp.MustCompile(`_x([0-9A-Fa-f]{4})_`)

// unescape reads them.
func unescape(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	return escaped.ReplaceAllStringFunc(text, func(s string) string {
		n, _ := strconv.ParseUint(s[2:6], 16, 16)
		return string(rune(n))
	})
}

// readStyles reads what each style makes of a number.
func (w *workbook) readStyles(part string) error {
	formats := map[int]string{}
	return w.part(part, func(p []xml.Name, e xml.StartElement) error {
		id, _ := strconv.Atoi(attribute(e, "numFmtId"))
		switch {
		case is(p, "styleSheet", "numFmts") && e.Name.Local == "numFmt":
			if _, twice := formats[id]; twice {
				return fmt.Errorf("two forms of numbers have the id %d", id)
			}
			formats[id] = attribute(e, "formatCode")
		case is(p, "styleSheet", "cellXfs") && e.Name.Local == "xf":
			format, own := formats[id]
			w.styles = append(w.styles, shown(id, format, own))
		}
		return nil
	}, nil)
}

// shown is what a form makes of a number.
func shown(id int, format string, own bool) Kind {
	switch {
	case own && (format == "General" || format == "0" || format == "@"):
		return Text
	case own && isDate(format):
		return Date
	case own:
		return Number
	case id == 0 || id == 1 || id == 49: // as it is, a whole number, text
		return Text
	case id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 45 && id <= 47 || id >= 50 && id <= 58:
		return Date
	}
	return Number
}

// isDate reports whether a number's format has a day, month, year or hour in
// it, outside of quotation marks, brackets and what a backslash makes a letter.
func isDate(format string) bool {
	within := byte(0)
	for i := 0; i < len(format); i++ {
		switch c := format[i]; {
		case within != 0:
			if c == within {
				within = 0
			}
		case c == '"':
			within = '"'
		case c == '[':
			within = ']'
		case c == '\\' || c == '_' || c == '*':
			i++
		case strings.IndexByte("dmyhDMYH", c) >= 0:
			return true
		}
	}
	return false
}
