package tsql

// CursorName is a cursor as statements name it: a name, perhaps after GLOBAL, or a variable, whose Name begins with @.
type CursorName struct {
	Pos
	Name   string
	Global bool
}

// IsVariable reports whether n is a cursor variable.
func (n CursorName) IsVariable() bool { return n.Name != "" && n.Name[0] == '@' }

// DeclareCursor is DECLARE Cursor CURSOR … FOR Query, or SET Cursor = CURSOR … FOR Query where that is a variable.
// Options are upper case, FOR READ ONLY as READ_ONLY.
type DeclareCursor struct {
	Span
	Cursor  CursorName
	Options []string
	Query   *Query
}

// CursorStatement is OPEN, CLOSE or DEALLOCATE of a cursor; Verb is the word.
type CursorStatement struct {
	Span
	Verb   string
	Cursor CursorName
}

// Fetch is FETCH [Direction [Offset] FROM] Cursor [INTO Into]. Direction is NEXT where none is written, and Offset is
// for ABSOLUTE and RELATIVE.
type Fetch struct {
	Span
	Direction string
	Offset    Expr
	Cursor    CursorName
	Into      []string
}
