package tsql

import (
	"encoding/hex"
	"strings"
)

// security writes the statements about permissions and the security context;
// false for any other.
func (w *printer) security(s Statement) bool {
	switch s := s.(type) {
	case *Permission:
		w.permission(s)
	case *AlterAuthorization:
		w.put("ALTER AUTHORIZATION ON ", class(s.Class), s.Entity, " TO ")
		if s.SchemaOwner {
			w.put("SCHEMA OWNER")
		} else {
			w.put(s.Principal)
		}
	case *ExecuteAs:
		w.put("EXECUTE AS ", s.Kind)
		w.when(s.Name != nil, " = ", s.Name)
		w.when(s.NoRevert, " WITH NO REVERT")
		w.when(s.Cookie != "", " WITH COOKIE INTO ", s.Cookie)
	case *Revert:
		w.put("REVERT")
		w.when(s.Cookie != nil, " WITH COOKIE = ", s.Cookie)
	default:
		return false
	}
	return true
}

func class(class string) string {
	if class == "" {
		return ""
	}
	return class + "::"
}

func (w *printer) permission(s *Permission) {
	w.put(string(s.Action), " ")
	w.when(s.GrantOptionFor, "GRANT OPTION FOR ")
	if s.All {
		w.put("ALL")
		w.when(s.Columns != nil, " (", s.Columns, ")")
	}
	w.list(len(s.Items), func(i int) {
		w.put(s.Items[i].Name)
		w.when(s.Items[i].Columns != nil, " (", s.Items[i].Columns, ")")
	})
	if s.On != nil {
		w.put(" ON ", class(s.On.Class), s.On.Name)
		w.when(s.On.Columns != nil, " (", s.On.Columns, ")")
	}
	if s.Action == Revoke {
		w.put(" FROM ")
	} else {
		w.put(" TO ")
	}
	w.put(s.Principals)
	w.when(s.GrantOption, " WITH GRANT OPTION")
	w.when(s.Cascade, " CASCADE")
	w.when(s.As != nil, " AS ", s.As)
}

// principal writes the statements about logins, users, roles and schemas; false
// for any other.
func (w *printer) principal(s Statement) bool {
	switch s := s.(type) {
	case *CreateLogin:
		w.put("CREATE LOGIN ", s.Name)
		w.source(" FROM ", s.From, s.FromName)
		w.optionsClause(s.Options.parts())
	case *AlterLogin:
		w.alterLogin(s)
	case *DropLogin:
		w.put("DROP LOGIN ", s.Name)
	case *CreateUser:
		w.put("CREATE USER ", s.Name)
		w.when(s.Login != nil, " FOR LOGIN ", s.Login)
		w.when(s.WithoutLogin, " WITHOUT LOGIN")
		w.source(" FROM ", s.From, s.FromName)
		w.optionsClause(s.Options.parts())
	case *AlterUser:
		w.put("ALTER USER ", s.Name)
		w.optionsClause(s.Options.parts())
	case *DropUser:
		w.put("DROP USER ", ifExists(s.IfExists), s.Name)
	default:
		return w.role(s)
	}
	return true
}

func (w *printer) role(s Statement) bool {
	switch s := s.(type) {
	case *CreateRole:
		w.put(roleKind("CREATE", s.Server), " ", s.Name)
		w.when(s.Authorization != nil, " AUTHORIZATION ", s.Authorization)
	case *AlterRole:
		w.put(roleKind("ALTER", s.Server), " ", s.Name)
		w.when(s.AddMember != nil, " ADD MEMBER ", s.AddMember)
		w.when(s.DropMember != nil, " DROP MEMBER ", s.DropMember)
		w.when(s.NewName != nil, " WITH NAME = ", s.NewName)
	case *DropRole:
		w.put(roleKind("DROP", s.Server), " ", ifExists(s.IfExists), s.Name)
	case *CreateSchema:
		w.put("CREATE SCHEMA")
		w.when(s.Name.Value != "", " ", s.Name)
		w.when(s.Authorization != nil, " AUTHORIZATION ", s.Authorization)
		for _, element := range s.Elements {
			w.put("\n")
			w.statement(element)
		}
	case *AlterSchema:
		w.put("ALTER SCHEMA ", s.Name, " TRANSFER ", class(s.Class), s.Object)
	case *DropSchema:
		w.put("DROP SCHEMA ", ifExists(s.IfExists), s.Name)
	default:
		return false
	}
	return true
}

