package ledger

import (
	"fmt"
	"testing"
)

// BenchmarkPack packs the statements of R1's first provisioning, of 3.2 MB.
func BenchmarkPack(b *testing.B) {
	var texts []string
	for n, size := 0, 0; size < 3_200_000; n++ {
		text := fmt.Sprintf("CREATE USER [user%05d] FOR LOGIN [login%05d];\nEXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'user%05d';", n, n, n)
		if n%3 > 0 {
			text = fmt.Sprintf("ALTER ROLE [group%02d] ADD MEMBER [user%05d];", n*7%40, n/3)
		}
		texts = append(texts, text)
		size += len(text)
	}
	for b.Loop() {
		packed := Pack(texts)
		b.ReportMetric(float64(len(packed)), "bytes")
	}
}
