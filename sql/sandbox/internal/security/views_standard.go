package security

// standardViews are the INFORMATION_SCHEMA views and the compatibility views
// that old tools read.
func standardViews() rowsByView {
	return rowsByView{
		"INFORMATION_SCHEMA.SCHEMATA": rowsOf(ofDatabase((*Database).Schemas), schemataRow),
		"INFORMATION_SCHEMA.TABLES":   rowsOf(seen(KindTable, KindView), standardTable),
		"INFORMATION_SCHEMA.VIEWS":    rowsOf(seen(KindView), standardModule),
		"INFORMATION_SCHEMA.COLUMNS":  rowsOf(columnsOf(seen(KindTable, KindView)), standardColumn),
		"sys.sysusers":                rowsOf(ofDatabase((*Database).Principals), sysUser),
		"sys.sysobjects":              rowsOf(seen(), sysObject),
		"sys.syslogins":               rowsOf(ofServer((*Server).Logins), sysLogin),
	}
}

func schemataRow(_ *Checker, d *Database, s *Schema) []any {
	var owner any
	if p := d.Principal(s.Owner); p != nil {
		owner = p.Name
	}
	return []any{d.Name, s.Name, owner}
}

func standardTable(_ *Checker, d *Database, o *Object) []any {
	kind := map[string]string{KindTable: "BASE TABLE", KindView: "VIEW"}[o.Kind]
	return []any{d.Name, d.SchemaName(o.Schema), o.Name, kind}
}

func standardModule(c *Checker, d *Database, o *Object) []any {
	definition := c.definition(d, o)
	if len([]rune(o.Definition)) > 4000 {
		definition = nil
	}
	return []any{d.Name, d.SchemaName(o.Schema), o.Name, definition, map[bool]string{false: "NONE", true: "CASCADE"}[o.CheckOption]}
}

func standardColumn(_ *Checker, d *Database, column columnOf) []any {
	t := typeNamed(column.Type)
	var characters, octets, precision, radix, scale, moment, set, collation any
	switch {
	case t.collated:
		if set = "iso_1"; t.system == 231 || t.system == 239 || t.system == 99 {
			set = "UNICODE"
		}
		collation = orElse(column.Collation, d.collation.Name())
		fallthrough
	case t.name == "varbinary" || t.name == "binary":
		characters, octets = characterLength(t, column.MaxLength), column.MaxLength
	case t.precision > 0 && t.name != "bit" && t.system > 43 && t.system != 58 && t.system != 61:
		precision, radix = column.Precision, 2
		if t.name != "float" && t.name != "real" {
			scale, radix = column.Scale, 10
		}
	case t.precision > 0 && t.name != "bit":
		moment = column.Scale
	}
	return []any{d.Name, d.SchemaName(column.object.Schema), column.object.Name, column.Name, column.position, orNull(column.Default), map[bool]string{false: "NO", true: "YES"}[column.Nullable], t.name, characters, octets, precision, radix, scale, moment, set, collation}
}

// characterLength is a length in characters: half the bytes of a Unicode type.
func characterLength(t systemType, bytes int) int {
	if bytes > 0 && (t.system == 231 || t.system == 239) {
		return bytes / 2
	}
	return bytes
}

func sysUser(c *Checker, d *Database, p *Principal) []any {
	if !c.SeesPrincipal(d.ID, p) {
		return nil
	}
	role, login := bit(p.IsRole()), bit(!p.IsRole())
	return []any{p.ID, 0, p.Name, bytesOrNull(p.SID), p.Created, p.Modified, idOrNull(p.Owner), role * p.ID, login, login,
		bit(p.Kind == KindWindows || p.Kind == KindGroup), bit(p.Kind == KindGroup), bit(p.Kind == KindWindows), bit(p.Kind == KindSQL), role, bit(p.Kind == KindAppRole)}
}

func sysObject(c *Checker, d *Database, o *Object) []any {
	row := objectRow(c, d, o)
	return []any{row[0], row[1], row[5], row[3], row[4], row[7], row[5], row[7]}
}

func sysLogin(c *Checker, _ *Database, p *ServerPrincipal) []any {
	if p.IsRole() || !c.SeesLogin(p) {
		return nil
	}
	in := func(role int) int { return bit(c.s.members.has(role, p.ID)) }
	return []any{p.SID, p.Created, p.Modified, p.Created, p.Name, orNull(p.DefaultDatabase), orNull(p.DefaultLanguage), bit(p.Disabled), bit(!p.Disabled),
		bit(p.Kind != KindSQL), bit(p.Kind == KindGroup), bit(p.Kind == KindWindows), in(3), in(4), in(5), in(6), in(7), in(8), in(9), in(10), p.Name}
}
