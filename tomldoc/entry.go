package tomldoc

// entry is a key, a table, an array or an element of one, with the byte offset
// at which it is written.
type entry struct {
	offset int
	// named is false for a table that is only implied by the name of another.
	named bool
	keys  map[string]*entry
	items []*entry
}

// step returns what a key or an index leads to, or nil.
func (e *entry) step(to any) *entry {
	switch to := to.(type) {
	case string:
		return e.keys[to]
	case int:
		if to >= 0 && to < len(e.items) {
			return e.items[to]
		}
	}
	return nil
}

// child returns the entry of a key, made at offset if it is new.
func (e *entry) child(key string, offset int) *entry {
	if c := e.keys[key]; c != nil {
		return c
	}
	if e.keys == nil {
		e.keys = map[string]*entry{}
	}
	c := &entry{offset: offset}
	e.keys[key] = c
	return c
}

// item appends an element.
func (e *entry) item(offset int) *entry {
	c := &entry{offset: offset, named: true}
	e.items = append(e.items, c)
	return c
}

// last returns the table that a header's name leads into: the newest element
// of an array of tables, else the entry itself.
func (e *entry) last() *entry {
	if n := len(e.items); n > 0 {
		return e.items[n-1]
	}
	return e
}
