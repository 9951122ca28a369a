package tsql

import (
	_ "embed" // objects.txt
	"strings"
)

// create reads what follows CREATE.
func (p *parser) create() Statement {
	start := p.next()
	if p.inner > 1 && p.is("OR", "ALTER") {
		p.fail()
	}
	orAlter := p.accept("OR", "ALTER")
	if s := p.moduleStatement(start, orAlter); s != nil {
		return s
	}
	if orAlter && !p.is("VIEW") {
		p.fail()
	}
	p.outsideObject("CREATE")
	switch p.tok().word {
	case "VIEW":
		return p.view(start, CreateView{OrAlter: orAlter})
	case "SCHEMA":
		return p.createSchema(start)
	case "TABLE":
		p.at++
		return p.createTable()
	case "UNIQUE", "CLUSTERED", "NONCLUSTERED", "INDEX":
		return fill(p, &CreateIndex{}, "index")
	}
	return p.object("CREATE")
}

// needFirst refuses a statement that is not the first of its batch (111); inside
// another statement the grammar has no place for it (156 at its second word).
func (p *parser) needFirst(start token, what string) {
	if p.inner > 1 {
		p.fail()
	}
	if start.Offset != p.tokens[p.firstToken()].Offset {
		p.failSaying(111, start, what)
	}
}

//go:embed objects.txt
var objectText string

// outsideObjects are the kinds of objects that exist and are outside the subset,
// by the verb before them.
var outsideObjects = readObjects(objectText)

func readObjects(text string) map[string]phrases {
	lists := map[string]string{}
	var verbs []string
	for _, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, " ") {
			verbs = strings.Fields(line)
			continue
		}
		for _, verb := range verbs {
			lists[verb] += ";" + line
		}
	}
	return map[string]phrases{"CREATE": phraseSet(lists["CREATE"]), "ALTER": phraseSet(lists["ALTER"]), "DROP": phraseSet(lists["DROP"])}
}

// outsideObject refuses CREATE, ALTER or DROP of a kind outside the subset, and
// does nothing where none comes.
func (p *parser) outsideObject(verb string) {
	at := p.at
	kind, ok := p.tryPhrase(outsideObjects[verb])
	if ok && (p.tok().isName() || p.isAny(".", "SET", "ON", "FOR", "FROM", "TO", "IF", "ADD", "WITH", "RECONFIGURE") || strings.HasSuffix(kind, " KEY") ||
		outsideObjects[verb][kind[:max(0, strings.LastIndexByte(kind, ' '))]]) {
		p.unsupported(verb + " " + kind)
	}
	p.at = at
}

// object reads a statement from the kind of object after its verb on. It fails where no kind comes.
func (p *parser) object(verb string) Statement {
	p.at--
	if s := p.formed(); s != nil {
		return s
	}
	p.at++
	p.sure = true
	p.tryPhrase(outsideObjects[verb])
	p.fail()
	return nil
}

// alter reads what follows ALTER.
func (p *parser) alter() Statement {
	start := p.next()
	if s := p.moduleStatement(start, false); s != nil {
		return s
	}
	p.outsideObject("ALTER")
	switch p.tok().word {
	case "VIEW":
		return p.view(start, CreateView{Alter: true})
	case "TABLE":
		return p.alterTable()
	case "INDEX":
		p.unsupported("ALTER INDEX")
	}
	return p.object("ALTER")
}

// droppable are the schema-bound kinds of DROP.
var droppable = map[string]string{
	"TABLE": "TABLE", "VIEW": "VIEW", "SYNONYM": "SYNONYM", "PROCEDURE": "PROCEDURE", "PROC": "PROCEDURE",
	"FUNCTION": "FUNCTION", "TRIGGER": "TRIGGER", "SEQUENCE": "SEQUENCE", "TYPE": "TYPE",
}

// drop reads what follows DROP.
func (p *parser) drop() Statement {
	p.expect("DROP")
	word := p.tok().word
	if kind := droppable[word]; kind != "" {
		return p.dropObject(kind)
	}
	p.outsideObject("DROP")
	if word == "INDEX" {
		return p.dropIndex()
	}
	return p.object("DROP")
}

func (p *parser) ifExists() bool {
	if !p.accept("IF") {
		return false
	}
	p.expect("EXISTS")
	return true
}

func (p *parser) dropObject(kind string) Statement {
	p.at++
	s := &DropObject{Kind: kind, IfExists: p.ifExists()}
	p.list(func() { s.Names = append(s.Names, p.objectName(3)) })
	return s
}

func (p *parser) dropIndex() Statement {
	p.expect("INDEX")
	s := &DropIndex{IfExists: p.ifExists()}
	p.list(func() {
		n := p.objectName(3)
		index := DroppedIndex{Pos: n.Pos, Name: Ident{Pos: n.Pos, Value: n.Name}}
		if n.Parts > 1 { // table.index, as it was written once
			index.Table = ObjectName{Pos: n.Pos, Schema: n.Database, Name: n.Schema, Parts: n.Parts - 1}
		} else {
			if !p.accept("ON") {
				p.failWith(159)
			}
			index.Table = p.objectName(3)
		}
		p.storage()
		s.Indexes = append(s.Indexes, index)
	})
	return s
}
