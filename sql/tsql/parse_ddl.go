package tsql

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
	if p.insideDatabase() {
		return p.outsideObject("CREATE")
	}
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
		s := &CreateSynonym{Name: p.objectName(3)}
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
	return p.outsideObject("CREATE")
}

// modules are the objects whose definition reaches to the end of the batch.
var modules = map[string]string{"PROCEDURE": "PROCEDURE", "PROC": "PROCEDURE", "FUNCTION": "FUNCTION", "TRIGGER": "TRIGGER"}

// moduleStatement reads CREATE or ALTER of a module, which must be the first
// statement of its batch (111); nil when there is none.
func (p *parser) moduleStatement(start token, orAlter bool) Statement {
	kind := modules[p.tok().word]
	if kind == "" {
		return nil
	}
	what := start.word + " " + kind
	if orAlter {
		what = "CREATE OR ALTER " + kind
	}
	message := what
	if kind == "PROCEDURE" {
		message = "CREATE/ALTER PROCEDURE"
	}
	p.needFirst(start, message)
	return p.module(start, what)
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

// outsideObjects are the kinds of objects that exist and are outside the
// subset.
var outsideObjects = phraseSet(`AGGREGATE;APPLICATION ROLE;ASSEMBLY;ASYMMETRIC KEY;AVAILABILITY GROUP;BROKER PRIORITY;
CERTIFICATE;COLUMN ENCRYPTION KEY;COLUMN MASTER KEY;COLUMNSTORE INDEX;CONTRACT;CREDENTIAL;CRYPTOGRAPHIC PROVIDER;
DATABASE AUDIT SPECIFICATION;DATABASE ENCRYPTION KEY;DATABASE SCOPED CONFIGURATION;DATABASE SCOPED CREDENTIAL;DEFAULT;ENDPOINT;EVENT NOTIFICATION;EVENT SESSION;
EXTERNAL DATA SOURCE;EXTERNAL FILE FORMAT;EXTERNAL LANGUAGE;EXTERNAL LIBRARY;EXTERNAL RESOURCE POOL;EXTERNAL TABLE;
FULLTEXT CATALOG;FULLTEXT INDEX;FULLTEXT STOPLIST;MASTER KEY;MESSAGE TYPE;PARTITION FUNCTION;PARTITION SCHEME;
PRIMARY XML INDEX;QUEUE;REMOTE SERVICE BINDING;RESOURCE GOVERNOR;RESOURCE POOL;ROUTE;RULE;SEARCH PROPERTY LIST;SECURITY POLICY;SELECTIVE XML INDEX;
SEQUENCE;SERVER AUDIT;SERVER AUDIT SPECIFICATION;SERVER CONFIGURATION;SERVICE;SERVICE MASTER KEY;SIGNATURE;SPATIAL INDEX;STATISTICS;SYMMETRIC KEY;
TYPE;WORKLOAD GROUP;XML INDEX;XML SCHEMA COLLECTION`)

// outsideObject refuses CREATE, ALTER or DROP of a kind outside the subset.
func (p *parser) outsideObject(verb string) Statement {
	kind, _ := p.phrase(outsideObjects)
	p.unsupported(verb + " " + kind)
	return nil
}

// insideDatabase reports whether DATABASE begins the name of a kind outside the
// subset, such as DATABASE AUDIT SPECIFICATION, rather than naming a database.
func (p *parser) insideDatabase() bool {
	return p.is("DATABASE", "AUDIT", "SPECIFICATION") || p.is("DATABASE", "ENCRYPTION", "KEY") ||
		p.is("DATABASE", "SCOPED", "CREDENTIAL") || p.is("DATABASE", "SCOPED", "CONFIGURATION")
}

// alter reads what follows ALTER.
func (p *parser) alter() Statement {
	start := p.next()
	if s := p.moduleStatement(start, false); s != nil {
		return s
	}
	if p.insideDatabase() {
		return p.outsideObject("ALTER")
	}
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
	return p.outsideObject("ALTER")
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
	if p.insideDatabase() {
		return p.outsideObject("DROP")
	}
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
	return p.outsideObject("DROP")
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
	if kind == "TRIGGER" && p.is("ON") {
		p.unsupported("DROP TRIGGER … ON")
	}
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
			p.expect("ON")
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
