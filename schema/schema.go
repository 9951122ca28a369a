package schema

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Draft is the version of JSON Schema that is written.
const Draft = "http://json-schema.org/draft-07/schema#"

// Schema is a JSON Schema, or a part of one.
type Schema = map[string]any

// Source says what a type does not.
type Source struct {
	// Tag is the struct tag that has the keys: toml or json.
	Tag string
	// Required names the keys without which a table is not right. path is the
	// table's: "" for the whole, "group.allow" for the lines of a group. Where it is
	// nil for JSON, it is those that are never left out.
	Required func(path string) []string
	// Key adds to the schema of a key of a table: its words, its names.
	Key func(path, key string) Schema
	// Null are the paths of lists of JSON that may be null, as "people.groups".
	Null []string
	// Texts are types that are written as texts, dates among them.
	Texts []reflect.Type
}

// Of describes a type. Other keys than the type's are no part of it.
func (s Source) Of(t reflect.Type, path string) Schema {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[time.Time]() || slices.Contains(s.Texts, t):
		return Schema{"type": "string"}
	case t == reflect.TypeFor[json.RawMessage](), t.Kind() == reflect.Interface:
		return Schema{}
	}
	switch t.Kind() {
	case reflect.String:
		return Schema{"type": "string"}
	case reflect.Bool:
		return Schema{"type": "boolean"}
	case reflect.Float32, reflect.Float64:
		return Schema{"type": "number"}
	case reflect.Slice, reflect.Array:
		return Schema{"type": "array", "items": s.Of(t.Elem(), path)}
	case reflect.Map:
		return Schema{"type": "object", "additionalProperties": s.Of(t.Elem(), path)}
	case reflect.Struct:
		return s.object(t, path)
	}
	return Schema{"type": "integer"}
}

// object describes a struct. Fields of embedded structs count as its own.
func (s Source) object(t reflect.Type, path string) Schema {
	properties, always := Schema{}, []string{}
	for _, f := range reflect.VisibleFields(t) {
		key, rest, _ := strings.Cut(f.Tag.Get(s.Tag), ",")
		if key == "-" || key == "" || !f.IsExported() {
			continue
		}
		below := strings.TrimPrefix(path+"."+key, ".")
		one := s.Of(f.Type, below)
		if s.nullable(f.Type, rest) || slices.Contains(s.Null, below) {
			one = Schema{"anyOf": []Schema{one, {"type": "null"}}}
		}
		if s.Key != nil {
			one = with(one, s.Key(path, key))
		}
		properties[key] = one
		if !strings.Contains(rest, "omitempty") {
			always = append(always, key)
		}
	}
	out := Schema{"type": "object", "properties": properties, "additionalProperties": false}
	switch {
	case s.Required == nil && s.Tag == "json" && len(always) > 0:
		out["required"] = always
	case s.Required != nil:
		if keys := s.Required(path); len(keys) > 0 {
			out["required"] = keys
		}
	}
	return out
}

// nullable reports whether JSON may hold null for a field.
func (s Source) nullable(t reflect.Type, options string) bool {
	return s.Tag == "json" && t.Kind() == reflect.Pointer && !strings.Contains(options, "omitempty")
}

// with adds to a schema. What is said of names is said of each element of a list.
func with(one, more Schema) Schema {
	if len(one) == 0 && more != nil {
		return more // of what the type says nothing
	}
	for key, value := range more {
		if items, ok := one["items"].(Schema); ok && key != "description" {
			items[key] = value
			continue
		}
		one[key] = value
	}
	return one
}

// Names takes the names that there are and no other.
func Names(names []string) Schema { return Schema{"enum": unique(names)} }

// Suggest offers the names that there are, and takes others too.
func Suggest(names []string) Schema {
	if len(names) == 0 {
		return Schema{}
	}
	return Schema{"anyOf": []Schema{Names(names), {"type": "string"}}}
}

// Either takes what one of the definitions of the whole schema takes.
func Either(definitions ...string) Schema {
	var of []Schema
	for _, d := range definitions {
		of = append(of, Schema{"$ref": "#/definitions/" + d})
	}
	return Schema{"anyOf": of}
}

// unique sorts names and leaves out what is there twice, which an enum may not hold.
func unique(names []string) []string {
	return append([]string{}, slices.Compact(slices.Sorted(slices.Values(names)))...)
}
