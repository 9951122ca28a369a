package security

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// configuration is a row of sys.configurations that security work reads
// (section K).
type configuration struct {
	id          int
	name        string
	value       int
	minimum     int
	maximum     int
	description string
	dynamic     bool
	advanced    bool
	fixed       bool
}

// Names of the options that change the access check.
const (
	OptionCrossDBChaining = "cross db ownership chaining"
	OptionCommonCriteria  = "common criteria compliance enabled"
)

//go:embed configurations.txt
var configurationText string

// configurations are the options by id, of which a server that nobody makes reads nothing.
var configurations = sync.OnceValue(func() (list []configuration) {
	for line := range strings.Lines(configurationText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		part := strings.Split(strings.TrimSuffix(line, "\n"), "|")
		number := func(i int) int { n, _ := strconv.Atoi(part[i]); return n }
		has := func(word string) bool { return strings.Contains(part[5], word) }
		list = append(list, configuration{number(0), part[1], number(2), number(3), number(4), part[6], has("dynamic"), has("advanced"), has("fixed")})
	}
	return list
})

// Configuration returns the value of an option; ok is false for an unknown
// name.
func (s *Server) Configuration(name string) (value int, ok bool) { return s.configuration.Get(name) }

// Configure is sp_configure followed by RECONFIGURE: it needs ALTER SETTINGS,
// else 15247; an unknown option is 15123 and a value out of range 15129.
func (s *Server) Configure(ctx *Context, name string, value int) error {
	if !s.Checker(ctx).Can(Securable{Class: ClassServer}, "ALTER SETTINGS") {
		return refuse(15247)
	}
	for _, c := range configurations() {
		if !s.collation.Equal(c.name, name) {
			continue
		}
		if value < c.minimum || value > c.maximum {
			return refuse(15129, value, c.name)
		}
		if c.fixed && value != c.value {
			return refuse(40517, c.name)
		}
		s.configuration.Set(c.name, value)
		return nil
	}
	return refuse(15123, name)
}
