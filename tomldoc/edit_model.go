package tomldoc

import (
	"fmt"
	"math"
	"reflect"
)

// model is what a text says, and what it shall say: the same changes are made
// to it as to the text, so that the two can be compared.
type model struct {
	root map[string]any
}

// list is an array: elements that were taken away are gone, so that the others
// keep their numbers.
type list struct {
	items  []any
	headed bool // an array of tables with headers: without elements there is none
}

type gone struct{}

// modelOf copies what was decoded; at is where it stands.
func (e *Edit) modelOf(v any, at *entry) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[k] = e.modelOf(x, at.step(k))
		}
		return out
	case []map[string]any:
		return e.listOf(anys(v), at)
	case []any:
		return e.listOf(v, at)
	}
	return v
}

func (e *Edit) listOf(v []any, at *entry) *list {
	out := &list{headed: !e.valued(at)}
	for i, x := range v {
		out.items = append(out.items, e.modelOf(x, at.step(i)))
	}
	return out
}

// settled is a model without what is gone.
func settled(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			if l, ok := x.(*list); ok && l.headed && len(settled(l).([]any)) == 0 {
				continue
			}
			out[k] = settled(x)
		}
		return out
	case *list:
		return settledItems(v.items)
	case []any:
		return settledItems(v)
	case []map[string]any:
		return settledItems(anys(v))
	case float64:
		if math.IsNaN(v) {
			return "nan" // which equals nothing, itself included
		}
	}
	return v
}

func settledItems(items []any) []any {
	out := []any{}
	for _, x := range items {
		if _, ok := x.(gone); !ok {
			out = append(out, settled(x))
		}
	}
	return out
}

// says reports whether a text that was read says what the model says.
func (m *model) says(read map[string]any) bool {
	return reflect.DeepEqual(settled(m.root), settled(read))
}

// table returns the table at path, made where it is missing.
func (m *model) table(path []any) (map[string]any, error) {
	at := any(m.root)
	for _, step := range path {
		var next any
		switch here := at.(type) {
		case map[string]any:
			name, ok := step.(string)
			if !ok {
				return nil, fmt.Errorf("%v is in no array", step)
			}
			if here[name] == nil {
				here[name] = map[string]any{}
			}
			next = here[name]
		case *list:
			i, ok := step.(int)
			if !ok || i < 0 || i >= len(here.items) {
				return nil, fmt.Errorf("%v is no element", step)
			}
			next = here.items[i]
		}
		at = next
	}
	table, ok := at.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s is no table", keyName(path))
	}
	return table, nil
}

// set gives a key the value that is written as text.
func (m *model) set(text string, path []any) error {
	table, err := m.table(path[:len(path)-1])
	if err != nil {
		return err
	}
	table[path[len(path)-1].(string)], err = value(text)
	return err
}

// setItem gives an element of an array the value that is written as text.
func (m *model) setItem(text string, path []any, i int) error {
	name, ok := path[len(path)-1].(string)
	if !ok {
		return fmt.Errorf("%s is an array in an array: change it by hand", keyName(path))
	}
	table, err := m.table(path[:len(path)-1])
	if err != nil {
		return err
	}
	array, ok := table[name].(*list)
	if !ok || i >= len(array.items) {
		return fmt.Errorf("%s is no array with an element %d", keyName(path), i)
	}
	array.items[i], err = value(text)
	return err
}

// unset takes a key away.
func (m *model) unset(path []any) {
	if table, err := m.table(path[:len(path)-1]); err == nil {
		delete(table, path[len(path)-1].(string))
	}
}

// append adds the table that is written as text to an array.
func (m *model) append(text string, path []any) error {
	table, err := m.table(path[:len(path)-1])
	if err != nil {
		return err
	}
	name := path[len(path)-1].(string)
	if table[name] == nil {
		table[name] = &list{headed: true}
	}
	array, ok := table[name].(*list)
	if !ok {
		return fmt.Errorf("%s is no array", keyName(path))
	}
	v, err := value(text)
	array.items = append(array.items, v)
	return err
}

// remove takes an element away.
func (m *model) remove(path []any) {
	last := len(path) - 1
	table, err := m.table(path[:last-1])
	if err != nil {
		return
	}
	if array, ok := table[path[last-1].(string)].(*list); ok {
		array.items[path[last].(int)] = gone{}
	}
}

// value reads what encode wrote.
func value(text string) (any, error) {
	m, failed := decode("x = " + text)
	if failed != nil {
		return nil, fmt.Errorf("%s: %s", text, failed.Message)
	}
	return m["x"], nil
}
