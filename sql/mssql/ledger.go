package mssql

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"

	"grantree/grants"
	"grantree/ledger"
	"grantree/sql/tsql"
)

// LedgerJob is the row that an Apply writes to the site's ledger in its transaction.
type LedgerJob struct {
	Table *grants.WantedLedger
	Run   string // the id of the run
	// Digest is that of a plan's statements, in hexadecimal.
	Digest func(statements []string) string
	// BeforeCommit is told which row it is before the commit is asked for, and may
	// refuse it; nil agrees.
	BeforeCommit func(ledger.Last) error

	there  bool         // the table, when the transaction began
	before []ledger.Row // the row before, of which place and hash are known; none
	row    ledger.Row   // that is written
}

// ledgerTable is the table of a ledger.
func ledgerTable(l *grants.WantedLedger) string { return tsql.QuoteName2(l.Schema, l.Table) }

// createLedger is the CREATE TABLE of a ledger. The place of a row is no IDENTITY: a
// transaction that is rolled back would leave a gap, and DBCC CHECKIDENT would make
// one.
func createLedger(c grants.Change) string {
	var columns []string
	for _, x := range grants.LedgerColumns() {
		size := ""
		switch {
		case x.Bytes < 0:
			size = "(max)"
		case x.Type == "nvarchar":
			size = fmt.Sprintf("(%d)", x.Bytes/2)
		case x.Type == "varbinary":
			size = fmt.Sprintf("(%d)", x.Bytes)
		case x.Type == "datetime2":
			size = "(7)"
		}
		key := ""
		if x.Name == "sequence" {
			key = " PRIMARY KEY"
		}
		columns = append(columns, tsql.Quote(x.Name)+" "+x.Type+size+" NOT NULL"+key)
	}
	with := ""
	if c.Engine {
		with = " WITH (LEDGER = ON (APPEND_ONLY = ON))"
	}
	return fmt.Sprintf("CREATE TABLE %s (%s)%s;", object(c), strings.Join(columns, ", "), with)
}

// guardLedger denies everybody whom a DENY binds to change what stands in a ledger.
func guardLedger(c grants.Change) string {
	return fmt.Sprintf("DENY DELETE, UPDATE ON %s TO %s;", object(c), quoteAll(c.Principals))
}

// createSchema is a CREATE SCHEMA, which has to stand alone in its batch (error 111).
func createSchema(c grants.Change) string {
	return fmt.Sprintf("EXEC (%s);", tsql.QuoteString(fmt.Sprintf("CREATE SCHEMA %s AUTHORIZATION %s;", tsql.Quote(c.Schema), quoteAll(c.Principals))))
}

// LedgerInsert is the statement that writes a row of a ledger; its values travel as
// parameters.
func LedgerInsert(l *grants.WantedLedger) string {
	var columns, values []string
	for _, c := range grants.LedgerColumns() {
		columns = append(columns, tsql.Quote(c.Name))
		value := "@grantree_" + c.Name
		if c.Name == "at" { // by a style, so that no setting of the session says how it is read
			value = "CONVERT(datetime2(7), " + value + ", 121)"
		}
		values = append(values, value)
	}
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s);", ledgerTable(l), strings.Join(columns, ", "), strings.Join(values, ", "))
}

// ledgerColumnsQuery asks for the columns of the ledger's table; none where it is not
// there.
func ledgerColumnsQuery(l *grants.WantedLedger) string {
	return fmt.Sprintf(`
SELECT c.name, t.name, c.max_length, c.is_nullable, c.generated_always_type
FROM sys.columns AS c
JOIN sys.types AS t ON t.user_type_id = c.user_type_id
WHERE c.object_id = OBJECT_ID(%s, N'U')
ORDER BY c.column_id;
`, tsql.QuoteString(ledgerTable(l)))
}

func readLedgerColumn(r *record, s *grants.Snapshot) {
	s.LedgerColumns = append(s.LedgerColumns, grants.LedgerColumn{Name: r.text(), Type: r.word(), Bytes: r.number(), Nullable: r.flag(), Generated: r.orZero()})
}

// ledgerEndQuery asks what a new row says of who writes it and when, and for the row
// before it.
func ledgerEndQuery(l *grants.WantedLedger) string {
	return fmt.Sprintf(`
SELECT CONVERT(nvarchar(27), SYSUTCDATETIME(), 121), DB_NAME(), ORIGINAL_LOGIN(), ISNULL(HOST_NAME(), N''), ISNULL(APP_NAME(), N''), CASE WHEN OBJECT_ID(%[1]s, N'U') IS NULL THEN 0 ELSE 1 END;
IF OBJECT_ID(%[1]s, N'U') IS NOT NULL
    SELECT TOP (1) l.[sequence], l.[hash] FROM %[2]s AS l ORDER BY l.[sequence] DESC;
ELSE
    SELECT CAST(0 AS bigint), CAST(NULL AS varbinary(32)) WHERE 1 = 0;
`, tsql.QuoteString(ledgerTable(l)), ledgerTable(l))
}

// begin are the result sets of ledgerEndQuery.
func (j *LedgerJob) begin() []resultSet {
	j.row, j.before = ledger.Row{Run: j.Run}, nil
	return []resultSet{
		{"who writes the ledger", func(rows *sql.Rows) error {
			return rows.Scan(&j.row.At, &j.row.Database, &j.row.Login, &j.row.Host, &j.row.Program, &j.there)
		}},
		{"the end of the ledger", func(rows *sql.Rows) error {
			var before ledger.Row
			err := rows.Scan(&before.Sequence, &before.Hash)
			j.before = append(j.before, before)
			return err
		}},
	}
}

