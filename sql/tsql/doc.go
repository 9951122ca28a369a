// Package tsql is T-SQL text and nothing else: it quotes names and strings,
// splits scripts into batches, and lexes and parses the subset of the language
// that concerns security, with enough queries and control flow around
// it to run the scripts that people write for it. It decides nothing: whether a
// name exists or a statement is allowed is for others to say.
//
// Start with [Parse], which turns the text of one batch into a [Batch] of
// statements, and [Quote], the one function that quotes an identifier.
//
// The grammar follows "Transact-SQL reference (Database Engine)"; a statement that
// is read in one way stands in grammar.txt as it is written. The words of the errors
// follow the engine's message list. A statement that the parser recognises but that
// is outside the subset becomes an [Unsupported].
package tsql
