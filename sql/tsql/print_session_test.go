package tsql

import "strings"

// session writes the statements about transactions, variables, settings and
// procedures; false for any other.
func (w *printer) session(s Statement) bool {
	switch s := s.(type) {
	case *BeginTransaction:
		w.put("BEGIN TRANSACTION")
		w.transactionName(s.Name)
		w.when(s.Mark, " WITH MARK")
	case *Commit:
		w.put("COMMIT TRANSACTION")
		w.transactionName(s.Name)
	case *Rollback:
		w.put("ROLLBACK TRANSACTION")
		w.transactionName(s.Name)
	case *SaveTransaction:
		w.put("SAVE TRANSACTION")
		w.transactionName(s.Name)
	case *Declare:
		w.put("DECLARE ")
		w.list(len(s.Variables), func(i int) { w.variable(s.Variables[i]) })
	case *DeclareCursor:
		verb, word := "DECLARE ", " CURSOR "
		if s.Cursor.IsVariable() {
			verb, word = "SET ", " = CURSOR "
		}
		w.put(verb)
		w.cursor(s.Cursor)
		w.put(word)
		for _, option := range s.Options {
			w.put(option, " ")
		}
		w.put("FOR ", s.Query)
	case *CursorStatement:
		w.put(s.Verb, " ")
		w.cursor(s.Cursor)
	case *Fetch:
		w.put("FETCH ", s.Direction)
		w.when(s.Offset != nil, " ", s.Offset)
		w.put(" FROM ")
		w.cursor(s.Cursor)
		w.when(len(s.Into) > 0, " INTO ", strings.Join(s.Into, ", "))
	case *Execute:
		w.execute(s)
	case *ExecuteText:
		w.put("EXECUTE (", s.Text, ")")
		w.when(s.AsKind != "", " AS ", s.AsKind, " = ", QuoteString(s.AsName))
	case *Kill:
		w.put("KILL ", s.ID)
		w.when(s.StatusOnly, " WITH STATUSONLY")
	case *CheckIdent:
		w.put("DBCC CHECKIDENT (", QuoteString(s.Table))
		w.when(s.NoReseed, ", NORESEED")
		w.when(s.Value != nil, ", RESEED, ", s.Value)
		w.put(")")
		w.when(s.Silent, " WITH NO_INFOMSGS")
	case *Checkpoint:
		w.put("CHECKPOINT")
	case *Reconfigure:
		w.put("RECONFIGURE")
		w.when(s.Override, " WITH OVERRIDE")
	default:
		return w.setting(s)
	}
	return true
}

func (w *printer) cursor(n CursorName) {
	if n.IsVariable() {
		w.put(n.Name)
		return
	}
	w.when(n.Global, "GLOBAL ")
	w.put(Quote(n.Name))
}

func (w *printer) transactionName(name Expr) {
	switch name := name.(type) {
	case *Literal:
		w.put(" ", Quote(name.Text))
	case *Variable:
		w.put(" ", name.Name)
	}
}

func (w *printer) variable(v VariableDecl) {
	w.put(v.Name, " ")
	if v.Table != nil {
		w.put("TABLE ")
		w.tableBody(*v.Table)
		return
	}
	w.put(v.Type)
	w.when(v.Value != nil, " = ", v.Value)
}

func (w *printer) execute(s *Execute) {
	w.put("EXECUTE ")
	w.when(s.Return != "", s.Return, " = ")
	if s.ProcVar != "" {
		w.put(s.ProcVar)
	} else {
		w.put(s.Procedure)
	}
	w.when(len(s.Args) > 0, " ")
	w.list(len(s.Args), func(i int) {
		a := s.Args[i]
		w.when(a.Name != "", a.Name, " = ")
		w.put(a.Value)
		w.when(a.Output, " OUTPUT")
	})
	w.when(s.Recompile, " WITH RECOMPILE")
}

// setting writes the SET statements.
func (w *printer) setting(s Statement) bool {
	switch s := s.(type) {
	case *SetVariable:
		w.put("SET ", s.Name, " ", s.Op, " ", s.Value)
	case *SetOnOff:
		w.onOffOptions(s)
	case *SetOption:
		w.put("SET ", s.Name, " ")
		if word, ok := s.Value.(*Literal); ok && word.Kind == StringLiteral && isBareWord(word.Text) {
			w.put(word.Text)
		} else {
			w.put(s.Value)
		}
	case *SetIsolation:
		w.put("SET TRANSACTION ISOLATION LEVEL ", s.Level)
	case *SetIdentityInsert:
		w.put("SET IDENTITY_INSERT ", s.Table, " ", onOff(s.On))
	default:
		return false
	}
	return true
}

// isBareWord reports whether text reads as a name without quotes.
func isBareWord(text string) bool {
	tokens := lex(text, true)
	return len(tokens) == 2 && tokens[0].kind == tokWord && tokens[0].isName() && tokens[0].text == text
}

// onOffOptions writes SET option, … ON. The options of STATISTICS come after
// that word.
func (w *printer) onOffOptions(s *SetOnOff) {
	const statistics = "STATISTICS "
	w.put("SET ")
	w.list(len(s.Options), func(i int) {
		option := s.Options[i]
		if i > 0 && len(option) > len(statistics) && option[:len(statistics)] == statistics {
			option = option[len(statistics):]
		}
		w.put(option)
	})
	w.put(" ", onOff(s.On))
}
