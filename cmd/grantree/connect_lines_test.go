package main

import (
	"encoding/json"
	"net/url"
	"os/exec"
	"strings"
	"testing"
)

// awkwardNames are names of databases that need quotes somewhere.
var awkwardNames = []string{"iMaint_North", "Bob's Shop", `a "b" c`, `It's "both"`, "x;Encrypt=True", "{braces}", "half}", "a=b", " led and followed ", `back\slash`, "$HOME `date` $(id)",
	"50% & more", "a&encrypt=disable", "#1?", "-d", "Łódź 漢字 🙂", "'", `"`, "}", "<b>"}

// TestDotnetValue: the rules of DbConnectionStringBuilder, as its source has them
// (dotnet/SqlClient, DbConnectionOptions.cs, AppendKeyValuePairBuilder).
func TestDotnetValue(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "",
		"iMaint_North":         "iMaint_North",
		"{braces}":             "{braces}",
		`back\slash`:           `back\slash`,
		"Bob's Shop":           `"Bob's Shop"`,
		"'":                    `"'"`,
		`a "b" c`:              `'a "b" c'`,
		`"`:                    `'"'`,
		`It's "both"`:          `"It's ""both"""`,
		"x;Encrypt=True":       `"x;Encrypt=True"`,
		"a=b":                  `"a=b"`,
		" led and followed ":   `" led and followed "`,
		"no\u00a0break":        "\"no\u00a0break\"",
		"tab\there":            "\"tab\there\"",
		"Łódź-漢字":              "Łódź-漢字",
		`"x" and 'y' and ""z"`: `"""x"" and 'y' and """"z"""`,
	} {
		if got := dotnetValue(text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

// dotnetPairs reads a connection string as ADO.NET does: quoted values may hold
// anything, a quote doubled stands for itself.
func dotnetPairs(t *testing.T, text string) map[string]string {
	pairs := map[string]string{}
	for text != "" {
		key, rest, ok := strings.Cut(text, "=")
		if !ok {
			t.Fatalf("a key without a value: %s", text)
		}
		var value strings.Builder
		if quote := strings.IndexAny(rest, `"'`); quote == 0 {
			end := 1
			for ; end < len(rest); end++ {
				if rest[end] == rest[0] {
					if end+1 == len(rest) || rest[end+1] != rest[0] {
						break
					}
					end++
				}
				value.WriteByte(rest[end])
			}
			rest = strings.TrimPrefix(rest[min(end+1, len(rest)):], ";")
		} else {
			var plain string
			plain, rest, _ = strings.Cut(rest, ";")
			value.WriteString(strings.TrimSpace(plain))
		}
		pairs[key], text = value.String(), rest
	}
	return pairs
}

// bracedPair reads the value of a key as ODBC and JDBC do: in braces it may hold
// anything, a closing one doubled stands for itself.
func bracedPair(text, key string) string {
	_, rest, _ := strings.Cut(text, key)
	if !strings.HasPrefix(rest, "{") {
		plain, _, _ := strings.Cut(rest, ";")
		return plain
	}
	var value strings.Builder
	for i := 1; i < len(rest); i++ {
		if rest[i] == '}' {
			if i++; i == len(rest) || rest[i] != '}' {
				break
			}
		}
		value.WriteByte(rest[i])
	}
	return value.String()
}

// TestConnectLines: each line, read by the rules of its language, names the database
// and the encryption that there is.
func TestConnectLines(t *testing.T) {
	for _, name := range awkwardNames {
		for _, tls := range []bool{false, true} {
			lines := map[string]string{}
			for _, l := range (listening{host: "127.0.0.1", port: "1433", database: name, tls: tls}).lines() {
				lines[l.client] = l.line
			}
			for _, client := range []string{"sqlcmd", "mssql-cli", "FreeTDS"} {
				words, err := exec.Command("sh", "-c", `printf '%s\n' `+lines[client]).Output()
				list := strings.Split(string(words), "\n")
				if at := map[string]int{"sqlcmd": 6, "mssql-cli": 6, "FreeTDS": 8}[client]; err != nil || list[at] != name {
					t.Errorf("%s: %v, %q", lines[client], err, words)
				}
			}
			if last := lines["sqlcmd"]; !strings.HasSuffix(last, map[bool]string{true: " -C", false: " -No"}[tls]) {
				t.Errorf("encryption of %s", last)
			}
			_, rest, _ := strings.Cut(lines["tedious"], "database: ")
			var database string
			if err := json.NewDecoder(strings.NewReader(rest)).Decode(&database); err != nil || database != name {
				t.Errorf("tedious: %v, %s", err, lines["tedious"])
			}
			dotnet := dotnetPairs(t, lines[".NET"])
			if dotnet["Database"] != name || dotnet["Encrypt"] != map[bool]string{true: "True", false: "False"}[tls] || dotnet["Server"] != "127.0.0.1,1433" {
				t.Errorf(".NET: %s is %q", lines[".NET"], dotnet)
			}
			u, err := url.Parse(lines["Go"])
			if err != nil || u.Query().Get("database") != name || u.Query().Get("encrypt") != map[bool]string{true: "true", false: "disable"}[tls] {
				t.Errorf("Go: %v, %s", err, lines["Go"])
			}
			for client, key := range map[string]string{"ODBC": ";Database=", "JDBC": ";databaseName="} {
				if got := bracedPair(lines[client], key); got != name {
					t.Errorf("%s: %s names %q", client, lines[client], got)
				}
			}
		}
	}
}

// TestConnectLinesOfHiddenNames: what a terminal obeys is in no line.
func TestConnectLinesOfHiddenNames(t *testing.T) {
	for _, l := range (listening{host: "127.0.0.1", port: "1433", database: "a\x1b[2Jb"}).lines() {
		if strings.Contains(l.line, "\x1b") || !strings.Contains(l.line, "master") {
			t.Errorf("%s: %q", l.client, l.line)
		}
	}
}
