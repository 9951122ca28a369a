package tsql

import (
	_ "embed" // clauses.txt
	"strings"
)

// This file is the rule for what the language knows and the subset does not. A
// statement that the parser cannot read and that holds a clause of clauses.txt is
// an [Unsupported], from its first word to its end and not beyond. It must still
// look like T-SQL: see unsound. Without such a clause it is a syntax error.

//go:embed clauses.txt
var clauseText string

// clauses are those of clauses.txt by their first token, as lists of tokens.
var clauses = readClauses(clauseText)

func readClauses(text string) map[string][][]string {
	list := map[string][][]string{}
	phrases := false
	for _, line := range strings.Split(text, "\n") {
		switch tokens := strings.Fields(line); {
		case line == "words" || line == "phrases":
			phrases = line == "phrases"
		case len(tokens) == 0 || tokens[0] == "#":
		case phrases:
			list[tokens[0]] = append(list[tokens[0]], tokens)
		default:
			for i := range tokens {
				list[tokens[i]] = append(list[tokens[i]], tokens[i:i+1])
			}
		}
	}
	return list
}

// beyond reads a statement that failed as one outside the subset: nil when it is
// no T-SQL. first is the index of its first token.
func (p *parser) beyond(first int) Statement {
	head := p.tokens[first].word
	if head == "BEGIN" || !heads[head] && head != "WITH" && head != "(" {
		return nil
	}
	p.sure = true
	end := p.endOf(first)
	p.sure = false
	words := p.clauseIn(first, end)
	if words == "" || p.unsound(first, end) >= 0 {
		return nil
	}
	what := head
	if kind := p.tokens[first+1]; head == "CREATE" || head == "ALTER" || head == "DROP" {
		what += " " + kind.word
	}
	p.at = end
	if head == "IF" || head == "WHILE" {
		p.body(head == "IF")
	}
	return p.skipped(p.tokens[first], what+" … "+words)
}

// body reads what an IF or WHILE outside the subset steers.
func (p *parser) body(alternative bool) {
	p.loops++
	defer func() { p.loops-- }()
	p.statement()
	if alternative && p.is(";", "ELSE") {
		p.at++
	}
	if alternative && p.accept("ELSE") {
		p.statement()
	}
}

// clauseIn returns the first words among the tokens from first to end that the
// subset leaves out, empty for none.
func (p *parser) clauseIn(first, end int) string {
	for i := first; i < end; i++ {
		for _, start := range []string{p.tokens[i].word, kindOfToken(p.tokens[i])} {
			for _, clause := range clauses[start] {
				if p.clauseAt(i, end, clause) {
					return strings.Join(p.words(i, i+len(clause)), " ")
				}
			}
		}
	}
	return ""
}

// words are the tokens from first to end as they are shown: words in capitals.
func (p *parser) words(first, end int) []string {
	var list []string
	for _, t := range p.tokens[first:end] {
		list = append(list, upperASCII(p.near(t)))
	}
	return list
}

func (p *parser) clauseAt(i, end int, clause []string) bool {
	for n, word := range clause {
		if i+n >= end || p.tokens[i+n].word != word && kindOfToken(p.tokens[i+n]) != word {
			return false
		}
	}
	return true
}

// kindOfToken is what clauses.txt calls a token.
func kindOfToken(t token) string {
	switch t.kind {
	case tokString, tokNString:
		return "string"
	case tokInt:
		return "number"
	case tokBinary:
		return "binary"
	case tokVariable:
		return "@"
	}
	if t.isName() {
		return "name"
	}
	return ""
}

// heads are the words that a statement begins with and a clause hardly ever does.
var heads = wordSet(`ALTER BACKUP BEGIN BREAK CHECKPOINT CLOSE COMMIT CONTINUE CREATE DBCC DEALLOCATE DECLARE DELETE
DENY DROP EXEC EXECUTE FETCH GOTO GRANT IF INSERT KILL MERGE OPEN PRINT RAISERROR READTEXT RECONFIGURE RESTORE
RETURN REVERT REVOKE ROLLBACK SAVE SELECT SET SETUSER SHUTDOWN TRUNCATE UPDATE UPDATETEXT USE WAITFOR WHILE WRITETEXT`)

// holdsOn are the words after which no statement begins, whatever comes.
var holdsOn = wordSet(`= , . + - * / < > :: ADD AFTER ALL AND ANY AS BEFORE BULK BY DELETE DENY DISABLE ENABLE EXCEPT FN FOR FULL GOVERNOR
GRANT IF INNER INSTEAD INTERSECT IS LEFT LOOP NOT OF OFFSETS ON OR OUTER OUTPUT REVOKE RIGHT ROW ROWS START THEN UNION UPDATE WITH`)

