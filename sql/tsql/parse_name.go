package tsql

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// ident reads one identifier.
func (p *parser) ident() Ident {
	t := p.tok()
	if !t.isName() {
		p.fail()
	}
	p.at++
	return Ident{Pos: t.Pos, Value: t.text, Quoted: t.kind == tokQuoted}
}

// bare reads an identifier that may not stand in quotes: a collation or a label.
func (p *parser) bare() Ident {
	if p.tok().kind == tokQuoted {
		p.fail()
	}
	return p.ident()
}

// principal reads whom a permission is for. PUBLIC is a reserved word, and here
// it names the role.
func (p *parser) principal() Ident {
	if t := p.tok(); p.accept("PUBLIC") {
		return Ident{Pos: t.Pos, Value: t.text}
	}
	return p.ident()
}

func (p *parser) identPtr() *Ident {
	id := p.ident()
	return &id
}

// idents reads ( ident, … ).
func (p *parser) idents() []Ident {
	var list []Ident
	p.parens(func() { list = append(list, p.ident()) })
	return list
}

// names is idents where only the values matter.
func (p *parser) names() []string {
	var list []string
	p.parens(func() { list = append(list, p.ident().Value) })
	return list
}

// objectName reads a name of at most max parts. All but the last may be empty:
// db..t, .t.
func (p *parser) objectName(max int) ObjectName {
	start := p.tok()
	name, _ := p.dotted(max, false)
	if max > 2 && p.is(".") && p.look(1).isName() {
		p.dotted(maxDepth, false)
		p.failSaying(117, start, p.text[start.Offset:p.tokens[p.at-1].end], strconv.Itoa(max-1))
	}
	return name
}

// moduleName reads the name of an object that is made in the database where one is:
// the grammar has a database before it, which the engine refuses (166), but no part
// that is left out.
func (p *parser) moduleName() ObjectName {
	at := p.at
	name := p.objectName(3)
	if name.Parts == 3 && (name.Database == "" || name.Schema == "") {
		p.at = at
		return p.objectName(2)
	}
	return name
}

// dotted reads a name, and, with star allowed, reports whether .* ends it, in
// which case the name is what stands before it.
func (p *parser) dotted(max int, star bool) (ObjectName, bool) {
	start := p.tok().Pos
	parts := []string{""}
	if !p.is(".") {
		parts[0] = p.ident().Value
	}
	for p.is(".") {
		if star && p.look(1).word == "*" {
			p.at += 2
			return NameOf(start, parts), true
		}
		if len(parts) == max {
			break
		}
		p.at++
		if p.is(".") && len(parts) < max-1 {
			parts = append(parts, "")
			continue
		}
		parts = append(parts, p.ident().Value)
	}
	return NameOf(start, parts), false
}

// NameOf makes a name of the last four of its parts.
func NameOf(pos Pos, parts []string) ObjectName {
	parts = parts[max(0, len(parts)-4):]
	n := ObjectName{Pos: pos, Parts: len(parts)}
	fields := []*string{&n.Server, &n.Database, &n.Schema, &n.Name}
	for i, part := range parts {
		*fields[4-len(parts)+i] = part
	}
	return n
}

// tableName reads the target of DML: a name or a table variable.
func (p *parser) tableName() ObjectName {
	if t := p.tok(); p.isVariable() {
		p.roles[p.at] = &VariableUse{Table: true}
		p.at++
		return ObjectName{Pos: t.Pos, Name: t.text, Parts: 1, Variable: true}
	}
	return p.objectName(4)
}

// isVariable reports whether the current token is @x, not @@x.
func (p *parser) isVariable() bool {
	t := p.tok()
	return t.kind == tokVariable && !strings.HasPrefix(t.text, "@@")
}

// variables are the uses of variables in the text from a token on.
func (p *parser) variables(first int) (list []VariableUse) {
	for i, t := range p.tokens {
		use, special := p.roles[i]
		switch {
		case i < first || t.kind != tokVariable || strings.HasPrefix(t.text, "@@") || special && use == nil:
			continue
		case !special:
			use = &VariableUse{}
		}
		list = append(list, VariableUse{Pos: t.Pos, Name: t.text, Declares: use.Declares, Table: use.Table})
	}
	return list
}

// declared reads the variable that a DECLARE makes.
func (p *parser) declared(table bool) VariableDecl {
	p.roles[p.at] = &VariableUse{Declares: true, Table: table}
	return VariableDecl{Pos: p.tok().Pos, Name: p.variable()}
}

// variable reads @x.
func (p *parser) variable() string {
	if !p.isVariable() {
		p.fail()
	}
	return p.next().text
}

// isString reports whether the current token is a string constant.
func (p *parser) isString() bool {
	k := p.tok().kind
	return k == tokString || k == tokNString
}

// stringText reads a string constant and returns its value.
func (p *parser) stringText() string {
	if !p.isString() {
		p.fail()
	}
	return p.next().text
}

// bytes reads a binary constant.
func (p *parser) bytes() []byte {
	if p.tok().kind != tokBinary {
		p.fail()
	}
	b, _ := hex.DecodeString(p.next().text) // the lexer's digits come in pairs
	return b
}

// onOff reads ON or OFF.
func (p *parser) onOff() bool { return p.oneOf("ON", "OFF") == "ON" }

// integer reads an integer constant, perhaps with a minus sign, as text.
func (p *parser) integer() string {
	sign := ""
	if p.accept("-") {
		sign = "-"
	} else {
		p.accept("+")
	}
	if p.tok().kind != tokInt {
		p.fail()
	}
	return sign + p.next().text
}

// phrase reads the longest of the phrases that comes next. What fits no phrase
// is an error at the first token that fits none.
func (p *parser) phrase(set phrases) (string, Pos) {
	start := p.tok().Pos
	text, ok := p.tryPhrase(set)
	if !ok {
		p.fail()
	}
	return text, start
}

// tryPhrase is phrase where there may be none.
func (p *parser) tryPhrase(set phrases) (string, bool) {
	text := ""
	for p.tok().kind == tokWord {
		longer := p.tok().word
		if text != "" {
			longer = text + " " + longer
		}
		if _, begins := set[longer]; !begins {
			break
		}
		text = longer
		p.at++
	}
	return text, set[text]
}

// phrases is a set of phrases of one or more words, in upper case with single
// spaces: true for a phrase, false for the beginning of one.
type phrases map[string]bool

// phraseSet makes phrases of a text that separates them with semicolons or lines.
func phraseSet(text string) phrases {
	set := phrases{}
	for _, phrase := range strings.Split(strings.ReplaceAll(text, "\n", ";"), ";") {
		words := strings.Fields(phrase)
		for i := range words {
			begin := strings.Join(words[:i+1], " ")
			set[begin] = set[begin] || i+1 == len(words)
		}
	}
	return set
}
