package tsql

import (
	"fmt"
	"reflect"
)

// differs says where two trees are not the same but for positions, empty where
// they are.
func differs(a, b any) string {
	return differ("", reflect.ValueOf(a), reflect.ValueOf(b))
}

func differ(path string, a, b reflect.Value) string {
	if a.IsValid() != b.IsValid() || a.IsValid() && a.Type() != b.Type() {
		return fmt.Sprintf("%s: %v is not %v", path, a, b)
	}
	switch a.Kind() {
	case reflect.Invalid:
		return ""
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
