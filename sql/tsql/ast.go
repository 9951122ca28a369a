package tsql

// Pos is a place in the text of a batch. Offset counts bytes from 0, Line and
// Column count from 1, Column in characters. The zero Pos means "no place",
// as in a tree that was built by hand.
type Pos struct {
	Offset, Line, Column int
}

// Position returns p, so that everything that embeds a Pos is a [Node].
func (p Pos) Position() Pos { return p }

// Span is the source range of a statement: from Pos up to, not including, the
// byte offset End. A closing semicolon is not part of it.
type Span struct {
	Pos
	End int
}

// Text returns the part of the batch text that the statement was parsed from.
func (s Span) Text(batch string) string {
	if s.Offset < 0 || s.End > len(batch) || s.Offset > s.End {
		return ""
	}
	return batch[s.Offset:s.End]
}

// Range returns s itself; it is how a [Statement] tells its source range.
func (s Span) Range() Span { return s }

func (s *Span) setSpan(span Span) { *s = span }

// Node is anything in the tree that has a place in the source.
type Node interface {
	Position() Pos
}

// Statement is one statement of a batch. The types that implement it are
// pointers to the structs of the ast_*.go files.
type Statement interface {
	Node
	// Range is the source range of the statement.
	Range() Span
	setSpan(Span)
}

// Expr is a scalar expression or a condition; see [IsCondition].
type Expr interface {
	Node
	exprNode()
}

// Batch is what [Parse] returns: the statements of one batch, in order, and
// the text that their ranges point into. Variables are the places where a
// statement of the subset names a variable, in the order of the text.
type Batch struct {
	Text       string
	Statements []Statement
	Variables  []VariableUse
}

// VariableUse is a variable where it is declared, or named as a value or a table.
type VariableUse struct {
	Pos
	Name            string
	Declares, Table bool
}

// Ident is one identifier with its quotes taken off. Quoted says whether it
// was written in brackets or double quotes.
type Ident struct {
	Pos
	Value  string
	Quoted bool
}

// ObjectName is a name of one to four parts, quotes taken off. Parts counts
// the parts as written, also empty ones: db..t has three parts and an empty
// Schema. Variable marks a table variable, whose Name begins with @. The zero
// ObjectName means "no name".
type ObjectName struct {
	Pos
	Server, Database, Schema, Name string
	Parts                          int
	Variable                       bool
}

// IsZero reports whether n names nothing.
func (n ObjectName) IsZero() bool { return n.Parts == 0 }

// IsTemp reports whether n is a local temporary table (#t).
func (n ObjectName) IsTemp() bool {
	return len(n.Name) > 1 && n.Name[0] == '#' && n.Name[1] != '#'
}

// String returns the name as error messages show it: parts without quotes,
// joined by dots, as many as were written.
func (n ObjectName) String() string {
	parts := []string{n.Server, n.Database, n.Schema, n.Name}
	if n.Parts < 1 || n.Parts > 4 {
		return n.Name
	}
	text := ""
	for i, part := range parts[4-n.Parts:] {
		if i > 0 {
			text += "."
		}
		text += part
	}
	return text
}

// DataType is a type as declared. Name is lower case and canonical (int for
// integer, decimal for dec, nvarchar for national char varying, timestamp for
// rowversion, nvarchar(128) for sysname); a user-defined type keeps its
// spelling and has UserDefined set. Length is in characters or bytes, -1 for
// max, and is always filled for char, varchar, nchar, nvarchar, binary and
// varbinary: what was not written is 1 in a declaration and 30 in CAST and
// CONVERT. Precision and Scale are filled for decimal and numeric (18, 0), and
// Scale for time, datetime2 and datetimeoffset (7). float(n) is real up to
// n = 24 and float above.
type DataType struct {
	Schema, Name             string
	Length, Precision, Scale int
	UserDefined              bool
}

// IsZero reports whether t is no type at all.
func (t DataType) IsZero() bool { return t.Name == "" }
