package sandbox

import (
	"strings"

	"grantree/sql/sandbox/internal/security"
)

// written runs a procedure's change as a statement does.
func (c *call) written(do func(*security.Server, *security.Context) error) (int32, error) {
	err := c.x.s.write(func(work *security.Server) error { return do(work, c.x.who()) })
	if err != nil {
		return 1, err
	}
	return 0, nil
}

// writing is a procedure of no more than a change of the security state, by its parameters.
func writing(change func(*security.Server, *security.Context, []*arg) error, needed int, params ...string) func(*call) (int32, error) {
	return func(c *call) (int32, error) {
		p, err := c.take(needed, params...)
		if err != nil {
			return 1, err
		}
		return c.written(func(work *security.Server, w *security.Context) error { return change(work, w, p) })
	}
}

// propertyLevels are the parameters of the extended property procedures after @name and @value.
var propertyLevels = []string{"@level0type", "@level0name", "@level1type", "@level1name", "@level2type", "@level2name"}

// propertyTarget reads them.
func propertyTarget(p []*arg) security.PropertyTarget {
	return security.PropertyTarget{
		Level0Type: strings.ToUpper(p[0].str("")), Level0Name: p[1].str(""), Level1Type: strings.ToUpper(p[2].str("")),
		Level1Name: p[3].str(""), Level2Type: strings.ToUpper(p[4].str("")), Level2Name: p[5].str(""),
	}
}

func addProperty(work *security.Server, w *security.Context, p []*arg) error {
	return work.ChangeProperty(w, security.PropertyAdd, p[0].str(""), variantOf(p[1]), propertyTarget(p[2:]))
}

func updateProperty(work *security.Server, w *security.Context, p []*arg) error {
	return work.ChangeProperty(w, security.PropertyUpdate, p[0].str(""), variantOf(p[1]), propertyTarget(p[2:]))
}

func dropProperty(work *security.Server, w *security.Context, p []*arg) error {
	return work.ChangeProperty(w, security.PropertyDrop, p[0].str(""), nil, propertyTarget(p[1:]))
}

// listProperties is fn_listextendedproperty: the properties of one thing, or of all things of a kind on one level.
func listProperties(sc *scope, args []any) ([][]any, error) {
	if sc.database == nil {
		return nil, nil
	}
	var rows [][]any
	for _, p := range sc.database.Properties() {
		objType, objName, ok := sc.propertyOwner(p, args)
		if name := argument(args, 0); ok && (name == nil || sc.database.Collation().Equal(*name, p.Name)) {
			rows = append(rows, []any{objType, objName, p.Name, variant(p.Value)})
		}
	}
	return rows, nil
}

// propertyOwner is the type and name of what a property hangs on, if the levels in args choose it.
func (sc *scope) propertyOwner(p *security.Property, args []any) (objType, objName any, ok bool) {
	d := sc.database
	levels := [][2]string{}
	switch p.Class {
	case security.ClassPrincipal:
		if user := d.Principal(p.Major); user != nil {
			levels = append(levels, [2]string{"USER", user.Name})
		}
	case security.ClassSchema:
		if s := d.Schema(p.Major); s != nil {
			levels = append(levels, [2]string{"SCHEMA", s.Name})
		}
	case security.ClassObject:
		o := d.Object(p.Major)
		if o == nil || !sc.x.check().SeesObject(d.ID, o) {
			return nil, nil, false
		}
		levels = append(levels, [2]string{"SCHEMA", d.Schema(o.Schema).Name}, [2]string{strings.ToUpper(security.KindWord(o.Kind)), o.Name})
		for _, c := range o.Columns {
			if p.Minor == c.ID {
				levels = append(levels, [2]string{"COLUMN", c.Name})
			}
		}
	}
	return chosen(d.Collation(), levels, args[1:])
}

// chosen reports whether the level arguments choose a thing: each named level must fit, the last level may leave the
// name open, and there must be as many levels as the thing has.
func chosen(c security.Collation, levels [][2]string, args []any) (objType, objName any, ok bool) {
	for i := 0; i < 3; i++ {
		kind, name := argument(args, 2*i), argument(args, 2*i+1)
		switch {
		case i >= len(levels) && (kind == nil || *kind == ""):
		case i >= len(levels), kind == nil, !strings.EqualFold(*kind, levels[i][0]), name != nil && !c.Equal(*name, levels[i][1]):
			return nil, nil, false
		default:
			objType, objName = levels[i][0], levels[i][1]
		}
	}
	return objType, objName, true
}

// migrateUser is sp_migrate_user_to_contained.
func migrateUser(work *security.Server, w *security.Context, p []*arg) error {
	copies, disables := p[1].str("") == "copy_login_name", p[2].str("") == "disable_login"
	if !copies && p[1].str("") != "keep_name" || !disables && p[2].str("") != "do_not_disable_login" {
		return refuse(15600, "sys.sp_migrate_user_to_contained")
	}
	return work.MigrateUser(w, p[0].str(""), copies, disables)
}
