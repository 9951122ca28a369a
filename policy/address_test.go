package policy_test

import (
	"testing"

	"grantree/policy"
)

// TestAddress: the address that a person is told is the one that programs take.
func TestAddress(t *testing.T) {
	for url, want := range map[string]string{
		"sqlserver://sql01.example":                          "sql01.example",
		"sqlserver://sql01.example:1433?encrypt=true":        "sql01.example,1433",
		"sqlserver://sql01.example/PLANT?encrypt=true":       `sql01.example\PLANT`,
		"sqlserver://sql01.example:14330/PLANT?encrypt=true": "sql01.example,14330",
		"sqlserver://[::1]:1433":                             "::1,1433",
		"%":                                                  "",
	} {
		if got := (policy.Server{URL: url}).Address(); got != want {
			t.Errorf("%s: %q, want %q", url, got, want)
		}
	}
}
