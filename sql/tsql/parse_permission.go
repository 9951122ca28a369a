package tsql

import _ "embed" // permissions.txt

//go:embed permissions.txt
var permissionText string

// permissionNames are the permissions that GRANT, DENY and REVOKE may name in
// SQL Server 2022 ("Permissions (Database Engine)"). A name that is none of
// them is error 102; whether one belongs to a class of securables is for others
// to say.
var permissionNames = phraseSet(permissionText)

// permission reads GRANT, DENY or REVOKE ("GRANT", "DENY", "REVOKE
// (Transact-SQL)").
func (p *parser) permission() Statement {
	s := &Permission{Action: Action(p.next().word)}
	s.GrantOptionFor = s.Action == Revoke && p.accept("GRANT", "OPTION", "FOR")
	if p.accept("ALL") {
		s.All = true
		p.accept("PRIVILEGES")
		if p.is("(") {
			s.Columns = p.idents()
		}
	} else {
		p.list(func() { s.Items = append(s.Items, p.permissionItem()) })
	}
	if p.accept("ON") {
		s.On = fill(p, &Securable{Pos: p.tok().Pos}, "securable")
	}
	p.checkColumns(s)
	p.direction(s.Action)
	p.list(func() { s.Principals = append(s.Principals, p.principal()) })
	p.permissionEnd(s)
	return s
}

// direction reads TO, or, for REVOKE, TO or FROM. FROM elsewhere is error 102,
// though the word is reserved (reference B.4).
func (p *parser) direction(a Action) {
	switch {
	case p.is("FROM") && a != Revoke:
		p.failWith(102)
	case !p.accept("FROM"):
		p.expect("TO")
	}
}

func (p *parser) permissionEnd(s *Permission) {
	switch {
	case s.Action == Grant && p.is("WITH", "GRANT"):
		p.at++
		p.expect("GRANT", "OPTION")
		s.GrantOption = true
	case s.Action != Grant:
		s.Cascade = p.accept("CASCADE")
	}
	if p.accept("AS") {
		s.As = p.identPtr()
	}
}

func (p *parser) permissionItem() PermissionItem {
	name, pos := p.phrase(permissionNames)
	if name == "EXEC" {
		name = "EXECUTE"
	}
	item := PermissionItem{Pos: pos, Name: name}
	if p.is("(") {
		item.Columns = p.idents()
	}
	return item
}

// class reads class::, or nothing.
func (p *parser) class() string {
	words := 0
	for p.look(words).kind == tokWord {
		words++
	}
	if words == 0 || p.look(words).word != "::" {
		return ""
	}
	class, _ := p.phrase(classWords)
	p.expect("::")
	return class
}

// columnPermissions are those that can be given for columns.
var columnPermissions = wordSet("SELECT UPDATE REFERENCES UNMASK")

// checkColumns refuses column lists in two places (1019) and where the
// permission or the securable has no columns (1020).
func (p *parser) checkColumns(s *Permission) {
	after := len(s.Columns) > 0
	entity := false
	for _, item := range s.Items {
		after = after || len(item.Columns) > 0
		entity = entity || len(item.Columns) > 0 && !columnPermissions[item.Name]
	}
	onObject := s.On != nil && (s.On.Class == "" || s.On.Class == "OBJECT")
	onList := s.On != nil && len(s.On.Columns) > 0
	for _, item := range s.Items {
		entity = entity || onList && !columnPermissions[item.Name]
	}
	switch {
	case after && onList:
		p.failWith(1019)
	case entity || (after || onList) && !onObject:
		p.failWith(1020)
	}
}

// classWords are what may stand before :: ("sys.securable_classes").
var classWords = phraseSet(`APPLICATION ROLE;ASSEMBLY;ASYMMETRIC KEY;AVAILABILITY GROUP;CERTIFICATE;CONTRACT;DATABASE;
DATABASE SCOPED CREDENTIAL;ENDPOINT;EXTERNAL LANGUAGE;FULLTEXT CATALOG;FULLTEXT STOPLIST;LOGIN;MESSAGE TYPE;OBJECT;
REMOTE SERVICE BINDING;ROLE;ROUTE;SCHEMA;SEARCH PROPERTY LIST;SERVER;SERVER ROLE;SERVICE;SYMMETRIC KEY;TYPE;USER;
XML SCHEMA COLLECTION`)
