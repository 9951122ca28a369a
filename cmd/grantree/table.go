package main

import (
	"io"
	"slices"
	"strings"

	"grantree/finding"

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
func right(t grid, columns ...int) { t.SetColumnConfigs(aligned(columns...)) }

func aligned(columns ...int) []table.ColumnConfig {
	var c []table.ColumnConfig
	for _, n := range columns {
		c = append(c, table.ColumnConfig{Number: n, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	return c
}

// within breaks the cells of a column into lines of at most width columns, between
// words; a word is broken that is wider.
func within(column, width int) table.ColumnConfig {
	return table.ColumnConfig{Number: column, WidthMax: width, WidthMaxEnforcer: func(s string, width int) string {
		lines := wrap(s, width)
		for i, line := range lines {
			if text.StringWidthWithoutEscSequences(line) > max(width, wholeWord) {
				lines[i] = text.WrapHard(line, width)
			}
		}
		return strings.Join(lines, "\n")
	}}
}

// wholeWord is the width of words that are not broken: a mail address, with which
// people log in, among them.
const wholeWord = 40

// screen is how wide a table may be.
const screen = 80

// folded prints rows, the first one as header, in columns that together are no
// wider than a screen: the widest are folded. Columns with these numbers, counted
// from 1, are aligned to the right.
func (a *app) folded(rows [][]string, toRight ...int) {
	widths, least := make([]int, len(rows[0])), make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			cell = finding.Printable(cell)
			widths[i] = max(widths[i], text.StringWidth(cell))
			for word := range strings.FieldsSeq(cell) {
				if n := text.StringWidth(word); n <= wholeWord {
					least[i] = max(least[i], n)
				}
			}
		}
	}
	fit(widths, least, screen-2*len(widths))
	var header []any
	for _, h := range rows[0] {
		header = append(header, h)
	}
	t := newTable(a.stdout, header...)
	var c []table.ColumnConfig
	for i, w := range widths {
		one := within(i+1, w)
		if slices.Contains(toRight, i+1) {
			one.Align, one.AlignHeader = text.AlignRight, text.AlignRight
		}
		c = append(c, one)
	}
	t.SetColumnConfigs(c)
	for _, row := range rows[1:] {
		var cells []any
		for _, cell := range row {
			cells = append(cells, cell)
		}
		t.AppendRow(cells)
	}
	t.Render()
}

// fit takes from the widest of some columns until all fit into a width, or each has
// the least that it needs.
func fit(widths, least []int, into int) {
	for {
		sum, widest := 0, -1
		for i, w := range widths {
			sum += w
			if w > max(least[i], 8) && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if sum <= into || widest < 0 {
			return
		}
		widths[widest]--
	}
}
