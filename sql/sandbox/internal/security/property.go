package security

import (
	"fmt"
	"slices"
	"strings"
)

// The procedures that change extended properties.
const (
	PropertyAdd    = "sp_addextendedproperty"
	PropertyUpdate = "sp_updateextendedproperty"
	PropertyDrop   = "sp_dropextendedproperty"
)

// propertyKey orders properties by class, major id, minor id and name.
type propertyKey string

// Property is a row of sys.extended_properties (D.5). Values are never changed
// once stored.
type Property struct {
	Class Class
	Major int
	Minor int
	Name  string
	Value any
}

func (d *Database) propertyKey(p Property) propertyKey {
	return propertyKey(fmt.Sprintf("%03d.%012d.%06d.%s", p.Class, p.Major, p.Minor, d.Names().Fold(p.Name)))
}

// Properties returns the extended properties by class, id and name.
func (d *Database) Properties() []*Property { return d.properties.Values() }

// dropProperties removes the properties of a thing.
func (d *Database) dropProperties(class Class, major int) {
	prefix := fmt.Sprintf("%03d.%012d.", class, major)
	var keys []propertyKey
	d.properties.Ascend(propertyKey(prefix), func(k propertyKey, _ *Property) bool {
		if !strings.HasPrefix(string(k), prefix) {
			return false
		}
		keys = append(keys, k)
		return true
	})
	for _, k := range keys {
		d.properties.Delete(k)
	}
}

// ChangeProperty is sp_addextendedproperty, sp_updateextendedproperty and
// sp_dropextendedproperty (D.5), by the name of the procedure: 15135 for a target
// that is missing or may not be altered, 15233 when the name is taken, 15217 when
// there is none, 15600 for levels that make no sense.
func (s *Server) ChangeProperty(ctx *Context, procedure, name string, value any, on PropertyTarget) error {
	d := s.Database(ctx.Database)
	if name == "" || !on.sensible() {
		return refuse(15600, procedure)
	}
	p, securable, ok := d.target(on)
	if !ok || !s.Checker(ctx).Can(securable, "ALTER") {
		return refuse(15135, on.label())
	}
	p.Name, p.Value = name, value
	old, exists := d.properties.Get(d.propertyKey(p))
	switch {
	case exists && procedure == PropertyAdd:
		return refuse(15233, name, on.label())
	case !exists && procedure != PropertyAdd:
		return refuse(15217, name, on.label())
	case procedure == PropertyDrop:
		return s.change(d, func(w *Database) { w.properties.Delete(w.propertyKey(p)) })
	case exists:
		p.Name = old.Name
	}
	return s.change(d, func(w *Database) { w.properties.Set(w.propertyKey(p), &p) })
}

// label is what the messages call a target.
func (t PropertyTarget) label() string {
	names := slices.DeleteFunc([]string{t.Level0Name, t.Level1Name, t.Level2Name}, func(name string) bool { return name == "" })
	return orElse(strings.Join(names, "."), "object specified")
}

// sensible reports whether the levels of a target go together.
func (t PropertyTarget) sensible() bool {
	level0, level1, level2 := foldKeyword(t.Level0Type), foldKeyword(t.Level1Type), foldKeyword(t.Level2Type)
	given := func(kind, name string) bool { return (kind == "") == (name == "") }
	if !given(level0, t.Level0Name) || !given(level1, t.Level1Name) || !given(level2, t.Level2Name) {
		return false
	}
	switch {
	case level0 == "" || level0 == "USER":
		return level1 == "" && level2 == ""
	case level0 != "SCHEMA":
		return false
	case level1 == "":
		return level2 == ""
	}
	kinds := []string{"TABLE", "VIEW", "SYNONYM", "PROCEDURE", "FUNCTION"}
	return slices.Contains(kinds, level1) && (level2 == "" || level2 == "COLUMN" && slices.Contains(kinds[:2], level1))
}

// target finds what a target names.
func (d *Database) target(t PropertyTarget) (p Property, on Securable, ok bool) {
	switch foldKeyword(t.Level0Type) {
	case "":
		return Property{Class: ClassDatabase}, OnDatabase(d.ID), true
	case "USER":
		principal := d.PrincipalNamed(t.Level0Name)
		if principal == nil {
			return p, on, false
		}
		return Property{Class: ClassPrincipal, Major: principal.ID}, OnPrincipal(d.ID, principal.ID), true
	}
	schema := d.SchemaNamed(t.Level0Name)
	if schema == nil {
		return p, on, false
	}
	if t.Level1Type == "" {
		return Property{Class: ClassSchema, Major: schema.ID}, OnSchema(d.ID, schema.ID), true
	}
	return d.objectTarget(schema, t)
}

// objectTarget finds the object, and the column, of a target.
func (d *Database) objectTarget(schema *Schema, t PropertyTarget) (p Property, on Securable, ok bool) {
	o := d.ObjectNamed(schema.ID, t.Level1Name)
	if o == nil || KindWord(o.Kind) != lowerWord(t.Level1Type) {
		return p, on, false
	}
	p = Property{Class: ClassObject, Major: o.ID}
	if t.Level2Type != "" {
		column := o.Column(d.Names(), t.Level2Name)
		if column == nil {
			return p, on, false
		}
		p.Minor = column.ID
	}
	return p, OnObject(d.ID, o.ID), true
}
