package conformance

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/golang-sql/sqlexp"
	mssql "github.com/microsoft/go-mssqldb"
)

// outcome is what came of a batch, or what must come of it.
type outcome struct {
	sets     [][]string
	cells    [][][]string // of each row of each set
	names    [][]string   // of the columns of each set
	columns  []string     // of each set
	errors   []notice
	messages []notice
}

// notice is an error or a message. A number, class or state of -1, and a text that ends in …, leave the rest open.
type notice struct {
	number, class, state int
	text                 string
}

func (o outcome) empty() bool { return len(o.columns)+len(o.sets)+len(o.errors)+len(o.messages) == 0 }

// parseNotice reads NUMBER CLASS STATE TEXT.
func parseNotice(text string) (notice, error) {
	f := strings.SplitN(text, " ", 4)
	if len(f) < 4 {
		return notice{}, fmt.Errorf("%q is not number, class, state and text", text)
	}
	n := notice{text: f[3]}
	for i, to := range []*int{&n.number, &n.class, &n.state} {
		if *to = -1; f[i] != "-" {
			var err error
			if *to, err = strconv.Atoi(f[i]); err != nil {
				return n, fmt.Errorf("%q is no number", f[i])
			}
		}
	}
	return n, nil
}

func (n notice) String() string {
	return fmt.Sprintf("%d %d %d %s", n.number, n.class, n.state, n.text)
}

// matches reports whether what came is what n expects.
func (n notice) matches(got notice) bool {
	if n.number >= 0 && n.number != got.number || n.class >= 0 && n.class != got.class || n.state >= 0 && n.state != got.state {
		return false
	}
	return textMatches(n.text, got.text)
}

// textMatches compares texts, of which the wanted one may leave its end open.
func textMatches(want, got string) bool {
	start, open := strings.CutSuffix(want, "…")
	return want == got || open && strings.HasPrefix(got, start)
}

// String is an outcome as a story would state it.
func (o outcome) String() string {
	var b strings.Builder
	for _, c := range o.columns {
		b.WriteString("  columns " + c + "\n")
	}
	for _, set := range o.sets {
		b.WriteString("  rows\n")
		for _, r := range set {
			b.WriteString("    " + r + "\n")
		}
	}
	for _, n := range o.errors {
		fmt.Fprintf(&b, "  error %v\n", n)
	}
	for _, n := range o.messages {
		fmt.Fprintf(&b, "  message %v\n", n)
	}
	if b.Len() == 0 {
		return "  ok\n"
	}
	return b.String()
}

// matches reports whether got is what o expects.
func (o outcome) matches(got outcome) bool {
	if len(o.sets) != len(got.sets) {
		return false
	}
	for i, c := range o.columns {
		if i >= len(got.columns) || c != got.columns[i] {
			return false
		}
	}
	for i, set := range o.sets {
		if !slices.EqualFunc(set, got.sets[i], textMatches) {
			return false
		}
	}
	return noticesMatch(o.errors, got.errors) && noticesMatch(o.messages, got.messages)
}

func noticesMatch(want, got []notice) bool {
	if len(want) != len(got) {
		return false
	}
	for i, w := range want {
		if !w.matches(got[i]) {
			return false
		}
	}
	return true
}

// ask runs one batch and collects all that comes of it. With args, @p1 and so on, it is a call of sp_executesql. The
// error is that of a connection that broke.
func ask(ctx context.Context, conn *sql.Conn, text string, args ...any) (outcome, error) {
	var o outcome
	var queue sqlexp.ReturnMessage
	rows, err := conn.QueryContext(ctx, text, append([]any{&queue}, args...)...)
	if err != nil {
		return o, o.fail(err)
	}
	defer rows.Close()
	for more := true; more; {
		switch m := queue.Message(ctx).(type) {
		case sqlexp.MsgNotice:
			o.note(m)
		case sqlexp.MsgError:
			err = o.fail(m.Error)
		case sqlexp.MsgNext:
			err = o.readSet(rows)
		case sqlexp.MsgNextResultSet:
			more = rows.NextResultSet()
		}
		if err != nil {
			return o, err
		}
	}
	if err := rows.Err(); err != nil && len(o.errors) == 0 {
		return o, o.fail(err)
	}
	return o, nil
}

// fail records the errors of the server; others are returned.
func (o *outcome) fail(err error) error {
	var e mssql.Error
	if !errors.As(err, &e) {
		return err
	}
	all := e.All
	if len(all) == 0 {
		all = []mssql.Error{e}
	}
	for _, one := range all {
		o.errors = append(o.errors, noticeOf(one))
	}
	return nil
}

// accompany are the messages that say where a session is (5701, 5703) and how far a database has come (5060).
var accompany = map[int]bool{5701: true, 5703: true, 5060: true}

// note records a message, but for those that accompany others.
func (o *outcome) note(m sqlexp.MsgNotice) {
	n := notice{text: m.Message.String()}
	if e, ok := m.Message.(mssql.Error); ok {
		n = noticeOf(e)
	}
	if !accompany[n.number] {
		o.messages = append(o.messages, n)
	}
}

func noticeOf(e mssql.Error) notice {
	return notice{number: int(e.Number), class: int(e.Class), state: int(e.State), text: e.Message}
}

// readSet reads the rows of one result set, and what it says of its columns.
func (o *outcome) readSet(rows *sql.Rows) error {
	columns, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	types, names := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		types[i], names[i] = strings.ToLower(c.DatabaseTypeName()), c.Name()
		if nullable, _ := c.Nullable(); !nullable {
			types[i] += " not null"
		}
	}
	set, all := []string{}, [][]string{}
	for rows.Next() {
		values, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			to[i] = &values[i]
		}
		if err := rows.Scan(to...); err != nil {
			return err
		}
		cells := make([]string, len(values))
		for i, v := range values {
			cells[i] = cell(v)
		}
		set, all = append(set, strings.Join(cells, " | ")), append(all, cells)
	}
	o.sets, o.cells, o.names, o.columns = append(o.sets, set), append(o.cells, all), append(o.names, names), append(o.columns, strings.Join(types, " | "))
	return nil
}

// cell is a value as a story writes it.
func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case string:
		return "'" + v + "'"
	case []byte:
		return fmt.Sprintf("0x%X", v)
	}
	return fmt.Sprint(v)
}
