package grants

import (
	"cmp"
	"fmt"
)

// Holding is something of a database, other than schemas, views, tables, modules and
// roles, that belongs to a principal or runs as one, who cannot be dropped as long as
// it does (errors 15136, 15138, 15183, 15184; reference D.3, D.4).
type Holding struct {
	Principal int
	// Class is as ALTER AUTHORIZATION has it, or one that it does not take: "EVENT
	// NOTIFICATION", "DATABASE SCOPED CREDENTIAL", "DATABASE TRIGGER".
	Class  string
	Schema string // of what is in one
	Name   string
	Runs   bool // it runs as the principal, or stands for them
}

func (h Holding) compare(o Holding) int {
	runs := func(h Holding) int {
		if h.Runs {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(h.Class, o.Class), cmp.Compare(h.Schema, o.Schema), cmp.Compare(h.Name, o.Name), cmp.Compare(runs(h), runs(o)))
}

// words says what the principal has to do with it.
func (h Holding) words() string {
	name := h.Name
	if h.Schema != "" {
		name = h.Schema + "." + h.Name
	}
	if h.Runs {
		return fmt.Sprintf("is whom the %s %q runs as", lowerClass(h.Class), name)
	}
	return fmt.Sprintf("owns the %s %q", lowerClass(h.Class), name)
}

// remedies are the statements that free the principal, where there are any.
func (h Holding) remedies() []Remedy {
	switch {
	case h.Runs, h.Class == "EVENT NOTIFICATION", h.Class == "DATABASE SCOPED CREDENTIAL":
		return nil
	}
	return []Remedy{toDbo(Securable{Class: h.Class, Schema: h.Schema, Name: h.Name})}
}

// lowerClass is a class within a sentence.
func lowerClass(class string) string {
	words := map[string]string{"XML SCHEMA COLLECTION": "XML schema collection", "TYPE": "data type", "OBJECT": "object", "ASSEMBLY": "assembly", "CERTIFICATE": "certificate",
		"SYMMETRIC KEY": "symmetric key", "ASYMMETRIC KEY": "asymmetric key", "MESSAGE TYPE": "message type", "CONTRACT": "contract", "SERVICE": "service",
		"REMOTE SERVICE BINDING": "remote service binding", "ROUTE": "route", "FULLTEXT CATALOG": "fulltext catalog", "FULLTEXT STOPLIST": "fulltext stoplist",
		"SEARCH PROPERTY LIST": "search property list", "EVENT NOTIFICATION": "event notification", "DATABASE SCOPED CREDENTIAL": "database scoped credential",
		"DATABASE TRIGGER": "trigger of the database", "QUEUE": "queue"}
	if w := words[class]; w != "" {
		return w
	}
	return class
}
