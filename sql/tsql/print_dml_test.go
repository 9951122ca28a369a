package tsql

// data writes the statements about rows; false for any other.
func (w *printer) data(s Statement) bool {
	switch s := s.(type) {
	case *SelectStatement:
		w.put(s.Query)
	case *Insert:
		w.insert(s)
	case *Update:
		w.update(s)
	case *Delete:
		w.delete(s)
	case *Truncate:
		w.put("TRUNCATE TABLE ", s.Table)
	default:
		return false
	}
	return true
}

func (w *printer) insert(s *Insert) {
	w.with(s.With)
	w.put("INSERT ")
	w.top(s.Top)
	w.put("INTO ", s.Table)
	w.hints(s.Hints)
	w.when(s.Columns != nil, " (", s.Columns, ")")
	w.output(s.Output)
	w.put(" ")
	switch {
	case s.DefaultValues:
		w.put("DEFAULT VALUES")
	case s.Rows != nil:
		w.values(s.Rows)
	case s.Query != nil:
		w.put(s.Query)
	case s.Exec != nil:
		w.statement(s.Exec)
	case s.ExecText != nil:
		w.statement(s.ExecText)
	}
}

func (w *printer) update(s *Update) {
	w.with(s.With)
	w.put("UPDATE ")
	w.top(s.Top)
	w.put(s.Target)
	w.hints(s.Hints)
	w.put(" SET ")
	w.list(len(s.Set), func(i int) { w.assignment(s.Set[i]) })
	w.output(s.Output)
	w.from(s.From)
	w.when(s.Where != nil, " WHERE ", s.Where)
	w.options(s.Options)
}

func (w *printer) assignment(a Assignment) {
	switch {
	case a.Column == nil:
		w.put(a.Variable)
	case a.Variable != "":
		w.put(a.Variable, " = ", a.Column)
	default:
		w.put(a.Column)
	}
	w.put(" ", a.Op, " ", a.Value)
}

func (w *printer) delete(s *Delete) {
	w.with(s.With)
	w.put("DELETE ")
	w.top(s.Top)
	w.put("FROM ", s.Target)
	w.hints(s.Hints)
	w.output(s.Output)
	w.from(s.From)
	w.when(s.Where != nil, " WHERE ", s.Where)
	w.options(s.Options)
}

func (w *printer) output(o *Output) {
	if o == nil {
		return
	}
	w.put(" OUTPUT ")
	w.items(o.Items)
	w.when(!o.Into.IsZero(), " INTO ", o.Into)
	w.when(o.Columns != nil, " (", o.Columns, ")")
}
