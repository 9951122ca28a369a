package query

import (
	"bytes"
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/shopspring/decimal"
	"modernc.org/sqlite"
	"modernc.org/sqlite/vtab"

	"grantree/sql/sandbox/internal/collate"
	"grantree/sql/tsql"
)

// The driver registers functions, collations and modules once for the whole process, while what they compute depends on
// the statement that runs. So a statement registers itself as an execution under a number, its SQLite text passes that
// number (?1) to each callback, and the callback finds the execution again here. Nothing else is shared.

// execution is one run of a program.
type execution struct {
	id      int64
	program *program
	ctx     context.Context
	loaded  []*rowSet
	packs   []*rowSet   // what ts_pack has kept
	broken  *Constraint // the key that a change broke
	// failure is the first error of a callback: SQLite itself carries only text.
	failure error
}

var (
	executions    sync.Map // int64 → *execution
	lastExecution atomic.Int64
)

// begin registers an execution; end takes it out again.
func begin(ctx context.Context, p *program) *execution {
	x := &execution{id: lastExecution.Add(1), program: p, ctx: ctx, loaded: make([]*rowSet, len(p.virtuals))}
	p.eliminated = false
	executions.Store(x.id, x)
	return x
}

func (x *execution) end() { executions.Delete(x.id) }

// fail keeps the first error and gives it to SQLite, which stops the statement.
func (x *execution) fail(err error) error {
	if x.failure == nil {
		x.failure = err
	}
	return err
}

func executionOf(v driver.Value) (*execution, error) {
	id, ok := v.(int64)
	if ok {
		if x, ok := executions.Load(id); ok {
			x := x.(*execution)
			return x, x.ctx.Err() // SQLite forgets an interruption that comes before its first step
		}
	}
	return nil, fmt.Errorf("no execution %v", v)
}

// site is one place in a statement where SQLite calls back into Go. Strict means that a NULL argument makes the result
// NULL without a call.
type site struct {
	name   string
	args   []tsql.DataType
	result tsql.DataType
	strict bool
	call   func(args []any) (any, error)
}

// invoke decodes the arguments, calls and encodes.
func (s *site) invoke(raw []driver.Value) (out any, err error) {
	defer recovered(&err)
	if s.strict && slices.Contains(raw, driver.Value(nil)) {
		return nil, nil
	}
	args, err := decodeAll(owned(raw), s.args)
	if err != nil {
		return nil, err
	}
	if out, err = s.call(args); err != nil {
		return nil, err
	}
	return encode(out, s.result), nil
}

// recovered makes an error of a panic in a callback, which SQLite would keep its locks through.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("internal: %v", r)
	}
}

// owned copies text and bytes that SQLite lends for the time of a call only.
func owned(lent []driver.Value) []driver.Value {
	out := slices.Clone(lent)
	for i, v := range lent {
		switch x := v.(type) {
		case string:
			out[i] = strings.Clone(x)
		case []byte:
			out[i] = bytes.Clone(x)
		}
	}
	return out
}

// callback is ts_call(execution, site, arguments…).
func callback(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
	x, err := executionOf(args[0])
	if err != nil {
		return nil, err
	}
	out, err := x.program.sites[args[1].(int64)].invoke(args[2:])
	if err != nil {
		return nil, x.fail(err)
	}
	return out, nil
}

// decimalSum is ts_dsum(x): the sum of decimals stored as text.
type decimalSum struct {
	total decimal.Decimal
	count int
}

func (s *decimalSum) add(args []driver.Value, sign int64) error {
	if args[0] == nil {
		return nil
	}
	v, err := decode(args[0], typeDecimal(38, 0))
	if err != nil {
		return err
	}
	s.total = s.total.Add(v.(decimal.Decimal).Mul(decimal.NewFromInt(sign)))
	s.count += int(sign)
	return nil
}

func (s *decimalSum) Step(_ *sqlite.FunctionContext, args []driver.Value) error {
	return s.add(args, 1)
}

func (s *decimalSum) WindowInverse(_ *sqlite.FunctionContext, args []driver.Value) error {
	return s.add(args, -1)
}

func (s *decimalSum) WindowValue(*sqlite.FunctionContext) (driver.Value, error) {
	if s.count == 0 {
		return nil, nil
	}
	return s.total.String(), nil
}

func (s *decimalSum) Final(*sqlite.FunctionContext) {}

func compareDecimals(a, b string) int {
	x, errX := decimal.NewFromString(a)
	y, errY := decimal.NewFromString(b)
	if errX != nil || errY != nil {
		return strings.Compare(a, b)
	}
	return x.Cmp(y)
}

// compareOffsets compares the UTC part of two stored datetimeoffsets.
func compareOffsets(a, b string) int {
	n := len(layoutDateTime)
	return strings.Compare(a[:min(n, len(a))], b[:min(n, len(b))])
}

// init registers with the driver, which hands registrations only to connections opened later.
func init() {
	for _, c := range collate.All() {
		sqlite.MustRegisterCollationUtf8(c.Key(), c.Compare)
	}
	sqlite.MustRegisterCollationUtf8("TS_DEC", compareDecimals)
	sqlite.MustRegisterCollationUtf8("TS_DTO", compareOffsets)
	sqlite.MustRegisterFunction("ts_call", &sqlite.FunctionImpl{NArgs: -1, Scalar: callback, VolatileArgs: true})
	sqlite.MustRegisterFunction("ts_dsum", &sqlite.FunctionImpl{NArgs: 1, VolatileArgs: true,
		MakeAggregate: func(sqlite.FunctionContext) (sqlite.AggregateFunction, error) { return &decimalSum{}, nil }})
	sqlite.MustRegisterFunction("ts_pack", &sqlite.FunctionImpl{NArgs: -1, VolatileArgs: true,
		MakeAggregate: func(sqlite.FunctionContext) (sqlite.AggregateFunction, error) { return &packing{}, nil }})
	check(vtab.RegisterModule(nil, "ts_rows", rowsModule{}))
}
