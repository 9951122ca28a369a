// Package drafting guesses where views belong that a catalog does not know: behind
// which node, and at which level. A guess goes by a view's name, by foreign keys
// between the tables that views show, and by what views read. It never gives
// more than what it goes by shows: a view whose name extends a parent's is a child
// of it, as the catalog's own document assumes it, unless their tables are known and
// have nothing to do with each other; what only a foreign key or a
// common table suggests is looked up, which reads and nothing else; and what
// nothing suggests stands at a new node of its own that no line reaches.
//
// Start with Of, which is about values alone, and Draft.Text, the catalog file
// of what was guessed. A draft is for somebody to read and to correct.
package drafting
