package adoption_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain draws few sites unless -rapid.checks asks for more: each is imported,
// planned and judged several times.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if !asked {
		flag.Set("rapid.checks", "8")
	}
	os.Exit(m.Run())
}
