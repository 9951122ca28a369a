package tomldoc

// manyKeys is the number of keys from which a table finds them by a map.
const manyKeys = 16

// entry is a key, a table, an array or an element of one, with the byte offset
// at which it is written. Most are plain values, with nothing below them.
type entry struct {
	offset int32
	// named is false for a table that is only implied by the name of another.
	named bool
	below *branch
}

// branch is what stands below a table or an array.
type branch struct {
	keys   []keyEntry
	byName map[string]*entry // nil below manyKeys
	items  []*entry
}

// keyEntry is a key of a table.
type keyEntry struct {
	name string
	*entry
}

// step returns what a key or an index leads to, or nil.
func (e *entry) step(to any) *entry {
	switch to := to.(type) {
	case string:
		return e.key(to)
	case int:
		if items := e.items(); to >= 0 && to < len(items) {
			return items[to]
		}
	}
	return nil
}

// key returns the entry of a key, or nil.
func (e *entry) key(name string) *entry {
	if e.below == nil {
		return nil
	}
	if e.below.byName != nil {
		return e.below.byName[name]
	}
	for _, k := range e.below.keys {
		if k.name == name {
			return k.entry
		}
	}
	return nil
}

// keys returns the keys of a table, in the order of the text.
func (e *entry) keys() []keyEntry {
	if e.below == nil {
		return nil
	}
	return e.below.keys
}

// items returns the elements of an array.
func (e *entry) items() []*entry {
	if e.below == nil {
		return nil
	}
	return e.below.items
}

// child returns the entry of a key, made at offset if it is new.
func (e *entry) child(key string, offset int) *entry {
	if c := e.key(key); c != nil {
		return c
	}
	c := &entry{offset: int32(offset)}
	b := e.branch()
	b.keys = append(b.keys, keyEntry{key, c})
	switch {
	case b.byName != nil:
		b.byName[key] = c
	case len(b.keys) > manyKeys:
		b.byName = make(map[string]*entry, 2*len(b.keys))
		for _, k := range b.keys {
			b.byName[k.name] = k.entry
		}
	}
	return c
}

// item appends an element.
func (e *entry) item(offset int) *entry {
	c := &entry{offset: int32(offset), named: true}
	b := e.branch()
	b.items = append(b.items, c)
	return c
}

// branch returns what stands below e, made if nothing does yet.
func (e *entry) branch() *branch {
	if e.below == nil {
		e.below = &branch{}
	}
	return e.below
}

// last returns the table that a header's name leads into: the newest element
// of an array of tables, else the entry itself.
func (e *entry) last() *entry {
	if items := e.items(); len(items) > 0 {
		return items[len(items)-1]
	}
	return e
}
