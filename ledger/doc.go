// Package ledger is the record that a site keeps of its own changes: a table with
// a row for each transaction that grantree committed there, each bound to the one
// before by its hash.
//
// A [Row] is what the table holds, and [Next] what comes after a row. [Checker]
// looks at the rows one after another and says which is the first that is not as it
// was written; [Entries] are the rows for a reader.
//
// Whoever may write the table can write a chain of their own: a hash is no secret.
// What the chain shows is that rows were changed by somebody who left the rest
// alone. That the whole was written anew, or its end cut, shows by the last hashes
// that were kept elsewhere ([Last]), in the journal of the machine that ran.
package ledger
