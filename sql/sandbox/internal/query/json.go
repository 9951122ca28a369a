package query

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"grantree/sql/tsql"
)

// jsonText is a JSON value as its text writes it.
type jsonText string

// kind is the number of OPENJSON's column type: null, string, number, true or false, array, object.
func (v jsonText) kind() int64 {
	if k := strings.IndexByte("n\".t[{", v[0]); k >= 0 {
		return int64(k)
	}
	return map[bool]int64{true: 3, false: 2}[v[0] == 'f']
}

func (v jsonText) fragment() bool { return v.kind() >= 4 }

// value is a scalar as text, nil for null, and a fragment as it is written.
func (v jsonText) value() any {
	switch v.kind() {
	case 0:
		return nil
	case 1:
		var s string
		check(json.Unmarshal([]byte(v), &s))
		return s
	}
	return string(v)
}

// jsonOf reads an object or an array; any other text is 13609.
func jsonOf(text string) (jsonText, error) {
	trimmed := jsonText(strings.Trim(text, " \t\r\n"))
	at := strings.Index(text, string(trimmed))
	var wrong *json.SyntaxError
	switch err := json.Unmarshal([]byte(text), new(json.RawMessage)); {
	case errors.As(err, &wrong):
		if at = len(text); !strings.Contains(err.Error(), "unexpected end") {
			at = int(wrong.Offset) - 1
		}
	case err != nil || trimmed.fragment():
		return trimmed, err
	}
	return "", unexpected(13609, text, at)
}

// unexpected refuses the character at a byte of a text; a dot stands for its end.
func unexpected(number int32, text string, at int) error {
	return refuse(number, string([]rune(text[at:] + ".")[:1]), utf16Len(text[:at]))
}

// members are the values inside an object or an array, with their names or numbers.
func (v jsonText) members() (keys []string, values []jsonText) {
	d := json.NewDecoder(strings.NewReader(string(v)))
	must(d.Token())
	for n := 0; d.More(); n++ {
		key := strconv.Itoa(n)
		if v[0] == '{' {
			key = must(d.Token()).(string)
		}
		var raw json.RawMessage
		check(d.Decode(&raw))
		keys, values = append(keys, key), append(values, jsonText(raw))
	}
	return keys, values
}

// jsonPath is a path: a step into an object begins with a dot, one into an array with a bracket.
type jsonPath struct {
	strict bool
	steps  []string
}

// pathForm is [lax | strict] $.property."property"[element]…, and what stepForm finds in it the steps.
var (
	pathForm = regexp.MustCompile(`^ *(?:(lax|strict) +)?(?:\$(?:\.[\pL\d_$]+|\."[^"]*"|\[\d+\])*)?`)
	stepForm = regexp.MustCompile(`\.[\pL\d_$]+|\."[^"]*"|\[\d+`)
)

// pathOf reads a path, or refuses it (13607).
func pathOf(text string) (p jsonPath, err error) {
	m := pathForm.FindStringSubmatch(text)
	if m[0] != text || !strings.Contains(text, "$") {
		return p, unexpected(13607, text, len(m[0]))
	}
	_, steps, _ := strings.Cut(text, "$")
	for _, step := range stepForm.FindAllString(steps, -1) {
		p.steps = append(p.steps, strings.ReplaceAll(step, `"`, ""))
	}
	p.strict = m[1] == "strict"
	return p, nil
}

// find is the scalar or the fragment at a path: nil for none, or with strict an error: 13608, 13623 for a fragment in the place
// of a scalar, 13624 for the other way round.
func (v jsonText) find(p jsonPath, fragment bool) (any, error) {
	for _, step := range p.steps {
		found := -1
		if inside := map[byte]byte{'.': '{', '[': '['}; v[0] == inside[step[0]] {
			keys, values := v.members()
			if found = slices.Index(keys, step[1:]); found >= 0 {
				v = values[found]
			}
		}
		switch {
		case found < 0 && p.strict:
			return nil, refuse(13608)
		case found < 0:
			return nil, nil
		}
	}
	switch {
	case v.fragment() == fragment:
		return v.value(), nil
	case p.strict:
		return nil, refuse(map[bool]int32{false: 13623, true: 13624}[fragment])
	}
	return nil, nil
}

