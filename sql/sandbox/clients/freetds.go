package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// freeTDS writes the configuration file that FreeTDS reads: a server called sandbox, in a version of the protocol, with
// or without encryption.
func freeTDS(dir string, t Target, version string) (env []string, err error) {
	encryption := "off"
	switch {
	case t.TLS:
		encryption = "require"
	case t.Offered:
		encryption = "request"
	}
	text := fmt.Sprintf("[sandbox]\nhost = %s\nport = %s\ntds version = %s\nencryption = %s\nclient charset = UTF-8\n", t.Host, t.Port, version, encryption)
	file := filepath.Join(dir, fmt.Sprintf("freetds-%s-%s.conf", version, encryption))
	return []string{"FREETDSCONF=" + file, "LC_ALL=C.UTF-8"}, os.WriteFile(file, []byte(text), 0o600)
}

// openTsql starts tsql, which lives on after an error.
func openTsql(dir, version string) func(Target) (Session, Answer, error) {
	return func(t Target) (Session, Answer, error) {
		env, err := freeTDS(dir, t, version)
		if err != nil {
			return nil, Answer{}, err
		}
		c := &console{parse: tsqlSets}
		if err := c.start(env, "tsql", "-S", "sandbox", "-U", t.User, "-P", t.Password, "-D", t.Database); err != nil {
			return nil, Answer{}, err
		}
		return entered(c)
	}
}

// openBsqldb starts bsqldb, which ends at the first error and is started again.
func openBsqldb(dir, version string) func(Target) (Session, Answer, error) {
	return func(t Target) (Session, Answer, error) {
		env, err := freeTDS(dir, t, version)
		if err != nil {
			return nil, Answer{}, err
		}
		c := &console{parse: bsqldbSets}
		start := func() error {
			return c.start(env, "bsqldb", "-h", "-t", `\t`, "-S", "sandbox", "-U", t.User, "-P", t.Password, "-D", t.Database)
		}
		if err := start(); err != nil {
			return nil, Answer{}, err
		}
		c.restart = start
		return entered(c)
	}
}

// entered returns a console as a session once it has logged in.
func entered(c *console) (Session, Answer, error) {
	a, err := c.login()
	if err != nil || len(a.Errors) > 0 {
		return nil, a, err
	}
	return c, a, nil
}
