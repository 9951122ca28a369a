package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/spf13/cobra"
)

// TestEveryOutputHasASchema: every command that prints JSON, and no other.
func TestEveryOutputHasASchema(t *testing.T) {
	var have []string
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if f := c.Flags().Lookup("format"); f != nil && slices.Contains(strings.FieldsFunc(f.Usage, func(r rune) bool { return r == ',' || r == ' ' }), "json") {
			have = append(have, strings.TrimPrefix(c.CommandPath(), "grantree "))
		}
		for _, x := range c.Commands() {
			walk(x)
		}
	}
	walk(newRoot(&app{}))
	slices.Sort(have)
	if want := outputNames(); !slices.Equal(have, want) {
		t.Errorf("commands with JSON are\n%q, schemas there are of\n%q", have, want)
	}
}

// TestSamplesFitTheirSchema: the samples of docs/json.md, where the heading names one
// command; under one that names two they are parts of both.
func TestSamplesFitTheirSchema(t *testing.T) {
	page, err := os.ReadFile("../../docs/json.md")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, part := range strings.Split(string(page), "\n## ")[1:] {
		command := strings.Trim(strings.SplitN(part, "\n", 2)[0], "`")
		for _, block := range strings.Split(part, "\n```json\n")[1:] {
			text, _, _ := strings.Cut(block, "\n```")
			if _, ok := outputs()[command]; !ok || strings.HasPrefix(text, "{\n  \"drift\"") || strings.HasPrefix(text, "{\n  \"since\"") { // a part alone
				continue
			}
			n++
			if err := fits(command, []byte(text)); err != nil && !strings.Contains(text, "…") {
				t.Errorf("%s: %v", command, err)
			}
		}
	}
	if n < 10 {
		t.Errorf("%d samples: the test looks in the wrong place", n)
	}
}

// TestSchemaOfAnOutputNotices: what is not the output of a command does not fit.
func TestSchemaOfAnOutputNotices(t *testing.T) {
	for _, text := range []string{`{}`, `[]`, `{"sites": null, "findings": []}`, `{"sites": [{"site": 1}], "findings": []}`, `{"sites": [], "findings": [], "more": 1}`} {
		if fits("verify", []byte(text)) == nil {
			t.Errorf("%s fits", text)
		}
	}
	if err := fits("verify", []byte(`{"sites": [], "findings": []}`)); err != nil {
		t.Error(err)
	}
}

// fits holds an output to the schema of its command.
func fits(command string, text []byte) error {
	o, ok := outputs()[command]
	if !ok {
		return fmt.Errorf("no schema of %q", command)
	}
	data, err := json.Marshal(o.schema(command))
	if err != nil {
		return err
	}
	s, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", s); err != nil {
		return err
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return compiled.Validate(v)
}

// misfits are the outputs of a story's runs that do not fit the schema of their command.
func (c *canaries) misfits() []string {
	var out []string
	said := texts(c.said)
	for name, text := range said {
		if filepath.Base(name) != "arguments" {
			continue
		}
		args := strings.Split(text, "\x00")
		printed := strings.TrimSpace(said[filepath.Join(filepath.Dir(name), "stdout")])
		command := jsonOf(args)
		if command == "" || !strings.HasPrefix(printed, "{") && !strings.HasPrefix(printed, "[") {
			continue
		}
		if err := fits(command, []byte(printed)); err != nil {
			out = append(out, fmt.Sprintf("grantree %s: %v", strings.Join(args, " "), err))
		}
	}
	slices.Sort(out)
	return out
}

// jsonOf is the command of a run that prints JSON, or "".
func jsonOf(args []string) string {
	c, _, err := newRoot(&app{}).Find(args)
	i := slices.Index(args, "--format")
	asked := slices.Contains(args, "--format=json") || i >= 0 && i+1 < len(args) && args[i+1] == "json"
	command := ""
	if err == nil {
		command = strings.TrimPrefix(c.CommandPath(), "grantree ")
	}
	if !asked && command != "catalog export" {
		return ""
	}
	return command
}
