package tsql

// control writes the statements of control flow; false for any other.
func (w *printer) control(s Statement) bool {
	switch s := s.(type) {
	case *Block:
		w.put("BEGIN\n")
		w.statements(s.Statements)
		w.put("END")
	case *If:
		w.put("IF ", s.Cond, "\n")
		w.statement(s.Then)
		if s.Else != nil {
			w.put(";\nELSE\n")
			w.statement(s.Else)
		}
	case *While:
		w.put("WHILE ", s.Cond, "\n")
		w.statement(s.Body)
	case *TryCatch:
		w.put("BEGIN TRY\n")
		w.statements(s.Try)
		w.put("END TRY\nBEGIN CATCH\n")
		w.statements(s.Catch)
		w.put("END CATCH")
	case *Unsupported:
		w.put(s.Text)
	default:
		return w.simple(s)
	}
	return true
}

// simple writes the statements of one line.
func (w *printer) simple(s Statement) bool {
	switch s := s.(type) {
	case *Break:
		w.put("BREAK")
	case *Continue:
		w.put("CONTINUE")
	case *Throw:
		w.put("THROW")
		w.when(s.Number != nil, " ", s.Number, ", ", s.Message, ", ", s.State)
	case *RaisError:
		w.put("RAISERROR (", append([]Expr{s.Message, s.Severity, s.State}, s.Args...), ")")
		if len(s.Options) > 0 {
			w.put(" WITH ")
			w.list(len(s.Options), func(i int) { w.put(s.Options[i]) })
		}
	case *PrintStatement:
		w.put("PRINT ", s.X)
	case *Return:
		w.put("RETURN")
		w.when(s.X != nil, " ", s.X)
	case *WaitFor:
		if s.Time {
			w.put("WAITFOR TIME ", s.X)
		} else {
			w.put("WAITFOR DELAY ", s.X)
		}
	case *Goto:
		w.put("GOTO ", s.Label.Value)
	case *Label:
		w.put(s.Name.Value, ":")
	default:
		return false
	}
	return true
}
