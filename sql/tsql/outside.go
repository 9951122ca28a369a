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
var clauseWords = wordSet(`ABORT_AFTER_WAIT ABSENT AI_ANALYZE_SENTIMENT AI_CLASSIFY AI_EXTRACT AI_FIX_GRAMMAR AI_GENERATE_CHUNKS
AI_GENERATE_EMBEDDINGS AI_GENERATE_RESPONSE AI_SUMMARIZE AI_TRANSLATE ALGORITHM ALLOW_CONNECTIONS ALL_SPARSE_COLUMNS
ALWAYS APPEND_ONLY APPROX APPROXIMATE ATOMIC ATTACH ATTACH_FORCE_REBUILD_LOG ATTACH_REBUILD_LOG AUTOGROW_ALL_FILES
AUTOGROW_SINGLE_FILE AUTOMATIC_TUNING AUTO_CLEANUP BLOCKERS BOTH BOUNDING_BOX BUCKET_COUNT CHANGETABLE
CHANGE_RETENTION CHANGE_TRACKING CHANGE_TRACKING_CONTEXT CHUNK_SIZE CHUNK_TYPE COLUMNSTORE COLUMN_ENCRYPTION_KEY
COLUMN_SET COMPRESSION_DELAY CONNECTION CONTAINED CONTAINS CONTAINSTABLE CUBE CURRENT_DATE CURRENT_TIME
DATA_COMPRESSION DATA_CONSISTENCY_CHECK DATA_DELETION DATA_RETENTION DATA_SOURCE DBO_ONLY DELAYED_DURABILITY
DIRECTORY_NAME DISTRIBUTED_AGG DISTRIBUTION DURABILITY EDGE EDITION ELASTIC_POOL ELEMENTS ENABLE_CHUNK_SET_ID
ENCRYPTED ENCRYPTION_TYPE ENFORCED ERRLVL FAILOVER FASTFIRSTROW FEDERATED FEDERATION FIELDTERMINATOR FILE FILEGROUP
FILEGROWTH FILENAME FILESTREAM FILESTREAM_ON FILETABLE FILETABLE_COLLATE_FILENAME FILETABLE_DIRECTORY
FILETABLE_NAMESPACE FILLFACTOR FILTERING FILTER_COLUMN FILTER_PREDICATE FIPS_FLAGGER FORCE FORCE_ANN_ONLY FORMATFILE
FOR_APPEND FREETEXT FREETEXTTABLE GENERATED GROUPING GUID HADR HEAP HIDDEN HISTORY_RETENTION_PERIOD HISTORY_TABLE
IDENTITYCOL IGNORE_NONCLUSTERED_COLUMNSTORE_INDEX INCLUDE_NULL_VALUES INCREMENTAL INFINITE JSON_ARRAY JSON_ARRAYAGG
JSON_OBJECT JSON_OBJECTAGG KEEPNULLS KEEP_TEMPORAL_RETENTION LABEL LAST_NODE LEADING LEDGER_VIEW LINENO LOB_COMPACTION
LOCK_ESCALATION MANUAL_CUTOVER MASKED MATCH MATERIALIZED MAXSIZE MAXVALUE MAX_DURATION MAX_GRANT_PERCENT
MEMORY_OPTIMIZED MEMORY_OPTIMIZED_DATA MIGRATION_STATE MINVALUE MIN_GRANT_PERCENT MODEL NATIONAL NODE
NON_TRANSACTED_ACCESS OFFSETS OJ OPENDATASOURCE OPENJSON OPENQUERY OPENROWSET OPENXML OPERATION_MODE OPTIMIZED_LOCKING
OVERLAP PARSE PARTITIONS PARTNER PERFORM_CUTOVER PERIOD PERSISTED PERSISTENT_VERSION_STORE_FILEGROUP PIVOT PREDICT
QUERYTRACEON QUERY_STORE READONLY REBUILD REGEXP_LIKE REGEXP_MATCHES REGEXP_SPLIT_TO_TABLE REMOTE_DATA_ARCHIVE
REORGANIZE REPEATABLE REPLICATED REPLICATION RESPECT RESTART RESULT RESUMABLE RETENTION_PERIOD RETURNING ROLLUP
ROUND_ROBIN ROWS_PER_BATCH ROWTERMINATOR SAMPLE SCHEMA_AND_DATA SCHEMA_ONLY SEMANTICKEYPHRASETABLE
SEMANTICSIMILARITYDETAILSTABLE SEMANTICSIMILARITYTABLE SENSITIVITY SERVICE_OBJECTIVE SETS SHARDED SHORTEST_PATH
SIMILAR_TO SINGLE_BLOB SINGLE_CLOB SINGLE_NCLOB SORTED_DATA SORTED_DATA_REORG SPARSE SPATIAL_WINDOW_MAX_CELLS SPLIT
STATISTICAL_SEMANTICS STATS_STREAM SUPPLEMENTAL_LOGGING SUPPRESS_MESSAGES SUSPEND SYSTEM_TIME SYSTEM_VERSIONING
TABLESAMPLE TARGET_RECOVERY_TIME TORN_PAGE_DETECTION TRACK_COLUMNS_UPDATED TRAILING TRUNCATE_TARGET TRY_PARSE TSEQUAL
UNDEFINED UNLIMITED UNPIVOT VARDECIMAL_STORAGE_FORMAT VECTOR VECTOR_SEARCH WAIT_AT_LOW_PRIORITY WINDOW
WITHOUT_ARRAY_WRAPPER WITNESS WRAPPER XMLDATA XMLNAMESPACES XMLSCHEMA XML_COMPRESSION XSINIL << >> || ||=`)