// rowEnds are the words before the END of GENERATED ALWAYS AS ROW END and its like.
var rowEnds = wordSet("ROW SUSER_SID SUSER_SNAME TRANSACTION_ID SEQUENCE_NUMBER USERID USERNAME")

// endOf returns the index of the token that ends the statement which begins with
// the token first: a semicolon, END, ELSE or the next statement.
func (p *parser) endOf(first int) int {
	cases := 0
	i := first
	if p.tokens[i].word != "(" {
		i++
	}
	for ; ; i++ {
		switch t := p.tokens[i]; {
		case t.kind == tokError:
			panic(t.err)
		case t.kind == tokEOF || t.word == ";" || t.word == ")" || t.word == "ELSE" && cases == 0:
			return i
		case (t.word == "ENABLE" || t.word == "DISABLE") && p.tokens[i+1].word == "TRIGGER" && p.tokens[first].word != "ALTER":
			return i
		case t.word == "(":
			closing, ok := p.closing[i]
			if !ok {
				p.at = len(p.tokens) - 1
				p.fail()
			}
			i = closing
		case t.word == "CASE":
			cases++
		case t.word == "END" && !rowEnds[p.tokens[i-1].word]:
			if cases--; cases < 0 {
				return i
			}
		case heads[t.word] && cases == 0 && !p.goesOn(first, i):
			return i
		}
	}
}

// goesOn reports whether the token i, which could begin a statement, belongs to
// the one that begins with the token first.
func (p *parser) goesOn(first, i int) bool {
	head, word, before, after := p.tokens[first].word, p.tokens[i].word, p.tokens[i-1].word, p.tokens[i+1].word
	switch {
	case holdsOn[before] && (before != "ON" || p.tokens[i-2].word != "=") || after == ",":
		return true
	case head == "WITH": // up to its verb, and then as that goes on
		for verb := first + 1; verb < i; verb++ {
			if heads[p.tokens[verb].word] {
				return p.goesOn(verb, i)
			}
			verb = max(verb, p.closing[verb])
		}
		return true
	case p.tokens[first+1].word == "VIEW" || p.tokens[first+1].word == "SCHEMA" && head == "CREATE":
		return true
	case head == "GRANT" || head == "DENY" || head == "REVOKE":
		return !p.has(first, i, "TO") && !p.has(first, i, "FROM")
	case word == "SELECT" || word == "EXEC" || word == "EXECUTE":
		return head == "INSERT" && !p.has(first, i, "SELECT") && !p.has(first, i, "VALUES") && !p.has(first, i, "EXEC")
	case word == "SET":
		return after == "(" || (head == "UPDATE" || head == "ALTER") && !p.has(first, i, "SET")
	case word == "IF":
		return after == "EXISTS" && (head == "DROP" || head == "ALTER")
	case word == "ALTER" || word == "DROP":
		_, kind := outsideObjects[word][after]
		return head == "ALTER" && (inside[after] || !kind && droppable[after] == "" && !principals[after])
	case word == "MERGE":
		return after == "RANGE" || after == "JOIN"
	}
	return false
}

// inside are the kinds of things that ALTER and DROP name inside another ALTER.
var inside = wordSet("COLUMN CREDENTIAL EVENT INDEX")

// principals are the kinds that DROP and ALTER name and that are in no schema.
var principals = wordSet("DATABASE LOGIN ROLE SCHEMA SERVER USER")

// has reports whether word stands outside parentheses between two tokens.
func (p *parser) has(first, end int, word string) bool {
	for i := first + 1; i < end; i++ {
		if p.tokens[i].word == word {
			return true
		}
		if closing, ok := p.closing[i]; ok {
			i = closing
		}
	}
	return false
}

// openers are what something must follow.
var openers = wordSet("( , = . SELECT FROM AND OR BY AS HAVING")

// closers are what cannot follow an opener.
var closers = wordSet(") , = . ; FROM WHERE AND OR BY HAVING GROUP INTO JOIN")

// unsound returns the index of the first token that cannot stand where it does
// in any statement, -1 for none. It looks at two tokens at a time.
func (p *parser) unsound(first, end int) int {
	for i := first; i < end; i++ {
		t, next := p.tokens[i], p.tokens[i+1]
		switch {
		case openers[t.word] && (closers[next.word] && !p.fits(t.word, next.word) || i+1 == end):
			return i + 1
		case t.kind == tokString && next.kind == tokString && i+1 < end:
			return i + 1
		}
	}
	return -1
}

// fits reports whether an opener and a closer may meet all the same: (), a..b, and the lists of words of audits.
func (p *parser) fits(a, b string) bool {
	return b == "." || a == "(" && (b == ")" || b == "WHERE") || a == "," && b == ")" || b == "," && (a == "SELECT" || a == "FROM")
}
