package tsql

func (p *parser) createLogin() Statement {
	p.expect("LOGIN")
	s := &CreateLogin{Name: p.ident()}
	if p.accept("FROM") {
		s.From, s.FromName = p.principalSource("WINDOWS")
		if s.From != "WINDOWS" || !p.is("WITH") {
			return s
		}
	}
	p.expect("WITH")
	if s.From == "" && !p.is("PASSWORD") {
		p.fail()
	}
	p.list(func() {
		if s.From != "" && !p.isAny("DEFAULT_DATABASE", "DEFAULT_LANGUAGE") {
			p.fail()
		}
		p.loginOption(&s.Options, false)
	})
	return s
}

// principalSource reads what a principal comes FROM: EXTERNAL PROVIDER, a
// certificate, a key, or the word also.
func (p *parser) principalSource(also string) (from string, name *Ident) {
	switch {
	case also != "" && p.accept(also):
		return also, nil
	case p.accept("EXTERNAL", "PROVIDER"):
		return "EXTERNAL PROVIDER", nil
	case p.accept("CERTIFICATE"):
		return "CERTIFICATE", p.identPtr()
	}
	p.expect("ASYMMETRIC", "KEY")
	return "ASYMMETRIC KEY", p.identPtr()
}

func (p *parser) alterLogin() Statement {
	p.expect("LOGIN")
	s := &AlterLogin{Name: p.ident()}
	switch {
	case p.accept("ENABLE"):
		s.Enable = true
	case p.accept("DISABLE"):
		s.Disable = true
	case p.accept("ADD", "CREDENTIAL"):
		s.AddCredential = p.identPtr()
	case p.accept("DROP", "CREDENTIAL"):
		s.DropCredential = p.identPtr()
	default:
		p.expect("WITH")
		p.list(func() { p.loginOption(&s.Options, true) })
	}
	return s
}

// loginOption reads one option of CREATE or ALTER LOGIN.
func (p *parser) loginOption(o *LoginOptions, alter bool) {
	options := map[string]func(){
		"DEFAULT_DATABASE": func() { o.DefaultDatabase = p.identPtr() },
		"DEFAULT_LANGUAGE": func() { o.DefaultLanguage = p.identPtr() },
		"CHECK_POLICY":     func() { o.CheckPolicy = p.onOffPtr() },
		"CHECK_EXPIRATION": func() { o.CheckExpiration = p.onOffPtr() },
		"CREDENTIAL":       func() { o.Credential = p.identPtr() },
	}
	if alter {
		options["NAME"] = func() { o.Name = p.identPtr() }
	} else {
		options["SID"] = func() { o.SID = p.bytes() }
	}
	switch {
	case p.is("PASSWORD"):
		o.Password = p.password(alter)
	case alter && p.accept("NO", "CREDENTIAL"):
		o.NoCredential = true
	default:
		p.option(options)
	}
}

// option reads one of options: its name, = and what is read by it.
func (p *parser) option(options map[string]func()) {
	read := options[p.tok().word]
	if read == nil {
		p.fail()
	}
	p.at++
	p.expect("=")
	read()
}

func (p *parser) onOffPtr() *bool {
	on := p.onOff()
	return &on
}

// password reads PASSWORD = … with the words after it, which need no comma.
func (p *parser) password(alter bool) *Password {
	w := &Password{Pos: p.next().Pos}
	p.expect("=")
	if p.tok().kind == tokBinary {
		w.Hash = p.bytes()
		p.expect("HASHED")
	} else {
		w.Text = p.stringText()
	}
	for {
		switch {
		case !w.MustChange && p.accept("MUST_CHANGE"):
			w.MustChange = true
		case alter && !w.Unlock && p.accept("UNLOCK"):
			w.Unlock = true
		case alter && p.accept("OLD_PASSWORD"):
			w.Old = p.oldPassword()
		default:
			return w
		}
	}
}

func (p *parser) createUser() Statement {
	p.expect("USER")
	s := &CreateUser{Name: p.ident()}
	switch {
	case p.accept("WITHOUT"):
		p.expect("LOGIN")
		s.WithoutLogin = true
	case p.accept("FOR") || p.accept("FROM"):
		if p.accept("LOGIN") {
			s.Login = p.identPtr()
		} else {
			s.From, s.FromName = p.principalSource("")
		}
	}
	if p.accept("WITH") {
		p.list(func() { p.userOption(&s.Options, false) })
	}
	return s
}

