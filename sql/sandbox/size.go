package sandbox

import (
	"strings"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// The most that SQL Server keeps together ("Maximum capacity specifications"): the bytes of a row, the columns of a key, and the bytes
// of a clustered and of another key.
const (
	maxRow, maxKeyColumns         = 8060, 32
	maxClustered, maxNonclustered = 900, 1700
)

// rowSize refuses columns whose fixed parts make no row (1701), and warns of those that may be too long together (1708): a
// value moves out of the row where it is long, and leaves 24 bytes there.
func (b *tableBuilder) rowSize() error {
	least, most, bits := 6+(len(b.st.columns)+7)/8, 0, 0
	overhead := least
	for _, c := range b.st.columns {
		switch size, varies := bytesOf(c); {
		case c.Type.Name == "bit":
			bits++
		case !varies:
			least += size
		case size < 0 || size > 24:
			most += 2 + 24
		default:
			most += 2 + size
		}
	}
	least += (bits + 7) / 8
	switch {
	case least > maxRow:
		return refuse(1701, b.table.Name, least, overhead, maxRow)
	case most > 0 && least+2+most > maxRow && !b.table.Variable:
		b.x.inform(refuse(1708, b.table.Name, maxRow))
	}
	return nil
}

// bytesOf are the most bytes of a column, -1 for no bound, and whether shorter values take less.
func bytesOf(c query.Column) (size int, varies bool) {
	var s security.Column
	columnType(&s, c.Type)
	return s.MaxLength, strings.HasPrefix(s.Type, "var") || s.Type == "nvarchar" || s.Type == "sql_variant"
}

// keySize settles how long the key of an index may get. It is refused with too many columns (1904) and where its fixed ones
// alone are too long (1944); one that may be is warned of (1945), and each row is looked at (1946).
func (b *tableBuilder) keySize(k *query.Constraint, clustered bool) error {
	if len(k.Columns) > maxKeyColumns {
		return refuse(1904, k.Name, b.table, len(k.Columns), maxKeyColumns)
	}
	k.Most, k.Manner = maxNonclustered, "nonclustered"
	if clustered {
		k.Most, k.Manner = maxClustered, "clustered"
	}
	fixed, all := 0, 0
	for _, id := range k.Columns {
		size, varies := bytesOf(columnByID(b.st.columns, id))
		if all += size; !varies {
			fixed += size
		}
	}
	switch {
	case fixed > k.Most:
		return refuse(1944, k.Name, fixed, k.Manner, k.Most, k.Most)
	case all > k.Most:
		b.x.inform(refuse(1945, k.Manner, k.Most, k.Name, all))
	default:
		k.Most = 0
	}
	return nil
}

// longestKey refuses an index that a row of the table is too long for (1946).
func (a *alteration) longestKey(k query.Constraint) error {
	if k.Most == 0 {
		return nil
	}
	var sum []string
	for _, id := range k.Columns {
		sum = append(sum, "ISNULL(DATALENGTH("+tsql.Quote(columnByID(a.storage.columns, id).Name)+"), 0)")
	}
	batch, err := tsql.Parse("SELECT MAX(" + strings.Join(sum, " + ") + ") FROM t")
	if err != nil {
		return err
	}
	q := batch.Statements[0].(*tsql.SelectStatement).Query
	q.Body.(*tsql.Select).From = []tsql.TableRef{&tsql.NamedTable{Name: a.target()}}
	b, err := query.BindExpr(&tsql.Subquery{Query: q}, a.x.scope())
	if err != nil {
		return err
	}
	longest, err := b.Value(a.x.s.request, lazyConn{a.x.s})
	if n, ok := longest.(int64); ok && n > int64(k.Most) {
		return refuse(1946, n, k.Name, k.Most, k.Manner)
	}
	return err
}
