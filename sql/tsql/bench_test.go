package tsql

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkParseGrants reads 1,000 GRANTs in one batch.
func BenchmarkParseGrants(b *testing.B) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "GRANT SELECT, INSERT, UPDATE ON [dbo].[imvw_view_%d] TO [Mechanic], [Night Shift];\n", i)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		if _, err := Parse(text.String()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkParseCatalog reads the batch of reference H.1.
func BenchmarkParseCatalog(b *testing.B) {
	text := catalogBatch(b)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}
