package query

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
)

// Run runs the statement on conn, hands each row to emit, and returns the number of rows returned or changed. A
// cancelled ctx stops it with the context's error. The values of a row are of the kinds named in [Virtual]; the slice
// is emit's to keep.
func (b *Bound) Run(ctx context.Context, conn Conn, emit func(row []any) error) (int64, error) {
	var n int64
	var err error
	if b.program.change != nil {
		n, err = b.program.runChange(ctx, conn, emit)
	} else {
		n, err = b.program.query(ctx, conn, emit)
	}
	return n, at(b.Line, err)
}

// NullEliminated reports whether the last run left a NULL out of an aggregate (8153).
func (b *Bound) NullEliminated() bool { return b.program.eliminated }

// NullEliminated is that of a statement.
func (s *Scalar) NullEliminated() bool { return s.program.eliminated }

// query runs a program that returns rows.
func (p *program) query(ctx context.Context, conn Conn, emit func([]any) error) (int64, error) {
	x := begin(ctx, p)
	defer x.end()
	if p.running != nil {
		p.running.reset()
	}
	if !p.stored {
		m, err := takeMemory(ctx)
		if err != nil {
			return 0, x.translate(ctx, err)
		}
		defer giveMemory(ctx, m)
		conn = m
	}
	return x.rows(ctx, conn, p.sql, func(raw []any) error {
		row, err := x.decodeRow(raw)
		if err != nil {
			return err
		}
		return emit(row)
	})
}

// rows runs SQLite text, with parameters from ?2 on, and hands over the stored values of each row.
func (x *execution) rows(ctx context.Context, conn Conn, text string, each func([]any) error, parameters ...any) (int64, error) {
	if _, has := conn.(*memory); !has && len(x.program.virtuals) > 0 {
		if _, err := conn.ExecContext(ctx, rowsTable); err != nil {
			return 0, x.translate(ctx, err)
		}
	}
	rows, err := conn.QueryContext(ctx, text, append([]any{x.id}, parameters...)...)
	if err != nil {
		return 0, x.translate(ctx, err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return 0, x.translate(ctx, err)
	}
	var n int64
	pointers := make([]any, len(names))
	for rows.Next() {
		raw := make([]any, len(names))
		for i := range raw {
			pointers[i] = &raw[i]
		}
		if err := rows.Scan(pointers...); err != nil {
			return n, x.translate(ctx, err)
		}
		if err := each(raw); err != nil {
			return n, err
		}
		n++
	}
	if err := rows.Err(); err != nil {
		return n, x.translate(ctx, err)
	}
	return n, nil
}

// exec runs SQLite text that returns no rows.
func (x *execution) exec(ctx context.Context, conn Conn, text string) (int64, error) {
	if len(x.program.virtuals) > 0 {
		if _, err := conn.ExecContext(ctx, rowsTable); err != nil {
			return 0, x.translate(ctx, err)
		}
	}
	result, err := conn.ExecContext(ctx, text, x.id)
	if err != nil {
		return 0, x.translate(ctx, err)
	}
	return result.RowsAffected()
}

func (x *execution) decodeRow(raw []any) ([]any, error) {
	return decodeAll(raw, x.program.types)
}

// SQLite's extended result codes that have a meaning for a statement.
const (
	codeBusy      = 5
	codeLocked    = 6
	codeInterrupt = 9
	codeTooBig    = 18
)

// translate turns an error of SQLite into the refusal that it stands for.
func (x *execution) translate(ctx context.Context, err error) error {
	switch {
	case x.failure != nil:
		return copyError(x.failure)
	case ctx.Err() != nil:
		return ctx.Err()
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("sqlite: %w", err)
	}
	text := e.Error()
	switch code := e.Code(); {
	case code&0xFF == codeBusy || code&0xFF == codeLocked:
		return refuse(1222)
	case code == codeInterrupt:
		return context.Canceled
	case strings.Contains(text, "integer overflow"):
		return errOverflow("bigint")
	case strings.Contains(text, "UNIQUE constraint failed"):
		return x.duplicate(text)
	case code == codeTooBig, strings.Contains(text, "too large"), strings.Contains(text, "too many"), strings.Contains(text, "stack overflow"),
		strings.Contains(text, "Recursion limit"), strings.Contains(text, "at most 64 tables"):
		return refuse(8623)
	}
	return fmt.Errorf("sqlite: %w", err)
}

// copyError keeps callers from writing the line into an error that more than one statement may share.
func copyError(err error) error {
	var e *Error
	if errors.As(err, &e) {
		return copyOf(e)
	}
	return err
}
