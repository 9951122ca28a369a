package security

// moduleViews are the views about modules, their text and what they refer to.
func moduleViews() rowsByView {
	return rowsByView{
		"sys.sql_modules":                 rowsOf(seen(KindView, KindProcedure, KindFunction, KindInline), moduleRow),
		"sys.sql_expression_dependencies": dependencies,
		"sys.parameters":                  rowsOf(seenParameters, parameterRow),
	}
}

// moduleRow hides the text from those who may not view the definition (C.4).
func moduleRow(c *Checker, d *Database, o *Object) []any {
	m := o.Module
	if m == nil {
		m = &Module{ModuleOptions: ModuleOptions{QuotedIdentifier: true}}
	}
	return []any{o.ID, c.definition(d, o), m.QuotedIdentifier, o.SchemaBound, m.Recompiled, m.NullOnNullInput, orNull(m.RunsAs)}
}

// definition is the text of a module as the caller may see it.
func (c *Checker) definition(d *Database, o *Object) any {
	if c.SeesDefinition(d.ID, o) {
		return orNull(o.Definition)
	}
	return nil
}

// dependencies shows what views refer to, to holders of VIEW DEFINITION on the
// database (sys-sql-expression-dependencies-transact-sql.md, Permissions). Of
// the same database it knows the object that has the name now.
func dependencies(c *Checker, database int) [][]any {
	if !c.Can(OnDatabase(database), "VIEW DEFINITION") {
		return nil
	}
	var rows [][]any
	d := c.s.Database(database)
	for _, o := range seen()(c, d) {
		for _, dep := range o.Depends {
			id := 0
			if dep.Server == "" && (dep.Database == "" || c.s.collation.Equal(dep.Database, d.Name)) {
				id = d.referenced(o, dep)
			}
			rows = append(rows, []any{o.ID, o.SchemaBound, orNull(dep.Server), orNull(dep.Database), orNull(dep.Schema),
				dep.Name, orNull(id)})
		}
	}
	return rows
}

// referenced is the id of the object that a name in a view means now, or 0.
func (d *Database) referenced(view *Object, dep Dependency) int {
	schemas := []int{view.Schema, SchemaDBO}
	if dep.Schema != "" {
		schemas = nil
		if s := d.SchemaNamed(dep.Schema); s != nil {
			schemas = []int{s.ID}
		}
	}
	for _, schema := range schemas {
		if o := d.ObjectNamed(schema, dep.Name); o != nil {
			return o.ID
		}
	}
	return 0
}
