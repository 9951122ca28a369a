package main

import (
	"strings"
	"testing"
)

func TestTerminalObeysNoName(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain text, tabs and lines", "a\tb\n", "a\tb\n"},
		{"letters of any script and an emoji", "Ünï — 🔧\n", "Ünï — 🔧\n"},
		{"colours pass", "\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"},
		{"the title of a window does not", "a\x1b]0;mine\x07b", `a\x1b]0;mine\x07b`},
		{"nor does moving the cursor", "a\x1b[2Jb", `a\x1b[2Jb`},
		{"nor going back to the start of a line", "good\rbad", `good\x0dbad`},
		{"nor a one-character introducer", "a\u009b2J", `a\x9b2J`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			n, err := terminalWriter{&b}.Write([]byte(tt.text))
			if b.String() != tt.want || n != len(tt.text) || err != nil {
				t.Errorf("wrote %q, %d, %v; want %q", b.String(), n, err, tt.want)
			}
		})
	}
}
