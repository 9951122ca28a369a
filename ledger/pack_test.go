package ledger

import (
	"fmt"
	"testing"
)

// provisioning are statements as those of a first plan, of at least so many bytes.
func provisioning(bytes int) (texts []string, size int) {
	for n := 0; size < bytes; n++ {
		text := fmt.Sprintf("CREATE USER [user%05d] FOR LOGIN [login%05d];\nEXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'user%05d';", n, n, n)
		if n%3 > 0 {
			text = fmt.Sprintf("ALTER ROLE [group%02d] ADD MEMBER [user%05d];", n*7%40, n/3)
		}
		texts = append(texts, text)
		size += len(text)
	}
	return texts, size
}

// TestPackedIsSmall: what a row adds to what is sent, in UTF-16, is little.
func TestPackedIsSmall(t *testing.T) {
	texts, size := provisioning(200_000)
	if packed := len(Pack(texts)); packed > 2*size/8 {
		t.Errorf("%d bytes for %d", packed, 2*size)
	}
}

// BenchmarkPack packs statements of 3.2 MB, as those of 2,000 people in 400 views.
func BenchmarkPack(b *testing.B) {
	texts, _ := provisioning(3_200_000)
	for b.Loop() {
		packed := Pack(texts)
		b.ReportMetric(float64(len(packed)), "bytes")
	}
}
