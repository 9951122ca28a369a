package tsql

func (p *parser) createLogin() Statement {
	p.expect("LOGIN")
	s := &CreateLogin{Name: p.ident()}
	if p.accept("FROM") {
		s.From, s.FromName = p.principalSource("WINDOWS")
		if s.From == "EXTERNAL PROVIDER" && p.is("WITH", "OBJECT_ID") {
			p.unsupported("CREATE LOGIN … WITH OBJECT_ID")
		}
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
	switch {
	case p.is("PASSWORD"):
		o.Password = p.password(alter)
		return
	case alter && p.accept("NO", "CREDENTIAL"):
		o.NoCredential = true
		return
	case !alter && p.accept("SID"):
		p.expect("=")
		o.SID = p.bytes()
		return
	}
	words := []string{"DEFAULT_DATABASE", "DEFAULT_LANGUAGE", "CHECK_POLICY", "CHECK_EXPIRATION", "CREDENTIAL"}
	if alter {
		words = append(words, "NAME")
	}
	word := p.oneOf(words...)
	p.expect("=")
	switch word {
	case "DEFAULT_DATABASE":
		o.DefaultDatabase = p.identPtr()
	case "DEFAULT_LANGUAGE":
		o.DefaultLanguage = p.identPtr()
	case "CHECK_POLICY":
		o.CheckPolicy = p.onOffPtr()
	case "CHECK_EXPIRATION":
		o.CheckExpiration = p.onOffPtr()
	case "CREDENTIAL":
		o.Credential = p.identPtr()
	case "NAME":
		o.Name = p.identPtr()
	}
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
		case p.accept("MUST_CHANGE"):
			w.MustChange = true
		case alter && p.accept("UNLOCK"):
			w.Unlock = true
		case alter && p.accept("OLD_PASSWORD"):
			p.expect("=")
			old := p.stringText()
			w.Old = &old
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
	if p.is("PASSWORD") { // of a contained user: none of the words that a login's may have behind it
		o.Password = &Password{Pos: p.next().Pos}
		p.expect("=")
		o.Password.Text = p.stringText()
		if alter && p.accept("OLD_PASSWORD") {
			p.expect("=")
			old := p.stringText()
			o.Password.Old = &old
		}
		return
	}
	words := []string{"DEFAULT_SCHEMA", "DEFAULT_LANGUAGE", "ALLOW_ENCRYPTED_VALUE_MODIFICATIONS"}
	if alter {
		words = append(words, "NAME", "LOGIN")
	} else {
		words = append(words, "SID")
	}
	word := p.oneOf(words...)
	p.expect("=")
	switch word {
	case "DEFAULT_SCHEMA":
		if o.NoDefaultSchema = p.accept("NULL"); !o.NoDefaultSchema {
			o.DefaultSchema = p.identPtr()
		}
	case "DEFAULT_LANGUAGE":
		o.DefaultLanguage = p.identPtr()
	case "ALLOW_ENCRYPTED_VALUE_MODIFICATIONS":
		o.AllowEncrypted = p.onOffPtr()
	case "NAME":
		o.Name = p.identPtr()
	case "LOGIN":
		o.Login = p.identPtr()
	case "SID":
		o.SID = p.bytes()
	}
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
