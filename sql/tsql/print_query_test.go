package tsql

// Levels of set operators, loosest first.
const (
	levelUnion = iota + 1
	levelIntersect
	levelSelect
)

func (w *printer) query(q *Query) {
	w.with(q.With)
	w.body(q.Body, levelUnion)
	if q.OrderBy != nil {
		w.put(" ")
		w.orderBy(q.OrderBy)
	}
	w.when(q.Offset != nil, " OFFSET ", q.Offset, " ROWS")
	w.when(q.Fetch != nil, " FETCH NEXT ", q.Fetch, " ROWS ONLY")
	if q.For != nil {
		w.put(" FOR XML PATH('", escapeString(q.For.Element), "')")
		w.when(q.For.Type, ", TYPE")
	}
	w.options(q.Options)
}

func (w *printer) with(list []CTE) {
	if len(list) == 0 {
		return
	}
	w.put("WITH ")
	w.list(len(list), func(i int) {
		w.put(Quote(list[i].Name))
		w.when(list[i].Columns != nil, " (", list[i].Columns, ")")
		w.put(" AS (", list[i].Query, ")")
	})
	w.put(" ")
}

func (w *printer) options(hints []string) {
	if len(hints) > 0 {
		w.put(" OPTION (")
		w.list(len(hints), func(i int) { w.put(hints[i]) })
		w.put(")")
	}
}

func (w *printer) body(b QueryBody, least int) {
	switch b := b.(type) {
	case *Select:
		w.selectSpec(b)
	case *SetOperation:
		own := levelUnion
		if b.Op == "INTERSECT" {
			own = levelIntersect
		}
		if own < least {
			w.put("(")
			defer w.put(")")
		}
		w.body(b.Left, own)
		w.put(" ", b.Op)
		w.when(b.All, " ALL")
		w.put(" ")
		w.body(b.Right, own+1)
	}
}

func (w *printer) selectSpec(s *Select) {
	w.put("SELECT ")
	w.when(s.Distinct, "DISTINCT ")
	w.top(s.Top)
	w.items(s.Items)
	w.when(!s.Into.IsZero(), " INTO ", s.Into)
	w.from(s.From)
	w.when(s.Where != nil, " WHERE ", s.Where)
	w.when(s.GroupBy != nil, " GROUP BY ", s.GroupBy)
	w.when(s.Having != nil, " HAVING ", s.Having)
}

func (w *printer) top(t *Top) {
	if t == nil {
		return
	}
	w.put("TOP (", t.Count, ") ")
	w.when(t.Percent, "PERCENT ")
	w.when(t.WithTies, "WITH TIES ")
}

func (w *printer) items(items []SelectItem) {
	w.list(len(items), func(i int) {
		item := items[i]
		w.when(item.Variable != "", item.Variable, " ", item.AssignOp, " ")
		w.put(item.Expr)
		w.when(item.Alias != "", " AS ", Quote(item.Alias))
	})
}

func (w *printer) orderBy(items []OrderItem) {
	w.put("ORDER BY ")
	w.list(len(items), func(i int) {
		w.put(items[i].Expr)
		w.when(items[i].Desc, " DESC")
	})
}

func (w *printer) from(refs []TableRef) {
	if len(refs) > 0 {
		w.put(" FROM ")
		w.list(len(refs), func(i int) { w.put(refs[i]) })
	}
}

func (w *printer) tableRef(t TableRef) {
	switch t := t.(type) {
	case *NamedTable:
		w.put(t.Name)
		w.when(t.Alias != "", " AS ", Quote(t.Alias))
		w.hints(t.Hints)
	case *FunctionTable:
		w.put(t.Name, "(", t.Args, ")")
		w.when(t.With != nil, " WITH (")
		w.list(len(t.With), func(i int) {
			c := t.With[i]
			w.put(Quote(c.Name), " ", c.Type)
			if c.Path != nil {
				w.put(" ", QuoteString(*c.Path))
			}
			w.when(c.AsJSON, " AS JSON")
		})
		w.when(t.With != nil, ")")
		w.alias(t.Alias, t.Columns)
	case *DerivedTable:
		w.put("(", t.Query, ")")
		w.alias(t.Alias, t.Columns)
	case *ValuesTable:
		w.put("(")
		w.values(t.Rows)
		w.put(")")
		w.alias(t.Alias, t.Columns)
	case *Join:
		w.join(t)
	}
}

func (w *printer) hints(hints []string) {
	if len(hints) > 0 {
		w.put(" WITH (")
		w.list(len(hints), func(i int) { w.put(hints[i]) })
		w.put(")")
	}
}

func (w *printer) alias(alias string, columns []string) {
	w.when(alias != "", " AS ", Quote(alias))
	w.when(columns != nil, " (", columns, ")")
}

func (w *printer) values(rows [][]Expr) {
	w.put("VALUES ")
	w.list(len(rows), func(i int) { w.put("(", rows[i], ")") })
}

// joinWords are the joins with room for a hint.
var joinWords = map[JoinKind]string{InnerJoin: "INNER", LeftJoin: "LEFT OUTER", RightJoin: "RIGHT OUTER", FullJoin: "FULL OUTER"}

func (w *printer) join(j *Join) {
	w.put(j.Left, " ")
	if words := joinWords[j.Kind]; words != "" {
		w.put(words, " ")
		w.when(j.Hint != "", j.Hint, " ")
		w.put("JOIN ")
	} else {
		w.put(string(j.Kind), " ")
	}
	if _, nested := j.Right.(*Join); nested {
		w.put("(", j.Right, ")")
	} else {
		w.put(j.Right)
	}
	w.when(j.On != nil, " ON ", j.On)
}
