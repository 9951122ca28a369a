package query

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"grantree/sql/sandbox/internal/collate"
	"grantree/sql/tsql"
	"grantree/sql/units"
)

var (
	anyType  = tsql.DataType{}
	textType = typeNVarChar(4000)
)

// first is the type of the first argument, as varying text.
func first(args []node) tsql.DataType {
	t := varying(settle(args[0].typ))
	if isLegacyLOB(t) {
		t = tsql.DataType{Name: map[string]string{"text": "varchar", "ntext": "nvarchar", "image": "varbinary"}[t.Name], Length: -1}
	}
	return t
}

// longest is the type of the first argument with the greatest length, for functions that make text longer.
func longest(args []node) tsql.DataType {
	t := first(args)
	for _, a := range args {
		if isUnicode(a.typ) && t.Name == "varchar" {
			t.Name = "nvarchar"
		}
	}
	if length(t) >= 0 {
		t.Length = maxLength(t)
	}
	return t
}

// lengthType is int, or bigint for a max type: LEN, DATALENGTH, CHARINDEX.
func lengthType(i int) func([]node) tsql.DataType {
	return func(args []node) tsql.DataType {
		if t := args[i].typ; (kindOf(t) == kindString || kindOf(t) == kindBinary) && length(t) < 0 {
			return typeBigInt
		}
		return typeInt
	}
}

// textFunctions are the builtins over text ("String functions").
var textFunctions = map[string]builtin{
	"LEN":        {1, 1, []tsql.DataType{textType}, lengthType(0), false, fnLen},
	"DATALENGTH": {1, 1, []tsql.DataType{anyType}, lengthType(0), false, fnDataLength},
	"SUBSTRING":  {3, 3, []tsql.DataType{anyType, typeBigInt, typeBigInt}, first, false, fnSubstring},
	"CHARINDEX":  {2, 3, []tsql.DataType{textType, textType, typeBigInt}, lengthType(1), false, fnCharIndex},
	"PATINDEX":   {2, 2, []tsql.DataType{textType, textType}, lengthType(1), false, fnPatIndex},
	"REPLACE":    {3, 3, []tsql.DataType{textType}, longest, false, fnReplace},
	"UPPER":      {1, 1, []tsql.DataType{textType}, first, false, mapCase(collation.Upper)},
	"LOWER":      {1, 1, []tsql.DataType{textType}, first, false, mapCase(collation.Lower)},
	"LTRIM":      {1, 1, []tsql.DataType{textType}, first, false, mapText(func(s string) string { return strings.TrimLeft(s, " ") })},
	"RTRIM":      {1, 1, []tsql.DataType{textType}, first, false, mapText(func(s string) string { return strings.TrimRight(s, " ") })},
	"TRIM":       {1, 1, []tsql.DataType{textType}, first, false, mapText(func(s string) string { return strings.Trim(s, " ") })},
	"REVERSE":    {1, 1, []tsql.DataType{textType}, first, false, fnReverse},
	"LEFT":       {2, 2, []tsql.DataType{textType, typeBigInt}, first, false, fnLeft},
	"RIGHT":      {2, 2, []tsql.DataType{textType, typeBigInt}, first, false, fnRight},
	"REPLICATE":  {2, 2, []tsql.DataType{textType, typeBigInt}, longest, false, fnReplicate},
	"SPACE":      {1, 1, []tsql.DataType{typeBigInt}, is(typeVarChar(8000)), false, fnSpace},
	"STUFF":      {4, 4, []tsql.DataType{textType, typeBigInt, typeBigInt, textType}, longest, true, fnStuff},
	"CONCAT":     {2, -1, []tsql.DataType{textType}, concatType, true, fnConcat},
	"QUOTENAME":  {1, 2, []tsql.DataType{textType}, is(typeNVarChar(258)), false, fnQuoteName},
	"PARSENAME":  {2, 2, []tsql.DataType{textType, typeInt}, is(typeSysname), false, fnParseName},
	"ASCII":      {1, 1, []tsql.DataType{textType}, is(typeInt), false, fnASCII},
	"UNICODE":    {1, 1, []tsql.DataType{textType}, is(typeInt), false, fnUnicode},
	"CHAR":       {1, 1, []tsql.DataType{typeInt}, is(tsql.DataType{Name: "char", Length: 1}), false, fnChar},
	"NCHAR":      {1, 1, []tsql.DataType{typeInt}, is(tsql.DataType{Name: "nchar", Length: 1}), false, fnNChar},
	"HASHBYTES":  {2, 2, []tsql.DataType{textType, anyType}, is(typeVarBinary(8000)), false, fnHashBytes},

	"SQL_VARIANT_PROPERTY": {2, 2, []tsql.DataType{anyType, textType}, is(typeVariant), false, fnVariantProperty},
}