// jsonFunctions are the builtins over JSON ("JSON functions").
var jsonFunctions = map[string]builtin{
	"ISJSON": {1, 1, []tsql.DataType{textType}, is(typeInt), false, func(_ *calling, args []any) (any, error) {
		_, err := jsonOf(args[0].(string))
		return boolInt(err == nil), nil
	}},
	"JSON_VALUE": {2, 2, []tsql.DataType{textType}, is(textType), false, func(_ *calling, args []any) (any, error) {
		return located(args, false, 4000)
	}},
	"JSON_QUERY": {1, 2, []tsql.DataType{textType}, is(typeNVarChar(-1)), false, func(_ *calling, args []any) (any, error) {
		return located(append(args, "$"), true, -1)
	}},
}

// located is the value of a text at a path. One that is too long is NULL, or 13625 with strict.
func located(args []any, fragment bool, longest int) (any, error) {
	p, err := pathOf(args[1].(string))
	if err != nil {
		return nil, err
	}
	v, err := jsonOf(args[0].(string))
	if err != nil {
		return nil, err
	}
	value, err := v.find(p, fragment)
	if s, ok := value.(string); ok && longest >= 0 && utf16Len(s) > longest {
		return nil, map[bool]error{true: refuse(13625)}[p.strict]
	}
	return value, err
}

// openJSON is OPENJSON ("OPENJSON"): with a schema a row of its columns for the object, or for each element of the array;
// else one for each member.
func (b *binder) openJSON(t *tsql.FunctionTable) func(args []any) (*Relation, error) {
	collation := b.scope.DatabaseCollation()
	r := &Relation{Name: "OPENJSON", Columns: []Column{{Name: "key", Type: textType, ID: 1, Collation: "Latin1_General_BIN2"},
		{Name: "value", Type: typeNVarChar(-1), Nullable: true, ID: 2, Collation: collation}, {Name: "type", Type: typeTinyInt, ID: 3}}}
	reads := []func(string, jsonText) (any, error){
		func(key string, _ jsonText) (any, error) { return key, nil },
		func(_ string, v jsonText) (any, error) { return v.value(), nil },
		func(_ string, v jsonText) (any, error) { return v.kind(), nil },
	}
	if t.With != nil {
		r.Columns, reads = nil, nil
		for i, c := range t.With {
			check(knownType(c.Type))
			column := Column{Name: c.Name, Type: c.Type, Nullable: true, ID: i + 1}
			if kindOf(c.Type) == kindString {
				column.Collation = collation
			}
			r.Columns, reads = append(r.Columns, column), append(reads, jsonColumn(c))
		}
	}
	return func(args []any) (*Relation, error) {
		applied := *r
		applied.Source = &Virtual{Rows: func() ([][]any, error) { return jsonRows(append(args, "$"), t.With != nil, reads) }}
		return &applied, nil
	}
}

// jsonRows are the rows of OPENJSON, none where an argument is NULL.
func jsonRows(args []any, schema bool, reads []func(string, jsonText) (any, error)) (rows [][]any, err error) {
	if args[0] == nil || args[1] == nil {
		return nil, nil
	}
	found, err := located(args, true, -1)
	if found == nil || err != nil {
		return nil, err
	}
	v := jsonText(found.(string))
	keys, values := []string{""}, []jsonText{v}
	if !schema || v[0] == '[' {
		keys, values = v.members()
	}
	for i := range values {
		row := make([]any, len(reads))
		for j, read := range reads {
			if row[j], err = read(keys[i], values[i]); err != nil {
				return nil, err
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// jsonColumn reads a column of the schema of OPENJSON from a row's value.
func jsonColumn(c tsql.JSONColumn) func(string, jsonText) (any, error) {
	p := jsonPath{steps: []string{"." + c.Name}}
	if c.Path != nil {
		p = must(pathOf(*c.Path))
	}
	switch {
	case c.AsJSON && (c.Type.Name != "nvarchar" || c.Type.Length != -1):
		panic(refuse(13618))
	case !c.AsJSON && kindOf(c.Type) == kindBinary: // base 64
		panic(unsupported("OPENJSON " + c.Type.Name))
	}
	return func(_ string, v jsonText) (any, error) {
		value, err := v.find(p, c.AsJSON)
		if err != nil {
			return nil, err
		}
		if s, ok := value.(string); ok && kindOf(c.Type) == kindString && c.Type.Length > 0 && utf16Len(s) > c.Type.Length {
			return nil, map[bool]error{true: refuse(13625), false: unsupported("OPENJSON " + c.Type.Name)}[p.strict]
		}
		return convert(value, typeNVarChar(-1), c.Type, 0)
	}
}
