package security

import "fmt"

// propertyKey orders properties by class, major id, minor id and name.
type propertyKey string

// Property is a row of sys.extended_properties (D.5).
type Property struct {
	Class Class
	Major int
	Minor int
	Name  string
	Value any
}

func (d *Database) propertyKey(class Class, major, minor int, name string) propertyKey {
	return propertyKey(fmt.Sprintf("%03d.%012d.%06d.%s", class, major, minor, d.collation.Fold(name)))
}

// dropProperties removes the properties of a thing.
func (d *Database) dropProperties(class Class, major int) {
	for _, k := range d.properties.Keys() {
		if p, _ := d.properties.Get(k); p.Class == class && p.Major == major {
			d.properties.Delete(k)
		}
	}
}
