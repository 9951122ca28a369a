package tsql

// database writes the statements about databases; false for any other.
func (w *printer) database(s Statement) bool {
	switch s := s.(type) {
	case *CreateDatabase:
		w.put("CREATE DATABASE ", s.Name)
		w.when(s.Containment != "", " CONTAINMENT = ", s.Containment)
		w.when(s.Collation != "", " COLLATE ", s.Collation)
		w.when(s.Options != nil, " WITH ")
		w.databaseOptions(s.Options)
	case *AlterDatabase:
		w.alterDatabase(s)
	case *DropDatabase:
		w.put("DROP DATABASE ", ifExists(s.IfExists), s.Names)
	case *Use:
		w.put("USE ", s.Database)
	default:
		return false
	}
	return true
}

func (w *printer) alterDatabase(s *AlterDatabase) {
	w.put("ALTER DATABASE ")
	if s.Current {
		w.put("CURRENT")
	} else {
		w.put(s.Name)
	}
	w.when(s.Collation != "", " COLLATE ", s.Collation)
	w.when(s.NewName != nil, " MODIFY NAME = ", s.NewName)
	w.when(s.Options != nil, " SET ")
	w.databaseOptions(s.Options)
	w.when(s.Termination != "", " WITH ", s.Termination)
}

func (w *printer) databaseOptions(options []DatabaseOption) {
	w.list(len(options), func(i int) {
		o := options[i]
		w.put(o.Name)
		w.when(databaseValues[o.Name], " =")
		w.when(o.Value != "", " ", o.Value)
	})
}

// object writes the statements about tables, views and what belongs to them;
// false for any other.
func (w *printer) object(s Statement) bool {
	switch s := s.(type) {
	case *CreateTable:
		w.put("CREATE TABLE ", s.Name, " ")
		w.tableBody(s.TableBody)
	case *AlterTable:
		w.alterTable(s)
	case *CreateView:
		w.view(s)
	case *CreateIndex:
		w.createIndex(s)
	case *DropIndex:
		w.put("DROP INDEX ", ifExists(s.IfExists))
		w.list(len(s.Indexes), func(i int) { w.put(s.Indexes[i].Name, " ON ", s.Indexes[i].Table) })
	case *CreateSynonym:
		w.put("CREATE SYNONYM ", s.Name, " FOR ", s.For)
	case *DropObject:
		w.put("DROP ", s.Kind, " ", ifExists(s.IfExists))
		w.list(len(s.Names), func(i int) { w.put(s.Names[i]) })
	default:
		return false
	}
	return true
}

func (w *printer) tableBody(b TableBody) {
	w.put("(")
	w.tableElements(b)
	w.put(")")
}

func (w *printer) tableElements(b TableBody) {
	w.list(len(b.Columns)+len(b.Constraints), func(i int) {
		if i < len(b.Columns) {
			w.columnDef(b.Columns[i])
			return
		}
		w.constraint(b.Constraints[i-len(b.Columns)])
	})
}

func (w *printer) columnDef(c ColumnDef) {
	w.put(c.Name, " ", c.Type)
	w.when(c.Collation != "", " COLLATE ", c.Collation)
	w.when(c.Sparse, " SPARSE")
	w.when(c.Null == Nullable, " NULL")
	w.when(c.Null == NotNull, " NOT NULL")
	if c.Identity != nil {
		w.put(" IDENTITY(", c.Identity.Seed, ", ", c.Identity.Increment, ")")
	}
	w.when(c.RowGUID, " ROWGUIDCOL")
	if c.Default != nil {
		w.when(c.DefaultName != "", " CONSTRAINT ", Quote(c.DefaultName))
		w.put(" DEFAULT (", c.Default, ")")
	}
	for _, k := range c.Constraints {
		w.put(" ")
		w.constraint(k)
	}
}

