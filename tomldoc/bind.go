package tomldoc

import (
	"encoding"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"grantree/finding"
)

// binder fills a struct from decoded TOML and gathers what does not fit.
type binder struct {
	doc      *Doc
	findings finding.List
	fields   map[reflect.Type]map[string][]int // of each struct that was met
}

// full reports whether no more problems are reported, and says so once.
func (b *binder) full() bool {
	if len(b.findings) == MaxFindings {
		b.findings.Errorf(finding.TooManyFindings, b.doc.At(), "mend those first", "the file has more than %d problems: the others are not shown", MaxFindings)
	}
	return len(b.findings) > MaxFindings
}

// fieldsOf returns the fields of a struct by TOML key.
func (b *binder) fieldsOf(t reflect.Type) map[string][]int {
	if b.fields[t] == nil {
		b.fields[t] = fieldsOf(t)
	}
	return b.fields[t]
}

// table fills the struct v from the table m that stands at path.
func (b *binder) table(v reflect.Value, m map[string]any, path []any) {
	fields := b.fieldsOf(v.Type())
	for _, key := range slices.Sorted(maps.Keys(m)) {
		at := append(slices.Clone(path), key)
		index, ok := fields[key]
		if !ok {
			b.unknown(key, at, fields)
			continue
		}
		b.value(v.FieldByIndex(index), m[key], at)
	}
}

// unknown reports a key that the table's struct does not have.
func (b *binder) unknown(key string, at []any, fields map[string][]int) {
	if b.full() {
		return
	}
	known := slices.Sorted(maps.Keys(fields))
	fix := "the keys here are " + strings.Join(known, ", ")
	if near := finding.Nearest(key, known); near != "" {
		fix = `did you mean "` + near + `"?`
	}
	b.findings.Errorf(finding.UnknownKey, b.doc.At(at...), fix, "unknown key %q %s", key, tableName(at[:len(at)-1]))
}

// value fills v from the value raw that stands at path.
func (b *binder) value(v reflect.Value, raw any, path []any) {
	if v.Kind() == reflect.Pointer {
		to := reflect.New(v.Type().Elem())
		b.value(to.Elem(), raw, path)
		v.Set(to)
		return
	}
	if text, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok && v.Type() != timeType {
		b.text(text, v, raw, path)
		return
	}
	switch raw := raw.(type) {
	case map[string]any:
		b.tableValue(v, raw, path)
	case []any:
		array(b, v, raw, path)
	case []map[string]any:
		array(b, v, raw, path)
	default:
		if !setScalar(v, raw) {
			b.wrong(v, raw, path)
		}
	}
}

// text fills a value that reads itself from a string.
func (b *binder) text(to encoding.TextUnmarshaler, v reflect.Value, raw any, path []any) {
	s, ok := raw.(string)
	if !ok {
		b.wrong(v, raw, path)
		return
	}
	if err := to.UnmarshalText([]byte(s)); err != nil && !b.full() {
		b.findings.Errorf(finding.BadValue, b.doc.At(path...), "", "%v", err)
	}
}

// tableValue fills a struct, a map or an interface from a table.
func (b *binder) tableValue(v reflect.Value, raw map[string]any, path []any) {
	switch {
	case v.Kind() == reflect.Struct && !isTime(v.Type()):
		b.table(v, raw, path)
	case v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String:
		v.Set(reflect.MakeMap(v.Type()))
		for _, key := range slices.Sorted(maps.Keys(raw)) {
			elem := reflect.New(v.Type().Elem()).Elem()
			b.value(elem, raw[key], append(slices.Clone(path), key))
			v.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), elem)
		}
	case isAny(v):
		v.Set(reflect.ValueOf(raw))
	default:
		b.wrong(v, raw, path)
	}
}

// array fills a slice or an interface from an array. The slice has the array's
// length even where an element does not fit. Elements are let go of as they are
// read, because there may be very many.
func array[E any](b *binder, v reflect.Value, raw []E, path []any) {
	switch {
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), len(raw), len(raw)))
		for i, elem := range raw {
			b.value(v.Index(i), elem, append(slices.Clone(path), i))
			clear(raw[i : i+1])
		}
	case isAny(v):
		v.Set(reflect.ValueOf(anys(raw)))
	default:
		b.wrong(v, raw, path)
	}
}

// wrong reports a value of another type than its field.
func (b *binder) wrong(v reflect.Value, raw any, path []any) {
	if b.full() {
		return
	}
	b.findings.Errorf(finding.WrongType, b.doc.At(path...), "", "%s must be %s, not %s", keyName(path), goWord(v.Type()), rawWord(raw))
}

// setScalar sets v to a string, number, bool or time, if it is of that kind.
func setScalar(v reflect.Value, raw any) bool {
	switch raw := raw.(type) {
	case string:
		if v.Kind() == reflect.String {
			v.SetString(strings.Clone(raw)) // which is a part of the whole text
			return true
		}
	case bool:
		if v.Kind() == reflect.Bool {
			v.SetBool(raw)
			return true
		}
	case int64:
		return setInt(v, raw)
	case float64:
		if v.CanFloat() {
			v.SetFloat(raw)
			return true
		}
	case time.Time:
		if v.Type() == timeType {
			v.Set(reflect.ValueOf(inUTC(raw)))
			return true
		}
		if v.Type() == momentType {
			v.Set(reflect.ValueOf(momentOf(raw)))
			return true
		}
	}
	return setAny(v, raw)
}

// setInt sets v to a number, if it is a number's kind and has room for it.
func setInt(v reflect.Value, n int64) bool {
	switch {
	case v.CanInt() && !v.OverflowInt(n):
		v.SetInt(n)
	case v.CanUint() && n >= 0 && !v.OverflowUint(uint64(n)):
		v.SetUint(uint64(n))
	case v.CanFloat():
		v.SetFloat(float64(n))
	default:
		return setAny(v, n)
	}
	return true
}

// setAny sets v to raw if v takes anything.
func setAny(v reflect.Value, raw any) bool {
	if !isAny(v) {
		return false
	}
	v.Set(reflect.ValueOf(raw))
	return true
}
