// Package schema describes what files and outputs look like as JSON Schema, draft
// 7, which editors of TOML and JSON read to complete and check what is typed.
//
// A schema is made from the Go type that is decoded or encoded, so it has the keys
// that the program has. What a type does not say (words, which keys must stand,
// which names there are) is handed in.
package schema
