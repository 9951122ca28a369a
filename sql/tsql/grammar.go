package tsql

import (
	_ "embed" // grammar.txt
	"reflect"
	"strings"
)

//go:embed grammar.txt
var grammarText string

// forms are those of grammar.txt by the name above them.
var forms = readForms(grammarText)

// part is one part of a form.
type part struct {
	words    []string // what must come
	field    string   // what is set, empty for nothing
	read     string   // the reader or the form that sets it, empty for what its type says
	outside  string   // what this is that the subset leaves out
	choices  [][]part // of brackets and braces
	optional bool     // brackets
	repeated bool
}

func readForms(text string) map[string][][]part {
	list := map[string][][]part{}
	name := ""
	for line := range strings.Lines(strings.ReplaceAll(text, "\n    ", " ")) {
		switch words := strings.Fields(line); {
		case len(words) == 0 || words[0] == "#":
		case line[0] != ' ':
			name = words[0]
		default:
			form, _ := readParts(words)
			list[name] = append(list[name], form...)
		}
	}
	return list
}

// readParts reads what stands between two brackets; rest begins with the closing one.
func readParts(words []string) (choices [][]part, rest []string) {
	var parts []part
	for ; len(words) > 0 && words[0][0] != ']' && words[0][0] != '}'; words = words[1:] {
		word := strings.TrimSuffix(words[0], "...")
		x := part{repeated: word != words[0]}
		switch {
		case word == "|":
			choices, parts = append(choices, parts), nil
			continue
		case word == "[" || word == "{":
			x.optional = word == "["
			x.choices, words = readParts(words[1:])
			x.repeated = len(words[0]) > 1
		case word[0] == '!':
			x.outside = strings.ReplaceAll(word[1:], "_", " ")
		case strings.Contains(word, ":") || strings.ToUpper(word) != word:
			x.field, x.read, _ = strings.Cut(word, ":")
		default:
			x.words = strings.Split(word, "+")
		}
		parts = append(parts, x)
	}
	return append(choices, parts), words
}

// formed reads a statement of the types that grammar.txt names; nil when none comes.
func (p *parser) formed() Statement {
	for _, kind := range formedTypes[p.tok().word] {
		for _, form := range forms[kind.Name()] {
			if p.begins(form) {
				s := reflect.New(kind)
				p.parts(s.Elem(), form)
				return s.Interface().(Statement)
			}
		}
	}
	return nil
}

// formedTypes are the types that grammar.txt names by the first word of their statements.
var formedTypes = byFirstWord(Use{}, Truncate{}, PrintStatement{}, Goto{}, WaitFor{}, RaisError{}, Commit{}, Rollback{},
	SaveTransaction{}, SetIsolation{}, SetIdentityInsert{}, Kill{}, Checkpoint{}, Reconfigure{}, CheckIdent{}, Revert{},
	CreateDatabase{}, AlterDatabase{}, DropDatabase{}, CreateSynonym{}, CreateRole{}, AlterRole{}, DropRole{}, AlterSchema{},
	DropSchema{}, AlterAuthorization{}, CreateLogin{}, AlterLogin{}, DropLogin{}, CreateUser{}, AlterUser{}, DropUser{})

func byFirstWord(types ...any) map[string][]reflect.Type {
	list := map[string][]reflect.Type{}
	for _, value := range types {
		kind := reflect.TypeOf(value)
		word := forms[kind.Name()][0][0].words[0]
		list[word] = append(list[word], kind)
	}
	return list
}

// fill reads the parts of a name into the struct that into points at, and returns it.
func fill[T any](p *parser, into *T, name string) *T {
	p.choose(reflect.ValueOf(into).Elem(), part{choices: forms[name]})
	return into
}

// begins reports whether the words come that parts begin with.
func (p *parser) begins(parts []part) bool {
	choices := parts[0].choices
	if parts[0].read != "" {
		choices = forms[parts[0].read]
	}
	for _, choice := range choices {
		if p.begins(choice) {
			return true
		}
	}
	return parts[0].words != nil && p.is(parts[0].words...)
}

// choose reads the choice of x that comes.
func (p *parser) choose(v reflect.Value, x part) {
	for i, parts := range x.choices {
		if p.begins(parts) || !x.optional && i == len(x.choices)-1 {
			p.parts(v, parts)
			return
		}
	}
}

