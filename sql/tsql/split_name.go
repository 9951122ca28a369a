package tsql

import "strings"

// SplitName reads a name as functions and procedures take it in a string:
// OBJECT_ID(N'[dbo].[v]'), sp_helptext 'dbo.v'. Parts may be in brackets or
// double quotes; one that is not runs to the next dot, whatever is in it. It
// reports false for more than four parts, an empty last part or a bracket that
// is not closed.
func SplitName(text string) (ObjectName, bool) {
	var parts []string
	for rest := text; ; {
		part, after, ok := cutPart(rest)
		if !ok || len(parts) == 4 {
			return ObjectName{}, false
		}
		parts = append(parts, part)
		if after == "" {
			break
		}
		if after[0] != '.' {
			return ObjectName{}, false
		}
		rest = after[1:]
	}
	return nameOf(Pos{}, parts), parts[len(parts)-1] != ""
}

// cutPart returns the first part of a dotted name and what follows it.
func cutPart(text string) (part, rest string, ok bool) {
	text = strings.TrimLeft(text, " ")
	if text == "" || text[0] != '[' && text[0] != '"' {
		i := strings.IndexByte(text, '.')
		if i < 0 {
			i = len(text)
		}
		return strings.TrimRight(text[:i], " "), text[i:], true
	}
	closing := text[0]
	if closing == '[' {
		closing = ']'
	}
	n := quotedLength(text[1:], closing)
	if n < 0 {
		return "", "", false
	}
	part = strings.ReplaceAll(text[1:1+n], string([]byte{closing, closing}), string(closing))
	return part, strings.TrimLeft(text[n+2:], " "), true
}
