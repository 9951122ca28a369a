package security

import "github.com/tidwall/btree"

// newMap makes a map that copies in constant time.
func newMap[K interface{ ~int | ~uint64 | ~string }, V any]() *btree.Map[K, V] {
	return btree.NewMap[K, V](16)
}

// register holds things by id and by key: a name as the collation of its
// server or database folds it.
type register[T any] struct {
	ids  *btree.Map[int, T]
	keys *btree.Map[string, int]
}

func newRegister[T any]() register[T] { return register[T]{newMap[int, T](), newMap[string, int]()} }

func (r register[T]) copy() register[T] { return register[T]{r.ids.Copy(), r.keys.Copy()} }

// get returns a thing by id, or nil.
func (r register[T]) get(id int) (thing T) {
	thing, _ = r.ids.Get(id)
	return thing
}

// named returns a thing by key, or nil.
func (r register[T]) named(key string) (thing T) {
	if id, ok := r.keys.Get(key); ok {
		thing = r.get(id)
	}
	return thing
}

func (r register[T]) put(id int, key string, thing T) {
	r.ids.Set(id, thing)
	r.keys.Set(key, id)
}

func (r register[T]) remove(id int, key string) {
	r.ids.Delete(id)
	r.keys.Delete(key)
}

// rekeyed returns a register with other keys; ok is false when two are the same.
func (r register[T]) rekeyed(key func(T) string) (next register[T], ok bool) {
	next, ok = register[T]{r.ids, newMap[string, int]()}, true
	r.ids.Scan(func(id int, thing T) bool {
		_, taken := next.keys.Set(key(thing), id)
		ok = !taken
		return ok
	})
	return next, ok
}
