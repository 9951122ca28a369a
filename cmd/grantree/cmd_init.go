package main

import (
	_ "embed" // the policy that init writes
	"errors"
	"fmt"
	"io/fs"

	"grantree/policy"

	"github.com/spf13/cobra"
)

//go:embed files/init.toml
var initPolicy []byte

func newInit(a *app) *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "init",
		Short: "Write a commented grantree.toml to start from",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return a.init(file) },
	}
	c.Flags().StringVarP(&file, "file", "f", policy.DefaultFile, "the file to write; it must not exist")
	return c
}

func (a *app) init(file string) error {
	err := a.create(file, initPolicy, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return usageError("%s exists already and was left alone: name another with -f", file)
	}
	if err != nil {
		return fmt.Errorf("init: %w", err)
	}
	a.printf("Wrote %s. Edit it, then: grantree test, grantree plan --sandbox, grantree plan.\n", file)
	return nil
}
