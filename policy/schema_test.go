package policy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/docs"
	"grantree/policy"
	"grantree/schema"

	"github.com/BurntSushi/toml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// validator compiles a schema with another program's reading of what it says.
func validator(t testing.TB, s schema.Schema) *jsonschema.Schema {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	out, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// valid judges a file as an editor does: dates of TOML are texts to it.
func valid(t testing.TB, s *jsonschema.Schema, text string) error {
	t.Helper()
	var v map[string]any
	if _, err := toml.Decode(text, &v); err != nil {
		return err
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

// TestSchemaOfExamples: every whole policy and catalog of the page is right by its
// schema, with the names of its own catalog.
func TestSchemaOfExamples(t *testing.T) {
	words := schema.ReadWords(docs.Policy)
	files := map[string]string{}
	block := regexp.MustCompile("(?ms)^```toml ([^\n]*)\n(.*?)^```$")
	for _, m := range block.FindAllStringSubmatch(docs.Policy, -1) {
		files[strings.TrimSuffix(m[1], " extends")] = m[2]
	}
	whole := 0
	for _, m := range block.FindAllStringSubmatch(docs.Policy, -1) {
		switch {
		case strings.Contains(m[1], ".catalog.toml"):
			whole++
			if err := valid(t, validator(t, catalog.Schema(words, strings.HasSuffix(m[1], " extends"))), m[2]); err != nil {
				t.Errorf("%s: %v", m[1], err)
			}
		case m[1] == "complete" && !strings.Contains(m[2], "# finds: "):
			whole++
			p, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(m[2])}, func(name string) ([]byte, error) {
				if text, ok := files[name]; ok {
					return []byte(text), nil
				}
				return nil, fmt.Errorf("no %s", name)
			})
			if err := valid(t, validator(t, p.Schema(words)), m[2]); err != nil {
				t.Errorf("%s\n%v\n%v", m[2], found, err)
			}
		}
	}
	for _, name := range []string{"imaint.toml", "../cmd/grantree/files/init.toml", "../cmd/grantree/files/demo.toml"} {
		text, err := os.ReadFile(filepath.FromSlash(name))
		if err != nil {
			t.Fatal(err)
		}
		whole++
		p, found := policy.Parse(policy.Source{File: name, Data: text}, nil)
		if err := valid(t, validator(t, p.Schema(words)), string(text)); err != nil {
			t.Errorf("%s\n%v\n%v", name, found, err)
		}
	}
	if whole < 7 {
		t.Errorf("only %d examples: the test looks in the wrong place", whole)
	}
}

// TestSchemaOfCatalog: the vendor's catalog is right by the schema of catalogs.
func TestSchemaOfCatalog(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "catalog", "imaint.toml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := valid(t, validator(t, catalog.Schema(nil, false)), string(text)); err != nil {
		t.Error(err)
	}
}

const forSchema = `[server.main]
url = "sqlserver://sql01.example:1433"
integrated = true
[[site]]
name = "North"
server = "main"
database = "N"
ignore = ["imvw_ours"]
[[group]]
name = "Crew"
[[group.allow]]
on = "Modules | Work Orders"
permissions = ["select"]
except = ["Time Cards", "imvw_ours"]
[[group.deny]]
view = "imvw_pay_type"
permissions = ["select"]
reason = "r"
[[user]]
name = "ann"
groups = ["Crew"]
sites = ["*"]
until = 2031-01-01
[[user.at]]
sites = ["North"]
groups = ["Crew"]
[[user.at.allow]]
views = "*"
permissions = ["select"]
[[outsider]]
name = "svc"
may = ["select"]
reason = "r"
[[module]]
name = "dbo.p"
reason = "r"
[[waiver]]
view = "imvw_pay_type"
reason = "r"
expires = 2031-01-01
[[never]]
permissions = ["insert"]
on = "Purchasing | Purchase Orders"
with = ["update"]
with_on = "imvw_part"
reason = "r"
[[confidential]]
view = "imvw_pay_type"
groups = ["Crew"]
[[test]]
user = "ann"
on = "imvw_work_order"
always = ["select"]
`

// TestSchemaRefuses: what Parse refuses, an editor marks: keys that there are not,
// nodes and views that the catalog lacks, words that are none, keys that must
// stand.
func TestSchemaRefuses(t *testing.T) {
	p, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(forSchema)}, nil)
	if found.HasErrors() {
		t.Fatal(found)
	}
	s := validator(t, p.Schema(schema.ReadWords(docs.Policy)))
	if err := valid(t, s, forSchema); err != nil {
		t.Fatal(err)
	}
	type edit struct{ old, new string }
	edits := []edit{
		{`name = "Crew"`, "name = \"Crew\"\ncolour = \"red\""}, {`"Modules | Work Orders"`, `"Modules | Work Order"`}, {`"Time Cards"`, `"Time Crads"`},
		{`"imvw_pay_type"`, `"imvw_pay_typ"`}, {`["select"]`, `["read"]`}, {`"*"` + "\npermissions", `"imvw_*"` + "\npermissions"}, {`integrated = true`, `password = "x"`},
		{`on = "imvw_work_order"`, `on = "imvw_work_oder"`}, {`integrated = true`, `integrated = "yes"`}, {`sites = ["*"]`, `sites = "*"`}, {`with = ["update"]`, `with = ["change"]`}, {"reason = \"r\"\n[[confidential]]", "[[confidential]]"},
	}
	// Each key that must stand, from its table.
	for _, key := range []string{"url", `name = "North"`, `server = "main"`, "database", `name = "Crew"`, `name = "ann"`, `name = "svc"`, `name = "dbo.p"`, "on = \"imvw", `user = "ann"`} {
		i := strings.Index(forSchema, "\n"+key)
		j := i + 1 + strings.IndexByte(forSchema[i+1:], '\n')
		edits = append(edits, edit{forSchema[i:j], ""})
	}
	for _, e := range edits {
		text := strings.Replace(forSchema, e.old, e.new, 1)
		if text == forSchema {
			t.Fatalf("%q is not in the policy", e.old)
		}
		if _, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(text)}, nil); len(found) == 0 && !strings.Contains(e.old, "imvw_") { // views are asked of the sites
			t.Errorf("%q → %q: Parse takes it", e.old, e.new)
		}
		if valid(t, s, text) == nil {
			t.Errorf("%q → %q: the schema takes it", e.old, e.new)
		}
	}
}

// TestSchemaHasWords: an editor says of every key what the page says.
func TestSchemaHasWords(t *testing.T) {
	p, _ := policy.Parse(policy.Source{File: "p.toml", Data: []byte(forSchema)}, nil)
	var walk func(path string, v any)
	n := 0
	walk = func(path string, v any) {
		m, ok := v.(schema.Schema)
		if !ok {
			return
		}
		if properties, ok := m["properties"].(schema.Schema); ok {
			for key, one := range properties {
				n++
				top := path == "" && key != "include" // the headings of the page are their words
				if s := one.(schema.Schema); s["description"] == nil && !top {
					t.Errorf("%s.%s has no words", path, key)
				}
				walk(path+"."+key, one)
			}
		}
		walk(path, m["items"])
		walk(path, m["additionalProperties"])
	}
	walk("", p.Schema(schema.ReadWords(docs.Policy)))
	if n < 80 {
		t.Errorf("%d keys", n)
	}
}
