package security

import "strconv"

// Schema is a schema of a database. Values are never changed once stored.
type Schema struct {
	ID    int
	Name  string
	Owner int
}

// Ids of built-in schemas (A.5).
const (
	SchemaDBO        = 1
	SchemaGuest      = 2
	SchemaInfoSchema = 3
	SchemaSys        = 4
)

// Schema returns a schema by id, or nil.
func (d *Database) Schema(id int) *Schema { return d.schemas.get(id) }

// SchemaNamed returns a schema by name, or nil.
func (d *Database) SchemaNamed(name string) *Schema { return d.schemas.named(d.Names().Fold(name)) }

// SchemaName returns the name of a schema by id, empty where there is none.
func (d *Database) SchemaName(id int) string {
	if s := d.Schema(id); s != nil {
		return s.Name
	}
	return ""
}

// Schemas returns the schemas by id.
func (d *Database) Schemas() []*Schema { return d.schemas.ids.Values() }

// putSchema stores a schema.
func (d *Database) putSchema(s *Schema) {
	if old := d.Schema(s.ID); old != nil {
		d.removeSchema(old)
	}
	d.schemas.put(s.ID, d.Names().Fold(s.Name), s)
	d.owned.add(ownsSchemas(s.Owner), 1, true)
}

func (d *Database) removeSchema(s *Schema) {
	d.schemas.remove(s.ID, d.Names().Fold(s.Name))
	d.owned.add(ownsSchemas(s.Owner), -1, true)
}

// objectKey is the key of an object's name inside its schema.
func (d *Database) objectKey(schema int, name string) string {
	return strconv.Itoa(schema) + "." + d.Names().Fold(name)
}
