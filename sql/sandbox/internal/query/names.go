package query

import (
	"strings"

	"grantree/sql/tsql"
)

// source is something in FROM: what its columns are called, and their SQLite text.
type source struct {
	alias                    string // as exposed: the alias, or the name of the object
	aliased                  bool
	database, schema, object string
	columns                  []*sourceColumn
	use                      *use
	sql                      string // the SQLite alias
	base                     *base  // for a relation
	rids                     []string
	core                     *core
}

type sourceColumn struct {
	ResultColumn
	sql    string
	id     int
	source *source
}

// frame is the columns that an expression can name: those of its query, then those of the queries around it.
type frame struct {
	outer   *frame
	sources []*source
	clause  clause
	// groups are the keys of the GROUP BY expressions, nil where columns are free.
	groups map[string]bool
	// reached are the columns that subqueries have named.
	reached []*sourceColumn
	// inAggregate is set while the argument of an aggregate function is bound.
	inAggregate bool
}

// clause is the part of a query that an expression stands in, for the messages about aggregates.
type clause int

const (
	clauseSelect clause = iota
	clauseWhere
	clauseOn
	clauseGroup
	clauseHaving
	clauseOrder
	clauseSet
	clauseOutput
	clauseNone
)

// column finds the column that ref names.
func (b *binder) column(f *frame, ref *tsql.ColumnRef) node {
	if ref.Pseudo {
		panic(at(ref.Line, unsupported(strings.ToUpper(ref.Name))))
	}
	for level := f; level != nil; level = level.outer {
		found, seen := b.find(level, ref)
		switch {
		case len(found) > 1:
			return b.miss(ref.Line, refuse(209, ref.Name))
		case len(found) == 1:
			if level != f {
				level.reached = append(level.reached, found[0])
			}
			return b.columnNode(found[0], level != f)
		case seen && !ref.Table.IsZero():
			return b.miss(ref.Line, refuse(207, ref.Name))
		}
	}
	if !ref.Table.IsZero() {
		return b.miss(ref.Line, refuse(4104, ref.Table.String(), ref.Name))
	}
	return b.miss(ref.Line, refuse(207, ref.Name))
}

// find lists the columns of one frame that ref may name; seen says that its table is there.
func (b *binder) find(f *frame, ref *tsql.ColumnRef) (found []*sourceColumn, seen bool) {
	for _, s := range f.sources {
		if !ref.Table.IsZero() && !b.named(s, ref.Table) {
			continue
		}
		seen = true
		for _, c := range s.columns {
			if b.names.Equal(c.Name, ref.Name) {
				found = append(found, c)
			}
		}
	}
	return found, seen
}

// named reports whether a qualifier means this source.
func (b *binder) named(s *source, name tsql.ObjectName) bool {
	if s.aliased {
		return name.Parts == 1 && b.names.Equal(s.alias, name.Name)
	}
	if !b.names.Equal(s.object, name.Name) {
		return false
	}
	if name.Schema != "" && !b.names.Equal(s.schema, name.Schema) {
		return false
	}
	return name.Database == "" || strings.EqualFold(s.database, name.Database)
}

func (b *binder) columnNode(c *sourceColumn, outer bool) node {
	c.mark()
	n := node{sql: c.sql, typ: c.Type, nullable: c.Nullable, outer: outer}
	if kindOf(c.Type) == kindString {
		n.coll = label{name: c.Collation, rank: rankImplicit}
		if c.Collation == "" {
			n.coll.name = b.scope.DatabaseCollation()
		}
	}
	if !outer {
		n.loose = []*sourceColumn{c}
	}
	if b.running != nil && b.running.sources[c.source] {
		n.sql = b.running.slot(c)
	}
	return n
}

// mark notes that the statement names the column.
func (c *sourceColumn) mark() {
	if c.source.use != nil && c.id > 0 {
		c.source.use.columns[c.id] = true
	}
}

// title is the column as messages about grouping name it.
func (c *sourceColumn) title() string {
	s := c.source
	if !s.aliased && s.use != nil {
		return s.use.name.String() + "." + c.Name // the table as FROM names it
	}
	return s.alias + "." + c.Name
}

// distinctNames refuses two sources that cannot be told apart: 1011 for an alias, 1013 for the same object twice.
func (b *binder) distinctNames(sources []*source) {
	for i, s := range sources {
		for _, t := range sources[:i] {
			if s.alias == "" || !b.names.Equal(s.alias, t.alias) {
				continue
			}
			if s.aliased && t.aliased {
				panic(refuse(1011, s.alias))
			}
			sameObject := s.schema == t.schema && strings.EqualFold(s.database, t.database)
			if !s.aliased && !t.aliased && sameObject {
				name := s.schema + "." + s.object
				panic(refuse(1013, name, name))
			}
		}
	}
}