// fit cuts text to the result's type.
func (c *calling) fit(s string) (any, error) {
	if n := length(c.result); n >= 0 {
		s = slice16(s, 0, n)
	}
	return shape(s, c.result), nil
}

func (c *calling) integer(n int) (any, error) { return int64(n), nil }

func fnLen(c *calling, args []any) (any, error) {
	return c.integer(c.length(strings.TrimRight(args[0].(string), " ")))
}

// length is how many characters functions count in a text: code units, but under a collation with _SC.
func (c *calling) length(s string) int {
	if c.coll.Supplementary() {
		return len(runesOf(s))
	}
	return utf16Len(s)
}

// slice is the text from a character (from 0) of at most n, as length counts them.
func (c *calling) slice(s string, start, n int) string {
	if c.coll.Supplementary() {
		chars := runesOf(s)
		from, to := min(max(start, 0), len(chars)), min(max(start+n, 0), len(chars))
		return string(chars[from:max(from, to)])
	}
	return slice16(s, start, n)
}

func fnDataLength(c *calling, args []any) (any, error) {
	t := c.types[0]
	v := args[0]
	if x, ok := v.(Variant); ok {
		t, v = x.Type, x.Value
	}
	switch x := v.(type) {
	case string:
		if isUnicode(t) {
			return c.integer(2 * utf16Len(x))
		}
		if strings.HasSuffix(strings.ToUpper(c.coll.Name()), "_UTF8") {
			return c.integer(len(x))
		}
		return c.integer(utf16Len(x))
	case []byte:
		return c.integer(len(x))
	}
	size, _, _ := Size(t)
	return c.integer(size)
}

func fnSubstring(c *calling, args []any) (any, error) {
	start, n := args[1].(int64)-1, args[2].(int64)
	if n < 0 {
		return nil, refuse(537)
	}
	start, n = clamp(start), clamp(n)
	if x, ok := args[0].([]byte); ok {
		low := min(max(start, 0), int64(len(x)))
		return x[low:max(low, min(start+n, int64(len(x))))], nil
	}
	return c.fit(c.slice(args[0].(string), int(start), int(n)))
}

// clamp keeps positions and lengths in the range of an int.
func clamp(n int64) int64 { return max(min(n, 1<<31), -(1 << 31)) }

func fnCharIndex(c *calling, args []any) (any, error) {
	find, text := args[0].(string), args[1].(string)
	start := int64(0)
	if len(args) == 3 {
		start = max(clamp(args[2].(int64))-1, 0)
	}
	if find == "" {
		return c.integer(0)
	}
	rest := c.slice(text, int(start), len(text))
	at := finder(rest, find, c.coll)(rest)
	if at < 0 {
		return c.integer(0)
	}
	return c.integer(int(start) + c.length(rest[:at]) + 1)
}

// finder finds text in s, and in what is left of it, under a collation: its byte offset, -1 if it is not there.
func finder(s, find string, c collation) func(string) int {
	if c.Binary() || !utf8.ValidString(s) || !utf8.ValidString(find) || c.CaseSensitive() && collate.IsASCII(s) && collate.IsASCII(find) {
		return func(s string) int { return strings.Index(s, find) }
	}
	width := utf8.RuneCountInString(find)
	return func(s string) int { return indexFolded(s, find, width, c) }
}

func indexFolded(s, find string, width int, c collation) int {
	for i := range s {
		end, n := i, 0
		for j, r := range s[i:] {
			if n == width {
				break
			}
			n++
			end = i + j + len(string(r))
		}
		if n < width {
			return -1
		}
		if part := s[i:end]; strings.HasSuffix(part, " ") == strings.HasSuffix(find, " ") && c.Equal(part, find) {
			return i
		}
	}
	return -1
}

