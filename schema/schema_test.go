package schema

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type inner struct {
	Name string `json:"name"`
}

type outer struct {
	inner
	Count  *int             `json:"count"`
	Maybe  *inner           `json:"maybe,omitempty"`
	List   []inner          `json:"list"`
	Map    map[string]inner `json:"map"`
	At     time.Time        `json:"at"`
	Any    any              `json:"any"`
	Share  float64          `json:"share"`
	Yes    bool             `json:"yes"`
	Hidden string           `json:"-"`
	Plain  string
	inner2 string
}

// TestOf: a type's keys are the schema's, and what JSON may hold null for may be
// null.
func TestOf(t *testing.T) {
	text, object := Schema{"type": "string"}, func(properties Schema) Schema {
		return Schema{"type": "object", "properties": properties, "additionalProperties": false}
	}
	one := object(Schema{"name": Schema{"type": "string"}})
	want := object(Schema{
		"name": Schema{"type": "string", "description": "who"}, "count": Schema{"anyOf": []Schema{{"type": "integer"}, {"type": "null"}}}, "maybe": one,
		"list": Schema{"type": "array", "items": one}, "map": Schema{"type": "object", "additionalProperties": one},
		"at": text, "any": Schema{}, "share": Schema{"type": "number"}, "yes": Schema{"type": "boolean"},
	})
	want["required"] = []string{"name"}
	got := Source{Tag: "json", Required: func(path string) []string { return map[string][]string{"": {"name"}}[path] }, Key: func(path, key string) Schema {
		if path == "" && key == "name" {
			return Schema{"description": "who"}
		}
		return nil
	}}.Of(reflect.TypeFor[outer](), "")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_ = outer{}.inner2
}

func TestReadWords(t *testing.T) {
	got := ReadWords("# A\n\n## `[x]`\n\n| key | meaning |\n|---|---|\n| `a`, `b` | see [there](x.md#y): `\"c\"` |\n\ntext\n\n| key | meaning |\n|---|---|\n| `d` | e |\n\n| other | table |\n|---|---|\n| `f` | g |\n")
	want := Words{"[x]": {"a": `see there: "c"`, "b": `see there: "c"`}, "[x] 2": {"d": "e"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
