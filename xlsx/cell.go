package xlsx

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The largest sheet that spreadsheet programs take, and the longest text in a cell,
// in characters of UTF-16 (Microsoft, "Excel specifications and limits").
const (
	MaxRows    = 1 << 20
	MaxColumns = 1 << 14
	MaxText    = 32_767
)

// ColumnName is what a spreadsheet calls a column that is counted from 0: A, Z, AA;
// empty where there is no such column.
func ColumnName(column int) string {
	if column < 0 || column >= MaxColumns {
		return ""
	}
	var name string
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

// Coordinates reads what a spreadsheet calls a cell (B7, $B$7) into its column and
// row, both counted from 1.
func Coordinates(ref string) (column, row int, err error) {
	text := strings.TrimPrefix(ref, "$")
	i := 0
	for ; i < len(text) && (text[i]|0x20) >= 'a' && (text[i]|0x20) <= 'z'; i++ {
		if column = column*26 + int(text[i]|0x20-'a') + 1; column > MaxColumns {
			return 0, 0, fmt.Errorf("%.20q is no cell", ref)
		}
	}
	digits := strings.TrimPrefix(text[i:], "$")
	row, err = strconv.Atoi(digits)
	if i == 0 || err != nil || row < 1 || row > MaxRows || digits[0] < '0' || digits[0] > '9' {
		return 0, 0, fmt.Errorf("%.20q is no cell", ref)
	}
	return column, row, nil
}

// lastDay is the number of 9999-12-31, the last day that spreadsheets have.
const lastDay = 2_958_465

// Date is the day and time, to the second, that a spreadsheet means by a number:
// days since the end of 1899, with a 29 February 1900 that there never was
// (ECMA-376, part 1, 18.17.4.1), or since 1904.
func Date(days float64, since1904 bool) (time.Time, error) {
	if !(days >= 0 && days < lastDay+1) {
		return time.Time{}, fmt.Errorf("%v is no day", days)
	}
	start := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case since1904:
		start = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case days < 61:
		start = start.AddDate(0, 0, 1)
	}
	whole := int(days)
	seconds := time.Duration((days-float64(whole))*24*60*60+0.5) * time.Second
	return start.AddDate(0, 0, whole).Add(seconds), nil
}
