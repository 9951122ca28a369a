package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"grantree/policy"
)

// TestReadFileKinds reads plain files and refuses everything else. A pipe and
// a device are in the story file_kinds.
func TestReadFileKinds(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, size int64) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte("x = 1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if size > 0 {
			if err := os.Truncate(name, size); err != nil {
				t.Fatal(err)
			}
		}
		return name
	}
	type kind struct {
		name, file string
		bytes      int
		want       string // of the error
	}
	tests := []kind{
		{"small", file("small", 0), 6, ""},
		{"as large as may be", file("limit", policy.MaxFile), policy.MaxFile, ""},
		{"a byte larger", file("over", policy.MaxFile+1), 0, "is larger than 16 MiB"},
		{"a terabyte, mostly holes", file("huge", 1<<40), 0, "is larger than 16 MiB"},
		{"a directory", dir, 0, "is a directory"},
		{"nothing", filepath.Join(dir, "none"), 0, "no such file"},
	}
	if _, err := os.Stat("/proc/version"); err == nil {
		tests = append(tests, kind{"one that is said to be empty, and is not", "/proc/version", 0, ""})
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data, err := readFile(tt.file)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if err == nil && len(data) != tt.bytes {
				t.Errorf("%d bytes, want %d", len(data), tt.bytes)
			}
		})
	}
}
