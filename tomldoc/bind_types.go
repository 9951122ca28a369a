package tomldoc

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

var timeType = reflect.TypeFor[time.Time]()

// isAny reports whether v is an interface that takes any value.
func isAny(v reflect.Value) bool { return v.Kind() == reflect.Interface && v.NumMethod() == 0 }

// anys returns the elements of an array as plain values.
func anys[E any](elements []E) []any {
	out := make([]any, len(elements))
	for i, e := range elements {
		out[i] = e
	}
	return out
}

// fieldsOf returns the fields of a struct by TOML key. Fields of embedded
// structs count as the struct's own.
func fieldsOf(t reflect.Type) map[string][]int {
	out := map[string][]int{}
	for _, f := range reflect.VisibleFields(t) {
		tag, _, _ := strings.Cut(f.Tag.Get("toml"), ",")
		switch {
		case tag == "-" || !f.IsExported() || f.Anonymous && tag == "":
		case tag != "":
			out[tag] = f.Index
		default:
			out[f.Name] = f.Index
		}
	}
	return out
}

// inUTC gives a date or time without a zone, which the decoder puts into the
// machine's zone, the same clock in UTC, so that a file means the same
// everywhere.
func inUTC(t time.Time) time.Time {
	if !strings.HasSuffix(t.Location().String(), "-local") {
		return t
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// tableName names the table at path in a message.
func tableName(path []any) string {
	names := keys(path)
	if len(names) == 0 {
		return "at the top level"
	}
	return "in " + strings.Join(names, ".")
}

// keyName names the key or the element at path in a message.
func keyName(path []any) string {
	if i, ok := path[len(path)-1].(int); ok {
		return fmt.Sprintf("element %d of %q", i+1, strings.Join(keys(path), "."))
	}
	return fmt.Sprintf("%q", strings.Join(keys(path), "."))
}

// keys returns the keys of a path, without the indexes.
func keys(path []any) []string {
	var out []string
	for _, step := range path {
		if s, ok := step.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// goWord says in TOML's words what a field takes.
func goWord(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return goWord(t.Elem())
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "an array"
	case reflect.Map:
		return "a table"
	case reflect.Struct:
		if isTime(t) {
			return "a date"
		}
		return "a table"
	}
	return "a whole number that fits " + t.String()
}

// rawWord says what a decoded value is.
func rawWord(raw any) string {
	switch raw := raw.(type) {
	case string:
		return fmt.Sprintf("the string %q", shorten(raw))
	case bool:
		return fmt.Sprint(raw)
	case int64, float64:
		return fmt.Sprintf("the number %v", raw)
	case time.Time:
		return "a date"
	case map[string]any:
		return "a table"
	}
	return "an array"
}

// shorten cuts long text for a message.
func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