func (p *parser) alterUser() Statement {
	p.expect("USER")
	s := &AlterUser{Name: p.ident()}
	p.expect("WITH")
	p.list(func() { p.userOption(&s.Options, true) })
	return s
}

// userOption reads one option of CREATE or ALTER USER.
func (p *parser) userOption(o *UserOptions, alter bool) {
	options := map[string]func(){
		"PASSWORD": func() { o.Password = p.userPassword(alter) },
		"DEFAULT_SCHEMA": func() {
			if o.NoDefaultSchema = p.accept("NULL"); !o.NoDefaultSchema {
				o.DefaultSchema = p.identPtr()
			}
		},
		"DEFAULT_LANGUAGE":                    func() { o.DefaultLanguage = p.language() },
		"ALLOW_ENCRYPTED_VALUE_MODIFICATIONS": func() { o.AllowEncrypted = p.onOffPtr() },
	}
	if alter {
		options["NAME"] = func() { o.Name = p.identPtr() }
		options["LOGIN"] = func() { o.Login = p.identPtr() }
	} else {
		options["SID"] = func() { o.SID = p.bytes() }
	}
	p.option(options)
}

// userPassword reads the password of a contained user: none of the words that a login's may have behind it.
func (p *parser) userPassword(alter bool) *Password {
	w := &Password{Pos: p.tokens[p.at-2].Pos, Text: p.stringText()}
	if alter && p.accept("OLD_PASSWORD") {
		w.Old = p.oldPassword()
	}
	return w
}

func (p *parser) oldPassword() *string {
	p.expect("=")
	old := p.stringText()
	return &old
}

// language reads the name of a language or the number of a locale.
func (p *parser) language() *Ident {
	if t := p.tok(); t.kind == tokInt {
		p.at++
		return &Ident{Pos: t.Pos, Value: t.text}
	}
	return p.identPtr()
}

func (p *parser) createRole(server bool) Statement {
	p.expect("ROLE")
	s := &CreateRole{Server: server, Name: p.ident()}
	if p.accept("AUTHORIZATION") {
		s.Authorization = p.identPtr()
	}
	return s
}

func (p *parser) alterRole(server bool) Statement {
	p.expect("ROLE")
	s := &AlterRole{Server: server, Name: p.ident()}
	switch {
	case p.accept("ADD"):
		p.expect("MEMBER")
		s.AddMember = p.identPtr()
	case p.accept("DROP"):
		p.expect("MEMBER")
		s.DropMember = p.identPtr()
	default:
		p.expect("WITH", "NAME", "=")
		s.NewName = p.identPtr()
	}
	return s
}

// createSchema reads CREATE SCHEMA with the statements it carries.
func (p *parser) createSchema(start token) Statement {
	p.needFirst(start, "CREATE SCHEMA")
	p.expect("SCHEMA")
	s := &CreateSchema{}
	if !p.is("AUTHORIZATION") {
		s.Name = p.ident()
	}
	if p.accept("AUTHORIZATION") {
		s.Authorization = p.identPtr()
	}
	for p.is("CREATE", "TABLE") || p.is("CREATE", "VIEW") || p.isAny("GRANT", "DENY", "REVOKE") {
		s.Elements = append(s.Elements, p.element())
	}
	return s
}

// element reads a statement inside CREATE SCHEMA.
func (p *parser) element() Statement {
	start := p.tok()
	var s Statement
	switch {
	case p.accept("CREATE", "TABLE"):
		s = p.createTable()
	case p.accept("CREATE"):
		s = p.viewBody(CreateView{})
	default:
		s = p.permission()
	}
	s.setSpan(p.span(start.Pos))
	return s
}

func (p *parser) alterSchema() Statement {
	p.expect("SCHEMA")
	s := &AlterSchema{Name: p.ident()}
	p.expect("TRANSFER")
	s.Class = p.class()
	switch s.Class {
	case "", "OBJECT", "TYPE", "XML SCHEMA COLLECTION":
	default:
		p.fail()
	}
	s.Object = p.objectName(2)
	return s
}