func fnPatIndex(c *calling, args []any) (any, error) {
	p, ok := compilePattern(args[0].(string), 0, c.coll)
	if !ok {
		return c.integer(0)
	}
	return c.integer(p.find(args[1].(string)))
}

func fnReplace(c *calling, args []any) (any, error) {
	s, find, with := args[0].(string), args[1].(string), args[2].(string)
	if find == "" {
		return c.fit(s)
	}
	var out strings.Builder
	for next := finder(s, find, c.coll); ; {
		at := next(s)
		if at < 0 {
			break
		}
		if out.WriteString(s[:at] + with); out.Len() > longestText {
			return nil, refuse(701)
		}
		s = s[at:]
		for range runesOf(find) {
			_, n := units.Next(s)
			s = s[n:]
		}
	}
	return c.fit(out.String() + s)
}

func mapText(change func(string) string) func(*calling, []any) (any, error) {
	return func(c *calling, args []any) (any, error) { return c.fit(change(args[0].(string))) }
}

func mapCase(change func(collation, string) string) func(*calling, []any) (any, error) {
	return func(c *calling, args []any) (any, error) {
		s, out := args[0].(string), ""
		for start, at := 0, 0; at < len(s); {
			r, n := units.Next(s[at:])
			switch at += n; {
			case utf16.IsSurrogate(r): // it has no case
				out += change(c.coll, s[start:at-n]) + s[at-n:at]
				start = at
			case at == len(s):
				out += change(c.coll, s[start:])
			}
		}
		return c.fit(out)
	}
}

func fnReverse(c *calling, args []any) (any, error) {
	s := args[0].(string)
	if c.coll.Supplementary() {
		runes := runesOf(s)
		slices.Reverse(runes)
		return c.fit(string(runes))
	}
	codes := units.Of(s)
	slices.Reverse(codes)
	return c.fit(units.Text(codes))
}

func fnLeft(c *calling, args []any) (any, error) {
	n := clamp(args[1].(int64))
	if n < 0 {
		return nil, refuse(536, "left")
	}
	return c.fit(c.slice(args[0].(string), 0, int(n)))
}

func fnRight(c *calling, args []any) (any, error) {
	n, s := clamp(args[1].(int64)), args[0].(string)
	if n < 0 {
		return nil, refuse(536, "right")
	}
	have := c.length(s)
	return c.fit(c.slice(s, max(have-int(n), 0), have))
}

const longestText = 1 << 24 // more than this is refused, to keep a session from eating the memory

func fnReplicate(c *calling, args []any) (any, error) {
	s, n := args[0].(string), args[1].(int64)
	if n < 0 {
		return nil, nil
	}
	if limit := length(c.result); limit >= 0 {
		n = min(n, int64(limit/max(utf16Len(s), 1)+1))
	}
	if n > 0 && int64(len(s)) > longestText/n {
		return nil, refuse(701)
	}
	return c.fit(strings.Repeat(s, int(n)))
}

func fnSpace(c *calling, args []any) (any, error) { return fnReplicate(c, []any{" ", args[0]}) }

func fnStuff(c *calling, args []any) (any, error) {
	if args[0] == nil || args[1] == nil || args[2] == nil {
		return nil, nil
	}
	s, start, n := args[0].(string), args[1].(int64), args[2].(int64)
	have := c.length(s)
	if start < 1 || start > int64(have) || n < 0 {
		return nil, nil
	}
	with, _ := args[3].(string)
	rest := min(start-1+clamp(n), int64(have))
	return c.fit(c.slice(s, 0, int(start-1)) + with + c.slice(s, int(rest), have))
}

func concatType(args []node) tsql.DataType {
	name, total := "varchar", 0
	for _, a := range args {
		if isUnicode(a.typ) {
			name = "nvarchar"
		}
		total = addLengths(total, length(a.typ), 1<<30)
	}
	t := tsql.DataType{Name: name, Length: total}
	t.Length = max(min(total, maxLength(t)), -1)
	if t.Length == 0 {
		t.Length = 1
	}
	return t
}

