package security

// standardViews are the INFORMATION_SCHEMA views and the compatibility views
// that old tools read.
func standardViews() []CatalogView {
	return []CatalogView{
		{Schema: "INFORMATION_SCHEMA", Name: "SCHEMATA", Rows: rowsOf(ofDatabase((*Database).Schemas), schemataRow), Columns: ColumnsOf("CATALOG_NAME nvarchar(128)?, SCHEMA_NAME nvarchar(128), SCHEMA_OWNER nvarchar(128)?, DEFAULT_CHARACTER_SET_CATALOG nvarchar(6)?=NULL, DEFAULT_CHARACTER_SET_SCHEMA nvarchar(3)?=NULL, DEFAULT_CHARACTER_SET_NAME nvarchar(128)?=iso_1")},
		{Schema: "INFORMATION_SCHEMA", Name: "TABLES", Rows: rowsOf(seen(KindTable, KindView), standardTable), Columns: ColumnsOf("TABLE_CATALOG nvarchar(128)?, TABLE_SCHEMA nvarchar(128)?, TABLE_NAME nvarchar(128), TABLE_TYPE varchar(10)?")},
		{Schema: "INFORMATION_SCHEMA", Name: "VIEWS", Rows: rowsOf(seen(KindView), standardModule), Columns: ColumnsOf("TABLE_CATALOG nvarchar(128)?, TABLE_SCHEMA nvarchar(128)?, TABLE_NAME nvarchar(128), VIEW_DEFINITION nvarchar(4000)?, CHECK_OPTION varchar(7)?, IS_UPDATABLE varchar(2)=NO")},
		{Schema: "INFORMATION_SCHEMA", Name: "COLUMNS", Rows: rowsOf(columnsOf(seen(KindTable, KindView)), standardColumn), Columns: ColumnsOf("TABLE_CATALOG nvarchar(128)?, TABLE_SCHEMA nvarchar(128)?, TABLE_NAME nvarchar(128), COLUMN_NAME nvarchar(128)?, ORDINAL_POSITION int?, COLUMN_DEFAULT nvarchar(4000)?, IS_NULLABLE varchar(3)?, DATA_TYPE nvarchar(128)?, CHARACTER_MAXIMUM_LENGTH int?, CHARACTER_OCTET_LENGTH int?, NUMERIC_PRECISION tinyint?, NUMERIC_PRECISION_RADIX smallint?, NUMERIC_SCALE int?, DATETIME_PRECISION smallint?, CHARACTER_SET_CATALOG nvarchar(128)?=NULL, CHARACTER_SET_SCHEMA nvarchar(128)?=NULL, CHARACTER_SET_NAME nvarchar(128)?, COLLATION_CATALOG nvarchar(128)?=NULL, COLLATION_SCHEMA nvarchar(128)?=NULL, COLLATION_NAME nvarchar(128)?, DOMAIN_CATALOG nvarchar(128)?=NULL, DOMAIN_SCHEMA nvarchar(128)?=NULL, DOMAIN_NAME nvarchar(128)?=NULL")},
		{Schema: "sys", Name: "sysusers", Rows: rowsOf(ofDatabase((*Database).Principals), sysUser), Columns: ColumnsOf("uid smallint?, status smallint?, name nvarchar(128), sid varbinary(85)?, roles varbinary(2048)?=NULL, createdate datetime, updatedate datetime, altuid smallint?, password varbinary(256)?=NULL, gid smallint?, environ varchar(255)?=NULL, hasdbaccess int?, islogin int?, isntname int?, isntgroup int?, isntuser int?, issqluser int?, isaliased int?=0, issqlrole int?, isapprole int?")},
		{Schema: "sys", Name: "sysobjects", Rows: rowsOf(seen(), sysObject), Columns: ColumnsOf("name nvarchar(128), id int, xtype char(2), uid smallint?, info smallint?=0, status int?=0, base_schema_ver int?=0, replinfo int?=0, parent_obj int, crdate datetime, ftcatid smallint?=0, schema_ver int?=0, stats_schema_ver int?=0, type char(2)?, userstat smallint?=0, sysstat smallint?=0, indexdel smallint?=0, refdate datetime, version int?=0, deltrig int?=0, instrig int?=0, updtrig int?=0, seltrig int?=0, category int?=0, cache smallint?=0")},
		{Schema: "sys", Name: "syslogins", Rows: rowsOf(ofServer((*Server).Logins), sysLogin), Columns: ColumnsOf("sid varbinary(85)?, status smallint?=9, createdate datetime, updatedate datetime, accdate datetime, totcpu int?=0, totio int?=0, spacelimit int?=0, timelimit int?=0, resultlimit int?=0, name nvarchar(128), dbname nvarchar(128)?, password nvarchar(128)?=NULL, language nvarchar(128)?, denylogin int?, hasaccess int?, isntname int?, isntgroup int?, isntuser int?, sysadmin int?, securityadmin int?, serveradmin int?, setupadmin int?, processadmin int?, diskadmin int?, dbcreator int?, bulkadmin int?, loginname nvarchar(128)")},
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
	return []any{d.Name, d.SchemaName(o.Schema), o.Name, standardDefinition(c, d, o), map[bool]string{false: "NONE", true: "CASCADE"}[o.CheckOption]}
}

// standardDefinition is the text of a module that has at most 4,000 characters.
func standardDefinition(c *Checker, d *Database, o *Object) any {
	if len([]rune(o.Definition)) > 4000 {
		return nil
	}
	return c.definition(d, o)
}

func standardColumn(_ *Checker, d *Database, column columnOf) []any {
	row := []any{d.Name, d.SchemaName(column.object.Schema), column.object.Name, column.Name, column.position, orNull(column.Default), map[bool]string{false: "NO", true: "YES"}[column.Nullable]}
	return append(row, d.standardType(column.Column)...)
}

// standardType is a type in the words of INFORMATION_SCHEMA.COLUMNS, from DATA_TYPE to COLLATION_NAME.
func (d *Database) standardType(column *Column) []any {
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
	return []any{t.name, characters, octets, precision, radix, scale, moment, set, collation}
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
