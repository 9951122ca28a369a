package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"grantree/catalog"
	"grantree/docs"
	"grantree/finding"
	"grantree/policy"
	"grantree/schema"

	"github.com/spf13/cobra"
)

func newSchema(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "schema [COMMAND]",
		Short: "Print what a file or an output looks like as JSON Schema",
		Long: `Prints what a file looks like as JSON Schema, draft 7. An editor of TOML that
reads such (Even Better TOML, taplo) completes and checks keys, nodes and views as
one types:

  grantree schema policy > grantree.schema.json

and as the first line of the policy: #:schema ./grantree.schema.json

Named after a command it is what that prints with --format json, for programs:

  grantree schema plan > plan.schema.json
  grantree schema user show`,
		Args:      cobra.ArbitraryArgs,
		ValidArgs: outputNames(),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			return a.schemaOfOutput(strings.Join(args, " "))
		},
	}
	var file string
	of := &cobra.Command{
		Use:   "policy",
		Short: "A policy, with the nodes and views of its catalog",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := a.forSchema(file, c.Flags().Changed("file"))
			if err != nil {
				return err
			}
			return a.printSchema(p.Schema(schema.ReadWords(docs.Policy)))
		},
	}
	of.Flags().StringVarP(&file, "file", "f", policy.DefaultFile, "the policy whose catalog and names are offered; where there is none, iMaint's")
	extends := false
	ofCatalog := &cobra.Command{
		Use:   "catalog",
		Short: "A catalog file",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 { // the output of that command
				return a.schemaOfOutput("catalog " + args[0])
			}
			return a.printSchema(catalog.Schema(schema.ReadWords(docs.Policy), extends))
		},
	}
	ofCatalog.Flags().BoolVar(&extends, "extends", false, "one that extends the built-in catalog")
	c.AddCommand(of, ofCatalog)
	return c
}

// schemaOfOutput prints what a command prints.
func (a *app) schemaOfOutput(command string) error {
	o, ok := outputs()[command]
	if !ok {
		fix := "they are: " + strings.Join(outputNames(), ", ")
		if near := finding.Nearest(command, outputNames()); near != "" {
			fix = fmt.Sprintf("did you mean %q?", near)
		}
		return usageError("no command %q prints JSON; %s", command, fix)
	}
	return a.printSchema(o.schema("grantree " + command + " --format json"))
}

// forSchema reads the policy whose names a schema has. What is wrong with it does
// not matter as long as its catalog can be read: an editor needs its schema most
// then.
func (a *app) forSchema(file string, named bool) (*policy.Policy, error) {
	data, err := a.readFile(file)
	if errors.Is(err, fs.ErrNotExist) && !named {
		data, err = nil, nil
	}
	if err != nil {
		return nil, usageError("%v", err)
	}
	p, _ := policy.Parse(policy.Source{File: file, Data: data}, a.readFile)
	return p, nil
}

// printSchema prints a schema.
func (a *app) printSchema(s schema.Schema) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	a.printf("%s\n", text)
	return nil
}
