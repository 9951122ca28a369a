package tsql

// module writes procedures and functions; false for any other statement.
func (w *printer) module(s Statement) bool {
	switch s := s.(type) {
	case *CreateProcedure:
		w.moduleHead("PROCEDURE ", s.Alter, s.OrAlter, s.Name)
		w.when(len(s.Parameters) > 0, " ")
		w.parameterList(s.Parameters)
		w.moduleOptions(s.Options)
		w.put(" AS\n")
		w.statements(s.Body)
	case *CreateFunction:
		w.moduleHead("FUNCTION ", s.Alter, s.OrAlter, s.Name)
		w.put(" (")
		w.parameterList(s.Parameters)
		if w.put(") RETURNS "); s.Query != nil {
			w.put("TABLE")
			w.moduleOptions(s.Options)
			w.put(" AS RETURN (", s.Query, ")")
			return true
		}
		w.put(s.Returns)
		w.moduleOptions(s.Options)
		w.put(" AS BEGIN\n")
		w.statements(s.Body)
		w.put("END")
	default:
		return false
	}
	return true
}

func (w *printer) moduleHead(kind string, alter, orAlter bool, name ObjectName) {
	switch {
	case alter:
		w.put("ALTER ")
	case orAlter:
		w.put("CREATE OR ALTER ")
	default:
		w.put("CREATE ")
	}
	w.put(kind, name)
}

func (w *printer) parameterList(list []VariableDecl) {
	w.list(len(list), func(i int) {
		w.variable(list[i])
		w.when(list[i].Type.Name == "cursor", " VARYING")
		w.when(list[i].Output, " OUTPUT")
	})
}

func (w *printer) moduleOptions(o ModuleOptions) {
	var words []string
	for _, option := range []struct {
		on   bool
		word string
	}{{o.Encryption, "ENCRYPTION"}, {o.Recompile, "RECOMPILE"}, {o.SchemaBinding, "SCHEMABINDING"}, {o.NullOnNullInput, "RETURNS NULL ON NULL INPUT"},
		{o.ExecuteAs == "USER", "EXECUTE AS " + QuoteString(o.Principal)}, {o.ExecuteAs != "" && o.ExecuteAs != "USER", "EXECUTE AS " + o.ExecuteAs}} {
		if option.on {
			words = append(words, option.word)
		}
	}
	w.optionsClause(words)
}
