package security

import (
	_ "embed" // permissions.txt
	"slices"
	"strings"
)

// Builtin is one row of sys.fn_builtin_permissions: a permission of a class,
// what covers it there, and what covers it on the parent (B.8).
type Builtin struct {
	Class       string
	Permission  string
	Type        string
	Covering    string // empty: nothing in this class
	Parent      string // class, empty for SERVER
	ParentCover string
}

// Builtins returns the permission table, in order of class and name.
func Builtins() []Builtin { return builtins.rows }

// builtinTable is the permission table of SQL Server 2022 for the classes of
// this package, from the manual pages grant-server-permissions,
// grant-database-permissions, grant-schema-permissions,
// grant-object-permissions and grant-database-principal-permissions, and
// sections B.3 and B.8 of the reference. A line reads: code, permission,
// covering permission, covering permission of the parent (CONTROL when
// missing).
//
//go:embed permissions.txt
var builtinTable string

// builtins is the table of permissions.txt with its indexes; it never changes.
var builtins = indexBuiltins(builtinTable)

type builtinIndex struct {
	rows    []Builtin
	byName  map[permissionOf]Builtin
	byCode  map[string]string        // class + "/" + code → permission
	byClass map[string][]Builtin     // in the order of the table
	spaces  map[permissionOf][]level // see space
}

// permissionOf is a permission of a class.
type permissionOf struct{ class, permission string }

// indexBuiltins reads a table of lines: a class line "CLASS < PARENT", then
// "code, permission, covering, parent covering". A missing parent covering is
// CONTROL of the parent.
func indexBuiltins(table string) *builtinIndex {
	ix := &builtinIndex{byName: map[permissionOf]Builtin{}, byCode: map[string]string{}, byClass: map[string][]Builtin{}}
	var class, parent string
	for _, line := range strings.Split(strings.TrimSpace(table), "\n") {
		if head, tail, ok := strings.Cut(line, " < "); ok || !strings.Contains(line, ",") {
			class, parent = head, tail
			continue
		}
		ix.add(class, parent, line)
	}
	ix.spaces = make(map[permissionOf][]level, len(ix.rows))
	for _, b := range ix.rows {
		ix.spaces[permissionOf{b.Class, b.Permission}] = ix.space(b.Class, b.Permission)
	}
	return ix
}

func (ix *builtinIndex) add(class, parent, line string) {
	part := strings.Split(line, ",")
	for i := range part {
		part[i] = strings.TrimSpace(part[i])
	}
	part = append(part, "", "")
	b := Builtin{Class: class, Type: part[0], Permission: part[1], Covering: part[2], Parent: parent, ParentCover: part[3]}
	if parent != "" && b.ParentCover == "" {
		b.ParentCover = control(parent)
	}
	ix.byName[permissionOf{class, b.Permission}] = b
	ix.byCode[class+"/"+b.Type] = b.Permission
	ix.byClass[class] = append(ix.byClass[class], b)
	ix.rows = append(ix.rows, b)
}

// control returns the permission of a class that covers all others.
func control(class string) string {
	if class == "SERVER" {
		return "CONTROL SERVER"
	}
	return "CONTROL"
}

// level is the part of a permission space on one class: the codes that decide
// there.
type level struct {
	class string
	codes []string
}

// space returns, class by class from the securable up to the server, the
// codes of every permission that covers the asked one (C.1 step 4). The first is
// the securable's own class.
func (ix *builtinIndex) space(class, permission string) []level {
	b := ix.byName[permissionOf{class, permission}]
	here := level{class: class}
	parents := map[string]bool{}
	for {
		here.codes = append(here.codes, b.Type)
		if b.ParentCover != "" {
			parents[b.ParentCover] = true
		}
		if b.Covering == "" || b.Covering == b.Permission {
			break
		}
		b = ix.byName[permissionOf{class, b.Covering}]
	}
	levels := []level{here}
	for _, p := range ix.byClass[b.Parent] {
		if parents[p.Permission] {
			levels = mergeLevels(levels, ix.space(p.Class, p.Permission))
		}
	}
	return levels
}

// mergeLevels adds the codes of more to levels, class by class.
func mergeLevels(levels, more []level) []level {
	for _, m := range more {
		at := slices.IndexFunc(levels, func(l level) bool { return l.class == m.class })
		if at < 0 {
			levels = append(levels, m)
			continue
		}
		known := levels[at].codes
		levels[at].codes = append(known, slices.DeleteFunc(m.codes, func(code string) bool { return slices.Contains(known, code) })...)
	}
	return levels
}