// clausePhrases are the clauses that are made up of words that the subset has.
// The words in small letters stand for any token of their kind, see kindOfToken.
var clausePhrases = splitPhrases(`NEXT VALUE FOR;DISTINCT FROM;WITH VALUES;GROUP BY ALL;EXCEPT ALL;INTERSECT ALL;{ FN;{ OJ;{ GUID;( MERGE;( INSERT INTO;
( INSERT name;( UPDATE name SET;( DELETE name;( DELETE FROM;MERGE RANGE;MOVE TO;WITH ( ONLINE;WITH ( MAXDOP;
ONLINE = ON (;IGNORE NULLS;NULL ON NULL;SELECT IDENTITY (;CHECK NOT FOR;ADD NOT FOR;DROP NOT FOR;ADD ROWGUIDCOL;
DROP ROWGUIDCOL;( CLUSTERED INDEX;INSERT OVER;PARTITION (;LOCAL HASH;LOCAL LOOP;LOCAL MERGE;name HOLDLOCK;
name ALTER INDEX;name DROP INDEX;OVER name;OVER ( name ROWS;OVER ( name ORDER;OVER ( name );name ON name FROM;
) OPTION (;TRIM (;( UPDATE ( name;NOT UPDATE ( name;WHERE UPDATE ( name;IF UPDATE ( name;PROVIDER WITH;
WITH CREDENTIAL;WITH TYPE =;string HASHED;MUST_CHANGE HASHED;binary OLD_PASSWORD;TRAN number :;TRAN - number :;TRANSACTION number :;TRANSACTION - number :;
, DATEFORMAT;, DEADLOCK_PRIORITY;, LOCK_TIMEOUT;WITH ( number;FROM name name ( number;FOR PATH AS;FOR PATH ,;
:: name (;@ . name;@ :: name;) . name;SELECT name . name . name . name .;SET name . name . name . name .;
SET name . name . name . name (;, name . name . name . name ,;UPDATE name (;UPDATE name . name (;
INSERT name . name ( );INSERT INTO name . name ( number;INSERT @ ( .;INSERT name . name ( number;
INTO @ ( name ) OUTPUT;@ OUTPUT DELETED;@ OUTPUT INSERTED;@ OUTPUT name AS;. WRITE (;SET name . name (;INDEX name (;
( INDEX;, INDEX;OF name;KILL QUERY;KILL STATS;DROP INDEX name . name;DROP TRIGGER name ON;
INSERT BULK;UPDATE STATISTICS;OPTIMIZE FOR (;USE PLAN;WITH DROP_EXISTING;WITH PAD_INDEX;WITH IGNORE_DUP_KEY;
WITH SORT_IN_TEMPDB;WITH STATISTICS_NORECOMPUTE;TABLE HINT`)

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
				return strings.Join(p.words(i, i+len(phrase)), " ")
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

func (p *parser) phraseAt(i, end int, phrase []string) bool {
	for n, word := range phrase {
		if i+n >= end || p.tokens[i+n].word != word && kindOfToken(p.tokens[i+n]) != word {
			return false
		}
	}
	return true
}

// kindOfToken is what a phrase calls a token.
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
	case head == "WITH":
		return before == ")" || word == "SET" && !p.has(first, i, "SET") || word == "SELECT" && p.has(first, i, "INSERT") && !p.has(first, i, word)
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
		_, kind := outsideObjects[after]
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
