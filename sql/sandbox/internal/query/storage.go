package query

import (
	"fmt"
	"strings"

	"grantree/sql/tsql"
)

// UniqueIndex is the kind of a Constraint that CREATE UNIQUE INDEX made; breaking it is error 2601, not 2627.
const UniqueIndex tsql.ConstraintKind = "UNIQUE INDEX"

// CreateTableSQL returns the SQLite statements that make the storage of a table: a column for each column, a row number,
// from which an identity column (seed, step) counts, and an index for each unique constraint. SQLite knows of no other
// constraint: they are checked by the changes that Bind makes.
func CreateTableSQL(sqlName string, columns []Column, constraints []Constraint, seed, step int64) (string, error) {
	var sql strings.Builder
	key := "rid INTEGER PRIMARY KEY"
	for _, c := range columns {
		if c.Identity {
			key += " AUTOINCREMENT"
		}
	}
	fmt.Fprintf(&sql, "CREATE TABLE %s (%s", quoteTable(sqlName), key)
	for _, c := range columns {
		def, err := columnDefinition(c)
		if err != nil {
			return "", err
		}
		if c.Identity {
			def += fmt.Sprintf(" GENERATED ALWAYS AS (%d + (rid - 1) * %d) VIRTUAL", seed, step)
		}
		sql.WriteString(", " + def)
	}
	sql.WriteString(")")
	for i, k := range constraints {
		if k.Kind != tsql.PrimaryKey && k.Kind != tsql.Unique && k.Kind != UniqueIndex {
			continue
		}
		index, err := uniqueIndex(sqlName, i, columns, k)
		if err != nil {
			return "", err
		}
		sql.WriteString("; " + index)
	}
	return sql.String(), nil
}

// AddColumnSQL returns the SQLite statement that adds a column; its rows are NULL until they are updated.
func AddColumnSQL(sqlName string, c Column) (string, error) {
	def, err := columnDefinition(c)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s", quoteTable(sqlName), def), nil
}

// AddUniqueSQL returns the SQLite statement for the unique constraint at index i of the table's constraints.
func AddUniqueSQL(sqlName string, columns []Column, constraints []Constraint, i int) (string, error) {
	return uniqueIndex(sqlName, i, columns, constraints[i])
}

// DropUniqueSQL returns the SQLite statement that takes the unique constraint at index i away.
func DropUniqueSQL(sqlName string, i int) string {
	schema := ""
	if s, _, ok := strings.Cut(sqlName, "."); ok {
		schema = quoteSQLite(s) + "."
	}
	return "DROP INDEX IF EXISTS " + schema + quoteSQLite(uniqueName(sqlName, i))
}

// columnDefinition is a column's name, storage class and collation. The error is 2715 for an unknown type.
func columnDefinition(c Column) (string, error) {
	info, ok := typeInfos[c.Type.Name]
	if !ok || info.kind == kindNull {
		return "", refuse(2715, "Column, parameter, or variable #%d: Cannot find data type %s.", c.ID, c.Type.Name)
	}
	def := storageName(c) + " " + info.storage
	collate, err := (node{typ: c.Type, coll: label{name: c.Collation, rank: rankImplicit}}).ordering("CREATE TABLE")
	return def + collate, err
}

func uniqueName(sqlName string, i int) string {
	return fmt.Sprintf("u_%s_%d_", strings.ReplaceAll(sqlName, ".", "_"), i)
}

// uniqueIndex makes NULL equal to NULL, as SQL Server does and SQLite does not.
func uniqueIndex(sqlName string, i int, columns []Column, k Constraint) (string, error) {
	var parts []string
	for _, id := range k.Columns {
		found := false
		for _, c := range columns {
			if c.ID != id {
				continue
			}
			found = true
			collate, err := (node{typ: c.Type, coll: label{name: c.Collation, rank: rankImplicit}}).ordering("UNIQUE")
			if err != nil {
				return "", err
			}
			name := storageName(c)
			if c.Nullable {
				parts = append(parts, "("+name+" IS NULL)", "ifnull("+name+", 0)"+collate)
			} else {
				parts = append(parts, name+collate)
			}
		}
		if !found {
			return "", fmt.Errorf("constraint %q: no column %d", k.Name, id)
		}
	}
	index, table := quoteSQLite(uniqueName(sqlName, i)), quoteSQLite(sqlName)
	if schema, name, ok := strings.Cut(sqlName, "."); ok {
		index, table = quoteSQLite(schema)+"."+index, quoteSQLite(name)
	}
	return fmt.Sprintf("CREATE UNIQUE INDEX %s ON %s (%s)", index, table, strings.Join(parts, ", ")), nil
}
