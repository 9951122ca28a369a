package seal_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"grantree/seal"
)

// planned is a sealed plan of two sites and a server.
func planned() seal.Plan {
	crew := []string{"CREATE ROLE [Crew] AUTHORIZATION [dbo];\nEXEC x;", "GRANT SELECT ON [dbo].[v] TO [Crew];"}
	return seal.New(seal.Plan{
		Made: time.Date(2026, 11, 20, 8, 30, 0, 0, time.UTC), Policy: "p1", Catalog: "c1", Options: seal.Options{ExpectLoss: -1},
		Servers: []seal.Server{{Name: "main", Logins: []string{`login "ann"`}, Statements: []string{"ALTER LOGIN [bob] DISABLE;"}}},
		Sites: []seal.Site{{Name: "South", Server: "main", Mode: "all", Fingerprint: "f2", Plan: seal.Digest(crew), Effects: "e"},
			{Name: "North", Server: "main", Mode: "all", Fingerprint: "f1", Plan: seal.Digest(crew), Effects: "e", Findings: []string{"warning: b: b", "note: a: a"}}},
		Plans: []seal.Statements{{Digest: seal.Digest(crew), Statements: crew}},
	})
}

func sealed(t testing.TB, p seal.Plan) []byte {
	t.Helper()
	text, err := seal.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestDecodeGivesBack: what was sealed comes back, and names have their order.
func TestDecodeGivesBack(t *testing.T) {
	p, err := seal.Decode(sealed(t, planned()))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(p.Names(), " "); got != "North South" {
		t.Errorf("sites %s", got)
	}
	if got := len(p.Of(p.Sites[1])); got != 2 {
		t.Errorf("%d statements, want 2", got)
	}
}

// TestDecodeRefuses: each way to tamper with a file has its reason.
func TestDecodeRefuses(t *testing.T) {
	text := string(sealed(t, planned()))
	swap := func(old, new string) string {
		if !strings.Contains(text, old) {
			t.Fatalf("no %q in\n%s", old, text)
		}
		return strings.Replace(text, old, new, 1)
	}
	first, second, _ := strings.Cut(text[strings.Index(text, "  {\n   \"name\": \"North\""):], "  {\n   \"name\": \"South\"")
	tests := []struct{ name, text, want string }{
		{"nothing", " \n", "is empty"},
		{"another file", `{"sites": []}`, "is no sealed plan"},
		{"no JSON", "CREATE ROLE x", "at byte 1 it is no JSON"},
		{"cut", text[:len(text)/2], "is cut off after"},
		{"a later version", swap(`"version": 1`, `"version": 2`), "of version 2"},
		{"a key more", swap(`"policy": "p1"`, `"policy": "p1", "sql": "DROP"`), `unknown field "sql"`},
		{"something after it", text + "{}", "is no JSON"},
		{"a statement edited", swap("GRANT SELECT", "GRANT DELETE"), "that are not those which were sealed"},
		{"a statement left out", swap(",\n    \"GRANT SELECT ON [dbo].[v] TO [Crew];\"", ""), "that are not those which were sealed"},
		{"a number edited", swap(`"lose": 0`, `"lose": 1`), "was changed after it was sealed"},
		{"another policy", swap(`"p1"`, `"p2"`), "was changed after it was sealed"},
		{"the seal", swap(`"seal": "`, `"seal": "0`), "was changed after it was sealed"},
		{"sites swapped", strings.Replace(strings.Replace(text, `"name": "North"`, `"name": "X"`, 1), `"name": "South"`, `"name": "North"`, 1), `has its sites out of order: "X" stands before "North"`},
		{"a site twice", swap(`"name": "South"`, `"name": "North"`), `has "North" twice among its sites`},
		{"a key moved", strings.Replace(swap(` "catalog": "c1",`+"\n", ""), `"policy": "p1",`, "\"policy\": \"p1\",\n \"catalog\": \"c1\",", 1) + " ", "is not laid out as it was sealed"},
		{"a key twice", swap(`"version": 1,`, `"version": 1, "version": 1,`), "is not laid out as it was sealed"},
	}
	if first == "" || second == "" {
		t.Fatal("the sites are not found")
	}
	for _, test := range tests {
		if _, err := seal.Decode([]byte(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

// TestDecodeRefusesEveryByte: no byte of a sealed plan can be another one, or be
// missing.
func TestDecodeRefusesEveryByte(t *testing.T) {
	text := sealed(t, planned())
	for i := range text {
		edited := bytes.Clone(text)
		edited[i] ^= byte(1 + rand.IntN(255))
		if _, err := seal.Decode(edited); err == nil {
			t.Errorf("byte %d may be %q", i, edited[i])
		}
		if _, err := seal.Decode(text[:i]); err == nil {
			t.Errorf("%d bytes are enough", i)
		}
	}
}

// FuzzDecode: what is read is what was sealed, byte by byte, and nothing panics.
func FuzzDecode(f *testing.F) {
	f.Add(sealed(f, planned()))
	f.Add(sealed(f, seal.Plan{Made: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}))
	f.Add([]byte(`{"format": "grantree sealed plan", "version": 1, "sites": [{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := seal.Decode(data)
		if err != nil {
			if err.Error() == "" {
				t.Error("refused without a reason")
			}
			return
		}
		if again := sealed(t, p); !bytes.Equal(again, data) {
			t.Errorf("read from\n%s\nand sealed as\n%s", data, again)
		}
	})
}
