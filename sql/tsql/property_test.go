package tsql

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestAnyTreeRoundTrips prints trees that no source text was needed for and
// parses them again: parentheses come out where the tree needs them.
func TestAnyTreeRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &SelectStatement{Query: &Query{Body: body(t, 3)}}
		text := printed(s)
		b, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff([]Statement{s}, b.Statements, treeOptions); diff != "" {
			t.Fatalf("%s (-tree +parsed):\n%s", text, diff)
		}
	})
}

// TestAnyPermissionRoundTrips does the same for GRANT, DENY and REVOKE with
// names of any kind.
func TestAnyPermissionRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := permissionTree(t)
		text := printed(s)
		b, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff([]Statement{s}, b.Statements, treeOptions); diff != "" {
			t.Fatalf("%s (-tree +parsed):\n%s", text, diff)
		}
	})
}

// name draws any valid name.
func name(t *rapid.T) string {
	return rapid.StringN(1, 12, -1).Filter(func(s string) bool { return ValidName(s) == nil }).Draw(t, "name")
}

func object(t *rapid.T) ObjectName {
	if rapid.Bool().Draw(t, "schema") {
		return ObjectName{Schema: name(t), Name: name(t), Parts: 2}
	}
	return ObjectName{Name: name(t), Parts: 1}
}

func permissionTree(t *rapid.T) *Permission {
	s := &Permission{Action: rapid.SampledFrom([]Action{Grant, Deny, Revoke}).Draw(t, "action")}
	for range rapid.IntRange(1, 3).Draw(t, "items") {
		item := PermissionItem{Name: rapid.SampledFrom([]string{"SELECT", "UPDATE", "INSERT", "VIEW DEFINITION"}).Draw(t, "permission")}
		if columnPermissions[item.Name] && rapid.Bool().Draw(t, "columns") {
			item.Columns = []Ident{{Value: name(t)}}
		}
		s.Items = append(s.Items, item)
	}
	s.On = &Securable{Class: rapid.SampledFrom([]string{"", "OBJECT"}).Draw(t, "class"), Name: object(t)}
	for range rapid.IntRange(1, 3).Draw(t, "principals") {
		s.Principals = append(s.Principals, Ident{Value: name(t)})
	}
	s.GrantOption = s.Action == Grant && rapid.Bool().Draw(t, "grant option")
	s.GrantOptionFor = s.Action == Revoke && rapid.Bool().Draw(t, "grant option for")
	s.Cascade = s.Action != Grant && rapid.Bool().Draw(t, "cascade")
	if rapid.Bool().Draw(t, "as") {
		s.As = &Ident{Value: name(t)}
	}
	return s
}

func body(t *rapid.T, depth int) QueryBody {
	if depth > 0 && rapid.IntRange(0, 3).Draw(t, "set") == 0 {
		op := rapid.SampledFrom([]string{"UNION", "EXCEPT", "INTERSECT"}).Draw(t, "op")
		all := op == "UNION" && rapid.Bool().Draw(t, "all")
		return &SetOperation{Op: op, All: all, Left: body(t, depth-1), Right: body(t, depth-1)}
	}
	s := &Select{Items: []SelectItem{{Expr: value(t, depth), Alias: name(t)}}}
	if rapid.Bool().Draw(t, "from") {
		s.From = []TableRef{table(t, depth)}
	}
	if rapid.Bool().Draw(t, "where") {
		s.Where = test(t, depth)
	}
	return s
}

func table(t *rapid.T, depth int) TableRef {
	switch rapid.IntRange(0, 3).Draw(t, "table") * min(max(depth, 0), 1) {
	case 1:
		return &DerivedTable{Query: &Query{Body: body(t, depth-1)}, Alias: name(t)}
	case 2:
		return &Join{Kind: InnerJoin, Left: table(t, depth-1), Right: table(t, depth-1), On: test(t, depth-1)}
	case 3:
		return &Join{Kind: CrossApply, Left: table(t, depth-1), Right: table(t, depth-1)}
	}
	return &NamedTable{Name: object(t), Alias: name(t)}
}

// value draws an expression.
func value(t *rapid.T, depth int) Expr {
	switch rapid.IntRange(0, 8).Draw(t, "value") * min(max(depth, 0), 1) {
	case 1:
		op := rapid.SampledFrom([]string{"+", "-", "*", "/", "%", "&", "|", "^"}).Draw(t, "op")
		return &Binary{Op: op, Left: value(t, depth-1), Right: value(t, depth-1)}
	case 2:
		return &Unary{Op: rapid.SampledFrom([]string{"-", "+", "~"}).Draw(t, "op"), X: value(t, depth-1)}
	case 3:
		return &Subquery{Query: &Query{Body: body(t, depth-1)}}
	case 4:
		return &Case{Whens: []When{{Cond: test(t, depth-1), Result: value(t, depth-1)}}, Else: value(t, depth-1)}
	case 5:
		return &Collate{X: value(t, depth-1), Collation: "Latin1_General_BIN2"}
	case 6:
		return &Call{Name: ObjectName{Schema: "dbo", Name: name(t), Parts: 2}, Args: []Expr{value(t, depth-1), value(t, depth-1)}}
	case 7:
		return &Literal{Kind: NStringLiteral, Text: rapid.String().Draw(t, "text")}
	case 8:
		return &Literal{Kind: IntLiteral, Text: "42"}
	}
	return &ColumnRef{Name: name(t)}
}

// test draws a condition.
func test(t *rapid.T, depth int) Expr {
	x := func() Expr { return value(t, depth-1) }
	negated := rapid.Bool().Draw(t, "negated")
	switch rapid.IntRange(0, 7).Draw(t, "test") * min(max(depth, 0), 1) {
	case 1:
		op := rapid.SampledFrom([]string{"AND", "OR"}).Draw(t, "op")
		return &Binary{Op: op, Left: test(t, depth-1), Right: test(t, depth-1)}
	case 2:
		return &Unary{Op: "NOT", X: test(t, depth-1)}
	case 3:
		return &Between{X: x(), Low: x(), High: x(), Not: negated}
	case 4:
		return &In{X: x(), List: []Expr{x(), x()}, Not: negated}
	case 5:
		return &Like{X: x(), Pattern: x(), Escape: x(), Not: negated}
	case 6:
		return &Exists{Query: &Query{Body: body(t, depth-1)}}
	case 7:
		return &Quantified{X: x(), Op: "<=", All: negated, Query: &Query{Body: body(t, depth-1)}}
	}
	return &IsNull{X: &ColumnRef{Name: name(t)}, Not: negated}
}
