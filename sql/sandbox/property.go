package sandbox

import (
	"slices"
	"strings"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// notKept is the value of a property that SQL Server has and that the sandbox does not keep: asking for it is 40517.
var notKept = new(struct{})

// property is the value of a property as a function returns it.
func property(name string, value any) (any, error) {
	if value == any(notKept) {
		return nil, unsupportedOption(name)
	}
	return value, nil
}

// constants adds to properties those that are 0, and those that are not kept.
func constants(zero, others string, values map[string]any) map[string]any {
	for _, name := range strings.Fields(zero) {
		values[name] = 0
	}
	for _, name := range strings.Fields(others) {
		values[name] = notKept
	}
	return values
}

// serverProperties are those of SERVERPROPERTY that say the same of every such server ("SERVERPROPERTY").
var serverProperties = constants(`filestreamconfiguredlevel filestreameffectivelevel isadvancedanalyticsinstalled isbigdatacluster isclustered
isexternalauthenticationonly isexternalgovernanceenabled isfulltextinstalled ishadrenabled isintegratedsecurityonly islocaldb
ispolybaseinstalled isserversuspendedforsnapshotbackup issingleuser istempdbmetadatamemoryoptimized isxtpsupported suspendeddatabasecount`,
	"filestreamsharename resourcelastupdatedatetime", map[string]any{
		"buildclrversion": "v4.0.30319", "edition": edition, "editionid": query.Variant{Type: typeBigInt, Value: int64(-2117995310)}, "engineedition": 3,
		"hadrmanagerstatus": 2, "instancedefaultbackuppath": "/var/opt/mssql/data/", "instancedefaultdatapath": "/var/opt/mssql/data/",
		"instancedefaultlogpath": "/var/opt/mssql/data/", "licensetype": "DISABLED", "pathseparator": "/", "processid": 1, "productbuild": "4135",
		"productlevel": productLevel, "productmajorversion": "16", "productminorversion": "0", "productupdatelevel": "CU14",
		"productupdatereference": "KB5038325", "productversion": productVersion, "resourceversion": "16.00.4135",
		"sqlcharset": query.Variant{Type: typeTinyInt, Value: int64(1)}, "sqlcharsetname": "iso_1",
	})

// databaseProperties are those of DATABASEPROPERTYEX that say the same of every database ("DATABASEPROPERTYEX").
var databaseProperties = constants(`isansinulldefault isansinullsenabled isansipaddingenabled isansiwarningsenabled isarithmeticabortenabled
isautocreatestatisticsincremental isautoshrink isclone isclosecursorsoncommitenabled isdatabasesuspendedforsnapshotbackup isinstandby
islocalcursorsdefault ismemoryoptimizedelevatetosnapshotenabled ismergepublished isnullconcat isnumericroundabortenabled isparameterizationforced
isquotedidentifiersenabled ispublished isrecursivetriggersenabled issubscribed issyncwithbackup istornpagedetectionenabled isverifiedclone
isxtpsupported`, "lastgoodcheckdbtime", map[string]any{"isautocreatestatistics": 1, "isautoupdatestatistics": 1})

// collationProperty tells of a collation what the server, a database and a column are asked of it.
func collationProperty(name, asked string) any {
	upper := strings.ToUpper(name)
	latin := strings.HasPrefix(upper, "LATIN1_GENERAL_") || strings.HasPrefix(upper, "SQL_LATIN1_GENERAL_CP1_")
	switch asked {
	case "comparisonstyle":
		return comparisonStyle(name)
	case "collationid":
		if upper == strings.ToUpper(security.DefaultCollation) {
			return 872468488
		}
	case "lcid":
		if latin {
			return 1033
		}
	case "sqlsortorder":
		n, known := map[string]int{"SQL_LATIN1_GENERAL_CP1_CI_AS": 52, "SQL_LATIN1_GENERAL_CP1_CS_AS": 51, "SQL_LATIN1_GENERAL_CP1_CI_AI": 54}[upper]
		if known || !strings.HasPrefix(upper, "SQL_") {
			return query.Variant{Type: typeTinyInt, Value: int64(n)}
		}
	case "sqlsortordername":
		if upper == strings.ToUpper(security.DefaultCollation) {
			return "nocase_iso"
		}
	default:
		return nil
	}
	return notKept
}

// The kinds of objects that a property is about; for any other it is NULL ("OBJECTPROPERTY").
const (
	anyKind        = ""
	constraintKind = "PK UQ F C D"
	rowKind        = "U V"
	moduleKind     = "P FN IF"
)

// objectProperties are those that are not the kind of the object itself, by the kinds that they are about.
var objectProperties = map[string]map[string]any{
	anyKind: constants("isdefault isextendedproc ismsshipped isqueue isreplproc isrule istrigger", "", map[string]any{}),
	constraintKind: constants("cnstisdeletecascade cnstisdisabled cnstisnotrepl cnstisupdatecascade", "cnstisnottrusted",
		map[string]any{}),
	rowKind: constants("hasaftertrigger hasdeletetrigger hasinserttrigger hasinsteadoftrigger hasupdatetrigger isencrypted", "",
		map[string]any{"isansinullson": 1}),
	"U V C D": {"isquotedidenton": 1},
	moduleKind: constants("execisstartup execiswithnativecompilation", "isdeterministic isprecise issystemverified systemdataaccess userdataaccess",
		map[string]any{"isansinullson": 1, "execisansinullson": 1}),
	security.KindView: constants("", "isdeterministic isprecise issystemverified systemdataaccess userdataaccess", map[string]any{"execisansinullson": 1, "execisquotedidenton": 1}),
	security.KindTable: constants(`issystemtable tabledeletetrigger tabledeletetriggercount tableinserttrigger tableinserttriggercount tableupdatetrigger
tableupdatetriggercount tablefulltextmergestatus tablefulltextbackgroundupdateindexon tablefulltextcatalogid tablefulltextchangetrackingon
tablefulltextkeycolumn tablefulltextitemcount tablefulltextpendingchanges tablefulltextpopulatestatus tablehasactivefulltextindex tablehascolumnset
tablehasdeletetrigger tablehasinserttrigger tablehasrowguidcol tablehasupdatetrigger tablehasvardecimalstorageformat tableisfake
tableislockedonbulkload tableismemoryoptimized tableispinned tabletextinrowlimit tabletemporaltype`, "cardinality", map[string]any{}),
}

// kindProperties are the properties that ask for the kind of an object.
var kindProperties = map[string]string{
	"istable": security.KindTable, "isusertable": security.KindTable, "isview": security.KindView, "isprimarykey": security.KindPrimaryKey,
	"isuniquecnst": security.KindUnique, "isforeignkey": security.KindForeignKey, "ischeckcnst": security.KindCheck, "isprocedure": security.KindProcedure,
	"isdefaultcnst": security.KindDefault, "isconstraint": constraintKind, "isexecuted": "V " + moduleKind,
	"isscalarfunction": security.KindFunction, "isinlinefunction": security.KindInline, "istablefunction": security.KindInline,
}

// objectProperty is OBJECTPROPERTY; NULL for what is no property, or not one of such an object.
func objectProperty(f *asked, args []any) (any, error) {
	o, _ := f.objectByID(args[:1])
	name := argument(args, 1)
	if o == nil || name == nil {
		return nil, nil
	}
	word := strings.ToLower(strings.TrimSpace(*name))
	if kinds, ok := kindProperties[word]; ok {
		return bit(slices.Contains(strings.Fields(kinds), o.Kind)), nil
	}
	for kinds, list := range objectProperties {
		if value, ok := list[word]; ok && (kinds == anyKind || slices.Contains(strings.Fields(kinds), o.Kind)) {
			return property(*name, value)
		}
	}
	return property(*name, f.keptProperty(o, word))
}

// objectPropertyEx is OBJECTPROPERTYEX, which knows the type of an object as well.
func objectPropertyEx(f *asked, args []any) (any, error) {
	o, _ := f.objectByID(args[:1])
	if name := argument(args, 1); o != nil && name != nil && strings.EqualFold(*name, "BaseType") {
		if o.Kind == security.KindSynonym {
			return property(*name, notKept)
		}
		return query.Variant{Type: tsql.DataType{Name: "char", Length: 2}, Value: (o.Kind + " ")[:2]}, nil
	}
	v, err := objectProperty(f, args)
	return variant(v), err
}

// keptProperty is a property that the object itself tells; nil for what it is none of.
func (f *asked) keptProperty(o *security.Object, word string) any {
	d := f.x.state.Database(f.context.Database)
	switch word {
	case "ownerid":
		if parent := d.Object(o.Parent); parent != nil {
			o = parent
		}
		return int64(d.OwnerOf(o))
	case "schemaid":
		return int64(o.Schema)
	}
	if strings.HasPrefix(word, "cnstis") {
		return constraintProperty(d, o, word)
	}
	switch st, table := o.Storage.(*tableStorage); {
	case table:
		return tableProperty(d, o, st, word)
	case o.Module != nil:
		return moduleProperty(o, word)
	case o.Kind == security.KindView && word == "isschemabound":
		return bit(o.SchemaBound)
	case o.Kind == security.KindView && word == "isindexed":
		return bit(false)
	case o.Kind == security.KindView && word == "isindexable":
		return map[bool]any{true: notKept, false: 0}[o.SchemaBound]
	}
	return nil
}

// constraintProperty is a property of a constraint that its table tells.
func constraintProperty(d *security.Database, o *security.Object, word string) any {
	parent := d.Object(o.Parent)
	if parent == nil {
		return nil
	}
	st, _ := parent.Storage.(*tableStorage)
	key := o.Kind == security.KindPrimaryKey || o.Kind == security.KindUnique
	switch {
	case st == nil || word == "cnstiscolumn" && key:
		return nil
	case word == "cnstisclustkey":
		return bit(key && st.clustered == o.Name)
	case word == "cnstisnonclustkey":
		return bit(key && st.clustered != o.Name)
	}
	return bit(word == "cnstiscolumn" && (o.Kind == security.KindDefault ||
		slices.ContainsFunc(st.constraints, func(c query.Constraint) bool { return c.Name == o.Name && len(c.Columns) == 1 })))
}

// tableProperty is a property of a table that its columns, constraints and indexes tell; nil for what is none.
func tableProperty(d *security.Database, o *security.Object, st *tableStorage, word string) any {
	column := func(is func(query.Column) bool) bool { return slices.ContainsFunc(st.columns, is) }
	constraint := func(is func(query.Constraint) bool) bool { return slices.ContainsFunc(st.constraints, is) }
	kind := func(kind tsql.ConstraintKind) bool {
		return constraint(func(c query.Constraint) bool { return c.Kind == kind })
	}
	has, ok := map[string]bool{
		"isindexed":             constraint(indexed),
		"isindexable":           true,
		"tablehasindex":         constraint(indexed),
		"tablehasclustindex":    st.clustered != "",
		"tablehasnonclustindex": constraint(func(c query.Constraint) bool { return indexed(c) && c.Name != st.clustered }),
		"tablehascheckcnst":     kind(tsql.Check),
		"tablehasprimarykey":    kind(tsql.PrimaryKey),
		"tablehasuniquecnst":    kind(tsql.Unique),
		"tablehasforeignkey":    kind(tsql.ForeignKey),
		"tablehasforeignref":    len(d.ReferringTo(o.ID)) > 0,
		"tablehasidentity":      column(func(c query.Column) bool { return c.Identity }),
		"tablehasdefaultcnst":   column(func(c query.Column) bool { return c.HasDefault }),
		"tablehastimestamp":     column(func(c query.Column) bool { return c.Type.Name == "timestamp" }),
		"tablehastextimage":     column(func(c query.Column) bool { return slices.Contains([]string{"text", "ntext", "image"}, c.Type.Name) }),
	}[word]
	if !ok {
		return nil
	}
	return bit(has)
}
