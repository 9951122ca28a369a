package security

// parameterOf is a parameter of a module.
type parameterOf struct {
	*Parameter
	object *Object
}

// seenParameters lists the parameters of the modules that the caller sees.
func seenParameters(c *Checker, d *Database) (list []parameterOf) {
	for _, o := range seen(KindProcedure, KindFunction, KindInline)(c, d) {
		for i := range o.Module.Parameters {
			list = append(list, parameterOf{&o.Module.Parameters[i], o})
		}
	}
	return list
}

func parameterRow(_ *Checker, _ *Database, p parameterOf) []any {
	t := typeNamed(p.Type)
	return []any{p.object.ID, p.Name, p.ID, t.system, t.user, p.MaxLength, p.Precision, p.Scale, p.Output, p.Type == "cursor"}
}
