package sandbox

import (
	"slices"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// The codes of %%rename.
const (
	renamed   = iota
	nameless  // there is none of the old name that the caller may alter
	nameTaken // by another of its kind
	nameBound // something enforced depends on it
)

// renameItem is %%rename @id, @kind, @old, @new: the OBJECT of the id, or a COLUMN or an INDEX of it, gets another name.
func renameItem(c *call) (code int32, err error) {
	id, kind, from, to := int(c.args[0].num(0)), c.args[1].str(""), c.args[2].str(""), c.args[3].str("")
	_, err = c.written(func(work *security.Server, w *security.Context) error {
		d := work.Database(w.Database)
		o := d.Object(id)
		if o == nil {
			code = nameless
			return nil
		}
		table := o
		if o.Parent != 0 {
			table = d.Object(o.Parent)
		}
		r := &renaming{alteration{x: c.x, who: w, db: d, object: table}, work, from, to}
		st, stored := table.Storage.(*tableStorage)
		if stored {
			r.take(st)
		}
		c.x.state, c.x.checker = work, nil
		switch {
		case !work.Checker(w).Can(security.OnObject(d.ID, table.ID), "ALTER") || kind != "OBJECT" && !stored:
			code = nameless
		case kind == "COLUMN":
			code, err = r.column()
		case kind == "INDEX":
			code, err = r.index()
		default:
			code, err = r.objectOf(o)
		}
		return err
	})
	return code, err
}

// renaming is a change of a name under way: of the object, or of what belongs to it.
type renaming struct {
	alteration
	work     *security.Server
	from, to string
}

func (r *renaming) is(name, given string) bool { return r.db.Names().Equal(name, given) }

// column renames a column that no CHECK and no schema-bound view names.
func (r *renaming) column() (int32, error) {
	c, other := r.storage.find(r.db.Names(), r.from), r.storage.find(r.db.Names(), r.to)
	switch {
	case c == nil:
		return nameless, nil
	case other != nil && other != c:
		return nameTaken, nil
	case slices.ContainsFunc(r.storage.constraints, func(k query.Constraint) bool { return k.Check != nil && slices.Contains(k.Columns, c.ID) }),
		r.bound(func(v *viewStorage) bool { return slices.Contains(v.uses[r.object.ID], c.ID) }):
		return nameBound, nil
	}
	c.Name = r.to
	return renamed, r.keep()
}

// bound reports whether a schema-bound view uses the object in such a way.
func (r *renaming) bound(uses func(*viewStorage) bool) bool {
	return slices.ContainsFunc(r.db.UsersOf(r.object.ID), func(o *security.Object) bool {
		v, ok := o.Storage.(*viewStorage)
		return ok && uses(v)
	})
}

// index renames an index, and the key that it belongs to.
func (r *renaming) index() (int32, error) {
	i := slices.IndexFunc(r.storage.constraints, func(k query.Constraint) bool { return indexed(k) && r.is(k.Name, r.from) })
	switch {
	case i < 0:
		return nameless, nil
	case !isIndex(r.storage.constraints[i]):
		for _, o := range r.db.UsersOf(r.object.ID) {
			if o.Parent == r.object.ID && r.is(o.Name, r.from) {
				return r.objectOf(o)
			}
		}
	case !r.is(r.from, r.to) && r.alteration.index(r.to):
		return nameTaken, nil
	}
	r.inStorage()
	r.work.SetStorage(r.db.ID, r.object.ID, r.storage)
	return renamed, nil
}

// objectOf renames the object, or a constraint of it.
func (r *renaming) objectOf(o *security.Object) (int32, error) {
	other := r.db.ObjectNamed(o.Schema, r.to)
	key := o.Kind == security.KindPrimaryKey || o.Kind == security.KindUnique
	if other != nil && other != o || key && !r.is(o.Name, r.to) && r.alteration.index(r.to) {
		return nameTaken, nil
	}
	if o.Parent == 0 && r.bound(func(*viewStorage) bool { return true }) {
		return nameBound, nil
	}
	if o.Parent != 0 {
		r.from = o.Name
		r.inStorage()
		r.work.SetStorage(r.db.ID, r.object.ID, r.storage)
	}
	return renamed, r.work.Rename(r.who, o, r.to)
}

// inStorage renames what the table keeps under the name: a constraint, an index or a default.
func (r *renaming) inStorage() {
	st := r.storage
	for i := range st.constraints {
		if r.is(st.constraints[i].Name, r.from) {
			st.constraints[i].Name = r.to
		}
	}
	for i := range st.columns {
		if st.columns[i].HasDefault && r.is(st.columns[i].DefaultName, r.from) {
			st.columns[i].DefaultName = r.to
		}
	}
	if r.is(st.clustered, r.from) {
		st.clustered = r.to
	}
}

// refreshView is %%refresh @id: a view that is not schema-bound is read anew. The code is 1 where the caller cannot alter
// such a view.
func refreshView(c *call) (code int32, err error) {
	_, err = c.written(func(work *security.Server, w *security.Context) error {
		x, d := *c.x, work.Database(w.Database)
		o := d.Object(int(c.args[0].num(0)))
		if o == nil || o.Kind != security.KindView || !work.Checker(w).Can(security.OnObject(d.ID, o.ID), "ALTER") {
			code = 1
			return nil
		}
		if o.SchemaBound {
			return nil
		}
		batch, err := tsql.Parse(o.Definition)
		if err != nil {
			return err
		}
		st := batch.Statements[0].(*tsql.CreateView)
		st.Name.Schema, st.Name.Name = d.SchemaName(o.Schema), o.Name
		x.source, x.state, x.checker = o.Definition, work, nil
		spec, err := x.viewSpec(st)
		if err != nil {
			return err
		}
		return x.keepObject(spec, true, false)
	})
	return code, err
}