// writesRow reports whether there is a table for the row of changes: one that was
// there, or that they make. What takes a run back makes none.
func (j *LedgerJob) writesRow(changes []grants.Change) bool {
	return j != nil && (j.there || slices.ContainsFunc(changes, func(c grants.Change) bool { return c.Kind == grants.CreateLedger }))
}

// writes makes the row of changes, and returns the statement and its parameters.
func (j *LedgerJob) writes(changes []grants.Change) (string, []any, error) {
	done, undone := ledgerTexts(changes)
	var err error
	if j.row.Plan, err = hex.DecodeString(j.Digest(done)); err != nil {
		return "", nil, err
	}
	j.row.Statements, j.row.Reverse = ledger.Pack(done), ledger.Pack(undone)
	var before ledger.Row
	if len(j.before) > 0 {
		before = j.before[0]
	}
	if before.Sequence < 0 || before.Sequence == math.MaxInt64 {
		return "", nil, fmt.Errorf("the last row of %s has the number %d, as none that grantree wrote: see grantree log verify", j.Table.Name(), before.Sequence)
	}
	j.row = ledger.Next(before.Sequence, before.Hash, j.row)
	r := j.row
	var args []any
	for i, value := range []any{r.Sequence, r.At, r.Database, r.Login, r.Host, r.Program, r.Run, r.Plan, r.Statements, r.Reverse, r.Previous, r.Hash} {
		args = append(args, sql.Named("grantree_"+grants.LedgerColumns()[i].Name, value))
	}
	return LedgerInsert(j.Table), args, nil
}

// ledgerRow is what a ledger says of one row, in the order of ledger.Row. The packed
// texts are the last.
const ledgerRow = "l.[sequence], CONVERT(nvarchar(27), l.[at], 121), l.[database], l.[login], l.[host], l.[program], l.[run], l.[plan], l.[previous], l.[hash]"

// writtenQuery reads back the rows from the new one on, without its texts: whether
// those are as they were sent is compared by the server.
func (j *LedgerJob) writtenQuery() string {
	return fmt.Sprintf("\nSELECT %s, CASE WHEN l.[statements] = @grantree_statements AND l.[reverse] = @grantree_reverse THEN 1 ELSE 0 END\nFROM %s AS l WHERE l.[sequence] >= @grantree_sequence ORDER BY l.[sequence];\n", ledgerRow, ledgerTable(j.Table))
}

// written is the result set of writtenQuery; the row that is read back is compared
// once it is there.
func (j *LedgerJob) written(into *[]ledger.Row) resultSet {
	return resultSet{"the row of the ledger", func(rows *sql.Rows) error {
		var same int
		r, err := scanLedger(rows, &same)
		if same == 1 {
			r.Statements, r.Reverse = j.row.Statements, j.row.Reverse
		}
		*into = append(*into, r)
		return err
	}}
}

// arrived refuses a ledger in which another row stands than the one that was sent:
// a trigger may have changed or swallowed it.
func (j *LedgerJob) arrived(rows []ledger.Row) error {
	if len(rows) == 1 && rows[0].Equal(j.row) && bytes.Equal(rows[0].Digest(), rows[0].Hash) {
		return nil
	}
	return fmt.Errorf("row %d of the ledger %s is not there as it was written: is there a trigger on the table?", j.row.Sequence, j.Table.Name())
}

// scanLedger reads a row as ledgerRow has it, with what comes after that. What is
// NULL, which no row that grantree wrote has, is read as nothing.
func scanLedger(rows *sql.Rows, more ...any) (ledger.Row, error) {
	var r ledger.Row
	var sequence sql.NullInt64
	var texts [6]sql.NullString
	into := []any{&sequence, &texts[0], &texts[1], &texts[2], &texts[3], &texts[4], &texts[5], &r.Plan, &r.Previous, &r.Hash}
	err := rows.Scan(append(into, more...)...)
	r.Sequence = sequence.Int64
	for i, t := range []*string{&r.At, &r.Database, &r.Login, &r.Host, &r.Program, &r.Run} {
		*t = texts[i].String
	}
	return r, err
}

// ReadLedger hands over the rows of a site's ledger in the order of their places, one
// after another, in one round trip.
func ReadLedger(ctx context.Context, q Querier, l *grants.WantedLedger, row func(ledger.Row)) error {
	query := fmt.Sprintf("%sSELECT %s, l.[statements], l.[reverse]\nFROM %s AS l ORDER BY l.[sequence];", snapshotPrelude, ledgerRow, ledgerTable(l))
	return readSets(ctx, q, query, []resultSet{{"the ledger", func(rows *sql.Rows) error {
		var statements, reverse []byte
		r, err := scanLedger(rows, &statements, &reverse)
		if err == nil {
			r.Statements, r.Reverse = statements, reverse
			row(r)
		}
		return err
	}}})
}

// LedgerHash is the hash of the row of a site's ledger at a place, in hexadecimal; ""
// where no row stands there.
func LedgerHash(ctx context.Context, q Querier, l *grants.WantedLedger, sequence int64) (hash string, err error) {
	query := fmt.Sprintf("%sSELECT l.[hash] FROM %s AS l WHERE l.[sequence] = %d;", snapshotPrelude, ledgerTable(l), sequence)
	err = readSets(ctx, q, query, []resultSet{{"the row of the ledger", func(rows *sql.Rows) error {
		var raw []byte
		err := rows.Scan(&raw)
		hash = hex.EncodeToString(raw)
		return err
	}}})
	return hash, err
}

// LedgerVerification is what a DBA sends to have the server prove a ledger of its
// own, with digests that were kept elsewhere (reference G).
const LedgerVerification = "EXEC sys.sp_verify_database_ledger N'<the digests that sys.sp_generate_database_ledger_digest gave, as a list in JSON>';"
