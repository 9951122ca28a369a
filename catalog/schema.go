package catalog

import (
	"reflect"

	"grantree/schema"
)

// Schema describes catalog files, in the words of the page of the language: those
// that stand alone or, with extends, those that extend another.
func Schema(words schema.Words, extends bool) schema.Schema {
	of, views := words["[catalog] 2"], map[string]string{}
	for key, text := range of {
		views[key] = text
	}
	s := schema.Source{
		Tag: "toml",
		Required: func(path string) []string {
			if path == "" && extends {
				return nil
			}
			return map[string][]string{"": {"name", "prefix"}, "node": {"path"}, "node.views": {"name", "level"}, "node.views.cap": {"permissions"},
				"area": {"name"}, "alias": {"name", "is"}, "outside": {"name"}, "ignore": {"name"}}[path]
		},
		Key: func(path, key string) schema.Schema {
			out := schema.Schema{}
			if settled := key == "name" || key == "levels"; extends && path == "" && settled {
				out["not"] = schema.Schema{} // the other catalog's
			}
			if text := of[key]; path == "" && text != "" {
				out["description"] = text
			}
			switch key {
			case "permissions", "always", "gives":
				out["enum"] = All.Words()
			case "level":
				out["enum"] = EveryLevel()
			}
			return out
		},
	}
	out := s.Of(reflect.TypeFor[fileCatalog](), "")
	out["$schema"], out["title"] = schema.Draft, "A catalog of grantree"
	return out
}