func (w *printer) constraint(k Constraint) {
	w.when(k.Name != "", "CONSTRAINT ", Quote(k.Name), " ")
	switch k.Kind {
	case Check:
		w.put("CHECK (", k.Condition, ")")
	case ForeignKey:
		w.when(k.Columns != nil, "FOREIGN KEY ")
		w.indexColumns(k.Columns)
		w.when(k.Columns != nil, " ")
		w.put("REFERENCES ", k.References)
		w.when(k.RefColumns != nil, " (", k.RefColumns, ")")
		w.when(k.OnDelete != "", " ON DELETE ", k.OnDelete)
		w.when(k.OnUpdate != "", " ON UPDATE ", k.OnUpdate)
	case DefaultConstraint:
		w.put("DEFAULT (", k.Value, ") FOR ", k.For)
	default:
		w.put(string(k.Kind))
		w.when(k.Clustered != "", " ", k.Clustered)
		w.when(k.Columns != nil, " ")
		w.indexColumns(k.Columns)
	}
}

func (w *printer) indexColumns(columns []IndexColumn) {
	if columns == nil {
		return
	}
	w.put("(")
	w.list(len(columns), func(i int) {
		w.put(columns[i].Name)
		w.when(columns[i].Desc, " DESC")
	})
	w.put(")")
}

func (w *printer) alterTable(s *AlterTable) {
	w.put("ALTER TABLE ", s.Name)
	w.when(s.NoCheck, " WITH NOCHECK")
	w.when(s.Check, " WITH CHECK")
	switch {
	case s.Enable != nil:
		w.when(s.Disable, " NOCHECK")
		w.when(!s.Disable, " CHECK")
		w.put(" CONSTRAINT ")
		w.list(len(s.Enable), func(i int) {
			if !s.Enable[i].Quoted {
				w.put("ALL")
				return
			}
			w.put(s.Enable[i])
		})
	case s.AlterColumn != nil:
		w.put(" ALTER COLUMN ")
		w.columnDef(*s.AlterColumn)
	case s.DropColumns != nil || s.DropConstraints != nil:
		w.put(" DROP ")
		w.dropElements(s)
	default:
		w.put(" ADD ")
		w.tableElements(s.Add)
	}
}

func (w *printer) dropElements(s *AlterTable) {
	columns := len(s.DropColumns)
	w.list(columns+len(s.DropConstraints), func(i int) {
		if i < columns {
			w.put("COLUMN ", ifExists(s.IfExists), s.DropColumns[i])
			return
		}
		w.put("CONSTRAINT ", ifExists(s.IfExists), s.DropConstraints[i-columns])
	})
}

func (w *printer) view(s *CreateView) {
	switch {
	case s.Alter:
		w.put("ALTER VIEW ")
	case s.OrAlter:
		w.put("CREATE OR ALTER VIEW ")
	default:
		w.put("CREATE VIEW ")
	}
	w.put(s.Name)
	w.when(s.Columns != nil, " (", s.Columns, ")")
	var attributes []string
	for _, a := range []struct {
		on   bool
		word string
	}{{s.SchemaBinding, "SCHEMABINDING"}, {s.Encryption, "ENCRYPTION"}, {s.ViewMetadata, "VIEW_METADATA"}} {
		if a.on {
			attributes = append(attributes, a.word)
		}
	}
	w.optionsClause(attributes)
	w.put(" AS ", s.Query)
	w.when(s.CheckOption, " WITH CHECK OPTION")
}

func (w *printer) createIndex(s *CreateIndex) {
	w.put("CREATE ")
	w.when(s.Unique, "UNIQUE ")
	w.when(s.Clustered != "", s.Clustered, " ")
	w.put("INDEX ", s.Name, " ON ", s.Table, " ")
	w.indexColumns(s.Columns)
	w.when(s.Include != nil, " INCLUDE (", s.Include, ")")
	w.when(s.Where != nil, " WHERE ", s.Where)
}
