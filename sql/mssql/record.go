package mssql

import (
	"database/sql"
	"fmt"
	"slices"
)

// record is one row of a result set, as the driver hands its values over: a site
// has tens of thousands of rows, and Rows.Scan prints each number to read it again.
// Its methods take the columns one after another; the first that is of another
// kind than it has to be is the record's error, and the rest are zero.
type record struct {
	values, into []any
	at           int
	err          error
	words        map[string]string // that many rows have, each once
}

// scan reads the current row of a result set.
func (r *record) scan(rows *sql.Rows) error {
	if r.values == nil {
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		r.values, r.into, r.words = make([]any, len(columns)), make([]any, len(columns)), map[string]string{}
		for i := range r.values {
			r.into[i] = &r.values[i]
		}
	}
	r.at, r.err = 0, nil
	return rows.Scan(r.into...)
}

// next is the next column's value.
func (r *record) next() any {
	if r.at >= len(r.values) {
		r.fail("missing")
		return nil
	}
	r.at++
	return r.values[r.at-1]
}

func (r *record) fail(what any) {
	if r.err == nil {
		r.err = fmt.Errorf("column %d: unexpected %v", r.at, what)
	}
}

// number is a column of integers or bits.
func (r *record) number() int {
	n, null := r.numberOrNull()
	if null {
		r.fail("NULL")
	}
	return n
}

func (r *record) numberOrNull() (n int, null bool) {
	switch v := r.next().(type) {
	case int64:
		return int(v), false
	case bool:
		if v {
			return 1, false
		}
		return 0, false
	case nil:
		return 0, true
	default:
		r.fail(fmt.Sprintf("%T", v))
	}
	return 0, false
}

// orZero is number with 0 for NULL.
func (r *record) orZero() int {
	n, _ := r.numberOrNull()
	return n
}

// flag is a column of bits, or of 0 and 1.
func (r *record) flag() bool {
	n := r.number()
	if n != 0 && n != 1 {
		r.fail(n)
	}
	return n == 1
}

// text is a column of names.
func (r *record) text() string {
	switch v := r.next().(type) {
	case string:
		return v
	case nil:
		r.fail("NULL")
	default:
		r.fail(fmt.Sprintf("%T", v))
	}
	return ""
}

// wordOrNull is a word, or none for NULL.
func (r *record) wordOrNull() (w string, null bool) {
	if r.at < len(r.values) && r.values[r.at] == nil {
		r.at++
		return "", true
	}
	return r.word(), false
}

// orEmpty is a word with "" for NULL.
func (r *record) orEmpty() string {
	w, _ := r.wordOrNull()
	return w
}

// word is text that few rows differ in.
func (r *record) word() string {
	w := r.text()
	known, ok := r.words[w]
	if !ok {
		r.words[w], known = w, w
	}
	return known
}

// sid is a column of SIDs as a snapshot writes them, "" for NULL.
func (r *record) sid() string {
	switch v := r.next().(type) {
	case []byte:
		return upperHex(v)
	case nil:
	default:
		r.fail(fmt.Sprintf("%T", v))
	}
	return ""
}

// keep appends to a list that may become very long: one that grows by a quarter at
// a time is copied four times.
func keep[T any](list []T, x T) []T {
	if len(list) == cap(list) {
		list = slices.Grow(list, max(len(list), 16))
	}
	return append(list, x)
}
