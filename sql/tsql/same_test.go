package tsql

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// differs says where two trees are not the same, empty where they are. Positions
// do not count, nor does the case of names, for Microsoft's generator writes
// PUBLIC and NULLIF in capitals, nor how a part of the text was written, nor the
// order of a set of options. Of what is
// outside the subset there is no tree.
func differs(a, b any) string {
	return differ("", reflect.ValueOf(a), reflect.ValueOf(b))
}

func differ(path string, a, b reflect.Value) string {
	if a.IsValid() && b.IsValid() && (outsideTree(a) || outsideTree(b)) {
		return ""
	}
	if a.IsValid() != b.IsValid() || a.IsValid() && a.Type() != b.Type() {
		return fmt.Sprintf("%s: %v is not %v", path, a, b)
	}
	switch a.Kind() {
	case reflect.Invalid:
		return ""
	case reflect.String:
		if strings.EqualFold(a.String(), b.String()) {
			return ""
		}
		return fmt.Sprintf("%s: %q is not %q", path, a, b)
	case reflect.Pointer, reflect.Interface:
		if a.IsNil() != b.IsNil() {
			return path + ": one is missing"
		}
		return differ(path, a.Elem(), b.Elem())
	case reflect.Struct:
		switch a.Interface().(type) {
		case Pos, Span:
			return ""
		}
		for i := range a.NumField() {
			if at := differ(path+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i)); at != "" {
				return at
			}
		}
		return ""
	case reflect.Slice:
		if a.Len() != b.Len() {
			return fmt.Sprintf("%s: %d entries are not %d", path, a.Len(), b.Len())
		}
		if set, ok := a.Interface().([]string); ok {
			slices.Sort(set)
			slices.Sort(b.Interface().([]string))
		}
		for i := range a.Len() {
			if at := differ(fmt.Sprintf("%s[%d]", path, i), a.Index(i), b.Index(i)); at != "" {
				return at
			}
		}
		return ""
	}
	if !a.Equal(b) {
		return fmt.Sprintf("%s: %v is not %v", path, a, b)
	}
	return ""
}

// outsideTree reports whether v is a statement outside the subset.
func outsideTree(v reflect.Value) bool {
	if v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		_, outside := v.Interface().(*Unsupported)
		return outside
	}
	return false
}
