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
	case "DATABASE":
		return p.createDatabase()
	case "LOGIN":
		return p.createLogin()
	case "USER":
		return p.createUser()
	case "ROLE":
		return p.createRole(false)
	case "SCHEMA":
		return p.createSchema(start)
	case "TABLE":
		p.at++
		return p.createTable()
	case "SYNONYM":
		p.at++
		s := &CreateSynonym{Name: p.moduleName()}
		p.expect("FOR")
		s.For = p.objectName(4)
		return s
	case "UNIQUE", "CLUSTERED", "NONCLUSTERED", "INDEX":
		return p.createIndex()
	}
	if p.accept("SERVER", "ROLE") {
		p.at--
		return p.createRole(true)
	}
	return p.unknownObject("CREATE")
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

// unknownObject fails where no kind of object comes.
func (p *parser) unknownObject(verb string) Statement {
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
	case "DATABASE":
		return p.alterDatabase()
	case "LOGIN":
		return p.alterLogin()
	case "USER":
		return p.alterUser()
	case "ROLE":
		return p.alterRole(false)
	case "SCHEMA":
		return p.alterSchema()
	case "TABLE":
		return p.alterTable()
	case "AUTHORIZATION":
		return p.alterAuthorization()
	case "INDEX":
		p.unsupported("ALTER INDEX")
	}
	if p.accept("SERVER", "ROLE") {
		p.at--
		return p.alterRole(true)
	}
	return p.unknownObject("ALTER")
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
	switch word {
	case "DATABASE":
		return p.dropDatabase()
	case "LOGIN":
		p.at++
		return &DropLogin{Name: p.ident()}
	case "USER":
		p.at++
		return &DropUser{IfExists: p.ifExists(), Name: p.ident()}
	case "ROLE":
		p.at++
		return &DropRole{IfExists: p.ifExists(), Name: p.ident()}
	case "SCHEMA":
		p.at++
		return &DropSchema{IfExists: p.ifExists(), Name: p.ident()}
	case "INDEX":
		return p.dropIndex()
	}
	if p.accept("SERVER", "ROLE") {
		return &DropRole{Server: true, Name: p.ident()}
	}
	return p.unknownObject("DROP")
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

func (p *parser) dropDatabase() Statement {
	p.expect("DATABASE")
	s := &DropDatabase{IfExists: p.ifExists()}
	p.list(func() { s.Names = append(s.Names, p.ident()) })
	return s
}
