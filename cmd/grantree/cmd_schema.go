package main

import (
	"encoding/json"
	"errors"
	"io/fs"

	"grantree/catalog"
	"grantree/docs"
	"grantree/policy"
	"grantree/schema"

	"github.com/spf13/cobra"
)

func newSchema(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "schema",
		Short: "Print what a file looks like as JSON Schema, for editors",
		Long: `Prints what a file looks like as JSON Schema, draft 7. An editor of TOML that
reads such (Even Better TOML, taplo) completes and checks keys, nodes and views as
one types:

  grantree schema policy > grantree.schema.json

and as the first line of the policy: #:schema ./grantree.schema.json`,
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
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return a.printSchema(catalog.Schema(schema.ReadWords(docs.Policy), extends))
		},
	}
	ofCatalog.Flags().BoolVar(&extends, "extends", false, "one that extends the built-in catalog")
	c.AddCommand(of, ofCatalog)
	return c
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