// parts reads parts into the struct v.
func (p *parser) parts(v reflect.Value, parts []part) {
	before, start := p.at, p.at
	for _, x := range parts {
		for again := true; again; again = x.repeated && p.accept(",") {
			before, start = start, p.at
			switch {
			case x.outside != "":
				p.unsupported(x.outside)
			case x.choices != nil:
				p.choose(v, x)
			case x.words != nil:
				p.expect(x.words...)
			case x.field == "" && forms[x.read] != nil:
				p.choose(v, part{choices: forms[x.read]})
			case x.field == "":
				readers[x.read](p)
			default:
				p.setField(v.FieldByName(x.field), x.read, before)
			}
		}
	}
}

// setField reads a field by the reader or the form of a name. The words before it begin
// with the token said.
func (p *parser) setField(field reflect.Value, read string, said int) {
	kind := field.Type()
	one := kind
	if kind.Kind() == reflect.Slice || kind.Kind() == reflect.Pointer {
		one = kind.Elem()
	}
	var value reflect.Value
	switch choices, ok := forms[read]; {
	case ok && one == kind:
		p.choose(field, part{choices: choices})
		return
	case ok:
		value = reflect.New(one).Elem()
		if pos := value.FieldByName("Pos"); pos.IsValid() {
			pos.Set(reflect.ValueOf(p.tok().Pos))
		}
		p.choose(value, part{choices: choices})
	case read != "":
		value = reflect.ValueOf(readers[read](p))
	case one.Kind() == reflect.Bool:
		value = reflect.ValueOf(true)
	case one.Kind() == reflect.String:
		value = reflect.ValueOf(strings.Join(p.words(said, p.at), " "))
	default:
		value = reflect.ValueOf(readers[one.Name()](p))
	}
	switch {
	case !value.IsValid():
	case value.Type().AssignableTo(kind):
		field.Set(value)
	case kind.Kind() == reflect.Pointer:
		field.Set(reflect.New(one))
		field.Elem().Set(value)
	default:
		field.Set(reflect.Append(field, value))
	}
}

// readers are what grammar.txt names after a colon, and what reads a type of the tree where it names nothing.
var readers map[string]func(*parser) any

func init() {
	readers = map[string]func(*parser) any{
		"Ident":      reader((*parser).ident),
		"ObjectName": func(p *parser) any { return p.objectName(3) },
		"Expr":       reader((*parser).constant),

		"name2":         func(p *parser) any { return p.objectName(2) },
		"name4":         func(p *parser) any { return p.objectName(4) },
		"module":        reader((*parser).moduleName),
		"table":         reader((*parser).tableName),
		"bare":          reader((*parser).bare),
		"collation":     func(p *parser) any { return p.bare().Value },
		"idents":        reader((*parser).idents),
		"variable":      reader((*parser).variable),
		"literal":       reader((*parser).stringText),
		"bytes":         reader((*parser).bytes),
		"onOff":         reader((*parser).onOff),
		"language":      reader((*parser).language),
		"class":         reader((*parser).class),
		"transferable":  reader((*parser).transferable),
		"name":          func(p *parser) any { return p.ident().Value },
		"number":        reader((*parser).number),
		"integer":       reader((*parser).integer),
		"castType":      func(p *parser) any { return p.dataType(castLength) },
		"into":          reader((*parser).into),
		"topCount":      reader((*parser).topCount),
		"subquery":      reader((*parser).subquery),
		"selectItem":    reader((*parser).selectItem),
		"selectItems":   reader((*parser).selectItems),
		"expr":          reader((*parser).expr),
		"condition":     reader((*parser).condition),
		"scalar":        func(p *parser) any { return p.scalarOnly(p.expr) },
		"text":          reader((*parser).textOrVariable),
		"quoted":        reader((*parser).quotedTable),
		"transaction":   reader((*parser).transactionName),
		"savepoint":     reader((*parser).savepoint),
		"session":       reader((*parser).killed),
		"seconds":       func(p *parser) any { return p.tok().kind == tokInt && p.next().kind == tokInt },
		"isolation":     func(p *parser) any { level, _ := p.phrase(isolationLevels); return level },
		"hints":         reader((*parser).withHints),
		"insertColumns": reader((*parser).insertColumns),
		"assignment":    reader((*parser).assignment),
		"tables":        reader((*parser).tableRefs),
		"options":       reader((*parser).options),
		"innerQuery":    reader((*parser).innerQuery),
		"storage":       func(p *parser) any { p.storage(); return nil },

		"databaseOption": reader((*parser).databaseOption),
		"termination":    reader((*parser).termination),
		"newPassword":    func(p *parser) any { return p.password(false) },
		"password":       func(p *parser) any { return p.password(true) },
	}
}

// reader makes one of [readers] of a method.
func reader[T any](read func(*parser) T) func(*parser) any {
	return func(p *parser) any { return read(p) }
}