func ifExists(yes bool) string {
	if yes {
		return "IF EXISTS "
	}
	return ""
}

func (w *printer) source(word, from string, name *Ident) {
	w.when(from != "", word, from)
	w.when(name != nil, " ", name)
}

// optionsClause writes WITH and the options, or nothing.
func (w *printer) optionsClause(options []string) {
	w.when(len(options) > 0, " WITH ", strings.Join(options, ", "))
}

func (w *printer) alterLogin(s *AlterLogin) {
	w.put("ALTER LOGIN ", s.Name)
	w.when(s.Enable, " ENABLE")
	w.when(s.Disable, " DISABLE")
	w.when(s.AddCredential != nil, " ADD CREDENTIAL ", s.AddCredential)
	w.when(s.DropCredential != nil, " DROP CREDENTIAL ", s.DropCredential)
	w.optionsClause(s.Options.parts())
}

func (o LoginOptions) parts() []string {
	var list optionList
	list.password(o.Password)
	list.binary("SID", o.SID)
	list.ident("NAME", o.Name)
	list.ident("DEFAULT_DATABASE", o.DefaultDatabase)
	list.ident("DEFAULT_LANGUAGE", o.DefaultLanguage)
	list.onOff("CHECK_POLICY", o.CheckPolicy)
	list.onOff("CHECK_EXPIRATION", o.CheckExpiration)
	list.ident("CREDENTIAL", o.Credential)
	if o.NoCredential {
		list = append(list, "NO CREDENTIAL")
	}
	return list
}

func (o UserOptions) parts() []string {
	var list optionList
	list.password(o.Password)
	list.binary("SID", o.SID)
	list.ident("NAME", o.Name)
	list.ident("LOGIN", o.Login)
	list.ident("DEFAULT_SCHEMA", o.DefaultSchema)
	if o.NoDefaultSchema {
		list = append(list, "DEFAULT_SCHEMA = NULL")
	}
	list.ident("DEFAULT_LANGUAGE", o.DefaultLanguage)
	list.onOff("ALLOW_ENCRYPTED_VALUE_MODIFICATIONS", o.AllowEncrypted)
	return list
}

// optionList gathers the options that are given.
type optionList []string

func (l *optionList) ident(name string, id *Ident) {
	if id != nil {
		*l = append(*l, name+" = "+Quote(id.Value))
	}
}

func (l *optionList) onOff(name string, on *bool) {
	if on != nil {
		*l = append(*l, name+" = "+onOff(*on))
	}
}

func (l *optionList) binary(name string, b []byte) {
	if b != nil {
		*l = append(*l, name+" = "+binaryText(b))
	}
}

func (l *optionList) password(p *Password) {
	if p == nil {
		return
	}
	text := "PASSWORD = "
	if p.Hash != nil {
		text += binaryText(p.Hash) + " HASHED"
	} else {
		text += QuoteString(p.Text)
	}
	if p.Old != nil {
		text += " OLD_PASSWORD = " + QuoteString(*p.Old)
	}
	if p.MustChange {
		text += " MUST_CHANGE"
	}
	if p.Unlock {
		text += " UNLOCK"
	}
	*l = append(*l, text)
}

func binaryText(b []byte) string { return "0x" + strings.ToUpper(hex.EncodeToString(b)) }

func onOff(on bool) string {
	if on {
		return "ON"
	}
	return "OFF"
}

func roleKind(verb string, server bool) string {
	if server {
		return verb + " SERVER ROLE"
	}
	return verb + " ROLE"
}
