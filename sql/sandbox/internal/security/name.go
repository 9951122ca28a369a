package security

import "strings"

// foldKeyword writes a word that is compared without regard to case.
func foldKeyword(word string) string { return strings.ToUpper(strings.TrimSpace(word)) }

// splitName takes a multi-part name apart as functions like OBJECT_ID do:
// parts separated by dots, each plain, in brackets or in double quotes. ok is
// false for text that is no name or has more than three parts.
func splitName(text string) (parts []string, ok bool) {
	rest := text
	for {
		var part string
		part, rest, ok = cutPart(rest)
		if !ok || len(parts) == 3 {
			return nil, false
		}
		parts = append(parts, part)
		if rest == "" {
			return parts, parts[len(parts)-1] != ""
		}
		if rest[0] != '.' {
			return nil, false
		}
		rest = rest[1:]
	}
}

// cutPart takes the first part off a name; rest begins at the dot after it.
func cutPart(text string) (part, rest string, ok bool) {
	text = strings.TrimLeft(text, " ")
	if text == "" {
		return "", "", true
	}
	closing := map[byte]string{'[': "]", '"': `"`}[text[0]]
	if closing == "" {
		at := strings.IndexByte(text, '.')
		if at < 0 {
			at = len(text)
		}
		return strings.TrimRight(text[:at], " "), text[at:], true
	}
	var b strings.Builder
	for text = text[1:]; ; {
		before, after, found := strings.Cut(text, closing)
		if !found {
			return "", "", false
		}
		b.WriteString(before)
		if !strings.HasPrefix(after, closing) {
			return b.String(), strings.TrimLeft(after, " "), true
		}
		b.WriteString(closing)
		text = after[1:]
	}
}
