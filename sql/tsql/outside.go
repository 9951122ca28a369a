package tsql

import "strings"

// This file is the rule for what the language knows and the subset does not. A
// statement that the parser cannot read and that holds a word of [clauseWords]
// or one of clausePhrases is an [Unsupported], from its first word to its end and
// not beyond. It must still look like T-SQL: see sound. Without such a word it is
// a syntax error.

// clauseWords begin or make up clauses that the subset leaves out. They are the
// words of Microsoft's grammar (ScriptDom, MIT) that no statement of the subset
// has and that few people call a column.
var clauseWords = wordSet(`ABSENT AI_GENERATE_CHUNKS AI_GENERATE_EMBEDDINGS ALL_SPARSE_COLUMNS APPROX APPROXIMATE
AUTOMATIC_TUNING BLOCKERS BOTH BUCKET_COUNT CHANGETABLE CHANGE_RETENTION CHANGE_TRACKING CHUNK_TYPE COLUMNSTORE
COLUMN_SET CONNECTION CUBE CURRENT_DATE CURRENT_TIME CONTAINS CONTAINSTABLE DATA_COMPRESSION
DATA_CONSISTENCY_CHECK DATA_DELETION DISTRIBUTED_AGG DISTRIBUTION EDGE EDITION ENCRYPTED ENFORCED ERRLVL
FASTFIRSTROW FEDERATION FILEGROUP FILESTREAM FILESTREAM_ON FILETABLE FILLFACTOR FIPS_FLAGGER FORCE FREETEXT
FREETEXTTABLE GENERATED GROUPING GUID HEAP HIDDEN HISTORY_RETENTION_PERIOD HISTORY_TABLE IDENTITYCOL
INCLUDE_NULL_VALUES INCREMENTAL JSON_ARRAY JSON_ARRAYAGG JSON_OBJECT JSON_OBJECTAGG LABEL LEADING LEDGER_VIEW
LINENO LOCK_ESCALATION MASKED MATCH MATERIALIZED MAXSIZE MAX_DURATION MAX_GRANT_PERCENT MEMORY_OPTIMIZED
MIN_GRANT_PERCENT MODEL NATIONAL NODE OFFSETS OJ OPENDATASOURCE OPENJSON OPENQUERY OPENROWSET OPENXML
OPTIMIZED_LOCKING PARSE PARTITIONS PARTNER PERIOD PERSISTED PIVOT PREDICT QUERY_STORE READONLY
REGEXP_LIKE REMOTE_DATA_ARCHIVE REPEATABLE REPLICATED REPLICATION RESPECT RESULT RESUMABLE RETURNING ROLLUP
ROUND_ROBIN SAMPLE SEMANTICKEYPHRASETABLE SEMANTICSIMILARITYDETAILSTABLE SEMANTICSIMILARITYTABLE
SENSITIVITY SERVICE_OBJECTIVE SETS SHORTEST_PATH SPARSE SPATIAL_WINDOW_MAX_CELLS SPLIT SYSTEM_TIME
SYSTEM_VERSIONING TABLESAMPLE TORN_PAGE_DETECTION TRAILING TRY_PARSE TSEQUAL UNPIVOT VARDECIMAL_STORAGE_FORMAT
VECTOR VECTOR_SEARCH WAIT_AT_LOW_PRIORITY WINDOW WITHOUT_ARRAY_WRAPPER WITNESS XMLNAMESPACES XML_COMPRESSION || ||= << >>`)

// clausePhrases are the clauses that are made up of words that the subset has. A
// name stands for any name, of one part.
var clausePhrases = splitPhrases(`NEXT VALUE FOR;DISTINCT FROM;WITH VALUES;GROUP BY ALL;EXCEPT ALL;INTERSECT ALL;{ FN;{ name;
( MERGE;( INSERT INTO;( INSERT name;( UPDATE name SET;( DELETE name;( DELETE FROM;MERGE RANGE;MOVE TO;WITH ( ONLINE;
ONLINE = ON (;IGNORE NULLS;NULL ON NULL;SELECT IDENTITY (;CHECK NOT FOR;ADD NOT FOR;DROP NOT FOR;ADD ROWGUIDCOL;( CLUSTERED INDEX;INSERT OVER;
DROP ROWGUIDCOL;PARTITION (;LOCAL HASH;LOCAL LOOP;LOCAL MERGE;name HOLDLOCK;OF name`)

func splitPhrases(text string) [][]string {
	var list [][]string
	for _, phrase := range strings.Split(text, ";") {
		list = append(list, strings.Fields(phrase))
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
		if clauseWords[p.tokens[i].word] {
			return p.tokens[i].word
		}
		for _, phrase := range clausePhrases {
			if p.phraseAt(i, end, phrase) {
				return p.text[p.tokens[i].Offset:p.tokens[i+len(phrase)-1].end]
			}
		}
	}
	return ""
}

func (p *parser) phraseAt(i, end int, phrase []string) bool {
	for n, word := range phrase {
		if t := p.tokens[min(i+n, end)]; i+n >= end || t.word != word && (word != "name" || !t.isName()) {
			return false
		}
	}
	return true
}

// heads are the words that a statement begins with and a clause hardly ever does.
var heads = wordSet(`ALTER BACKUP BEGIN BREAK CHECKPOINT CLOSE COMMIT CONTINUE CREATE DBCC DEALLOCATE DECLARE DELETE
DENY DROP EXEC EXECUTE FETCH GOTO GRANT IF INSERT KILL MERGE OPEN PRINT RAISERROR READTEXT RECONFIGURE RESTORE
RETURN REVERT REVOKE ROLLBACK SAVE SELECT SET SETUSER SHUTDOWN TRUNCATE UPDATE UPDATETEXT USE WAITFOR WHILE WRITETEXT`)

// holdsOn are the words after which no statement begins, whatever comes.
var holdsOn = wordSet(`= , . + - * / < > :: ADD AFTER ALL AND ANY AS BEFORE BULK BY DELETE DENY DISABLE ENABLE EXCEPT FN FOR FULL GOVERNOR
GRANT IF INNER INSTEAD INTERSECT IS LEFT LOOP NOT OF ON OR OUTER OUTPUT REVOKE RIGHT ROW ROWS START THEN UNION UPDATE WITH`)

// rowEnds are the words before the END of GENERATED ALWAYS AS ROW END and its like.
var rowEnds = wordSet("ROW SUSER_SID SUSER_SNAME TRANSACTION_ID SEQUENCE_NUMBER USERID USERNAME")

// endOf returns the index of the token that ends the statement which begins with
// the token first: a semicolon, END, ELSE or the next statement.
func (p *parser) endOf(first int) int {
	cases := 0
	for i := first; ; i++ {
		switch t := p.tokens[i]; {
		case t.kind == tokError:
			panic(t.err)
		case t.kind == tokEOF || i > first && t.word == ";" || t.word == ")" || t.word == "ELSE" && cases == 0:
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
		case i > first && heads[t.word] && cases == 0 && !p.goesOn(first, i):
			return i
		}
	}
}

// goesOn reports whether the token i, which could begin a statement, belongs to
// the one that begins with the token first.
func (p *parser) goesOn(first, i int) bool {
	head, word, before, after := p.tokens[first].word, p.tokens[i].word, p.tokens[i-1].word, p.tokens[i+1].word
	switch {
	case holdsOn[before] || after == ",":
		return true
	case head == "WITH":
		return before == ")"
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
		return head == "ALTER" && droppable[after] == "" && !principals[after]
	case word == "MERGE":
		return after == "RANGE" || after == "JOIN"
	}
	return false
}

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
