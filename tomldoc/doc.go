// Package tomldoc reads TOML strictly and knows where everything stands.
//
// Decode fills a struct from TOML text and gathers every problem of the text,
// each with its file, line and column: syntax errors, duplicate keys, keys the
// struct does not have, values of the wrong type. The Doc that it returns
// answers where a key, a table or an array element was written, so that rules
// applied later can point at the place too. Start with Decode and Doc. The
// package does no I/O.
package tomldoc