func fnConcat(c *calling, args []any) (any, error) {
	var sb strings.Builder
	for _, a := range args {
		s, _ := a.(string)
		sb.WriteString(s)
	}
	return c.fit(sb.String())
}

// quotes are the characters that QUOTENAME quotes with, by what its second argument begins with.
var quotes = map[string]string{"[": "[]", "]": "[]", "(": "()", ")": "()", "<": "<>", ">": "<>", "{": "{}", "}": "{}", "'": "''", "\"": "\"\"", "`": "``"}

// fnQuoteName is NULL for a character that is no quote and for names beyond 128 characters.
func fnQuoteName(c *calling, args []any) (any, error) {
	s, quote := args[0].(string), "["
	if len(args) == 2 {
		quote = args[1].(string)
	}
	pair := quotes[quote[:min(len(quote), 1)]]
	if utf16Len(s) > tsql.MaxName || pair == "" {
		return nil, nil
	}
	return pair[:1] + strings.ReplaceAll(s, pair[1:], pair[1:]+pair[1:]) + pair[1:], nil
}

func fnParseName(c *calling, args []any) (any, error) {
	parts, ok := tsql.SplitName(args[0].(string))
	n := args[1].(int64)
	long := func(part string) bool { return utf16Len(part) > tsql.MaxName }
	if !ok || n < 1 || n > int64(len(parts)) || len(parts) > 4 || slices.ContainsFunc(parts, long) {
		return nil, nil
	}
	if part := parts[int64(len(parts))-n]; part != "" {
		return part, nil
	}
	return nil, nil
}

func fnASCII(c *calling, args []any) (any, error) {
	s := args[0].(string)
	if s == "" {
		return nil, nil
	}
	r, _ := utf8.DecodeRuneInString(s)
	b, ok := charmap.Windows1252.EncodeRune(r)
	if !ok {
		b = '?'
	}
	return int64(b), nil
}

func fnUnicode(c *calling, args []any) (any, error) {
	s := args[0].(string)
	if s == "" {
		return nil, nil
	}
	if r, _ := units.Next(s); c.coll.Supplementary() {
		return int64(r), nil
	}
	return int64(units.Of(s)[0]), nil
}

func fnChar(c *calling, args []any) (any, error) {
	n := args[0].(int64)
	if n < 0 || n > 255 {
		return nil, nil
	}
	return string(charmap.Windows1252.DecodeByte(byte(n))), nil
}

func fnNChar(c *calling, args []any) (any, error) {
	n := args[0].(int64)
	if n < 0 || n > 0xFFFF {
		return nil, nil
	}
	return units.Text([]uint16{uint16(n)}), nil
}

// hashes are the algorithms of HASHBYTES.
var hashes = map[string]func() hash.Hash{"MD5": md5.New, "SHA": sha1.New, "SHA1": sha1.New, "SHA2_256": sha256.New, "SHA2_512": sha512.New}

func fnHashBytes(c *calling, args []any) (any, error) {
	b, ok := args[1].([]byte)
	if !ok {
		b = bytesOf(args[1].(string), c.types[1])
	}
	algorithm, ok := hashes[strings.ToUpper(args[0].(string))]
	if !ok {
		return nil, nil
	}
	h := algorithm()
	h.Write(b)
	return h.Sum(nil), nil
}

func fnVariantProperty(c *calling, args []any) (any, error) {
	t := c.types[0]
	if x, ok := args[0].(Variant); ok {
		t = x.Type
	}
	var out any
	switch strings.ToUpper(args[1].(string)) {
	case "BASETYPE":
		return Variant{Type: typeSysname, Value: settle(t).Name}, nil
	case "PRECISION":
		out = int64(t.Precision)
	case "SCALE":
		out = int64(t.Scale)
	case "MAXLENGTH":
		n := length(t)
		if isUnicode(t) {
			n *= 2
		}
		if kindOf(t) != kindString && kindOf(t) != kindBinary {
			n, _, _ = Size(t)
		}
		out = int64(n)
	default:
		return nil, nil
	}
	return Variant{Type: typeInt, Value: out}, nil
}
