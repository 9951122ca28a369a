package main

import (
	"io"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// grid is a table whose cells are made printable.
type grid struct{ table.Writer }

// AppendRow adds a row.
func (g grid) AppendRow(row table.Row, config ...table.RowConfig) {
	g.Writer.AppendRow(printable(row), config...)
}

// newTable returns a table without lines, indented by two spaces.
func newTable(w io.Writer, header ...any) grid {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft, style.Box.PaddingRight = "  ", ""
	style.Format.Header = text.FormatDefault
	t.SetStyle(style)
	t.SuppressTrailingSpaces()
	if len(header) > 0 {
		t.AppendHeader(header)
	}
	return grid{t}
}

// right aligns the columns with these numbers, counted from 1.
func right(t grid, columns ...int) {
	var c []table.ColumnConfig
	for _, n := range columns {
		c = append(c, table.ColumnConfig{Number: n, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(c)
}
