package sandbox

import (
	"strings"

	"grantree/sql/sandbox/internal/security"
)

// written runs a procedure's change as a statement does.
func (c *call) written(do func(*security.Server, *security.Context) error) (int32, error) {
	err := c.x.s.write(func(work *security.Server) error { return do(work, c.x.who()) })
	if err != nil {
		return 1, err
	}
	return 0, nil
}

// changeProperty is %%property @action, @name, @value and the type and the name of three levels: ADD, UPDATE or DROP.
func changeProperty(c *call) (int32, error) {
	var words []string
	for i := range c.args {
		words = append(words, c.args[i].str(""))
	}
	name, value := words[1], variantOf(&c.args[2])
	at := security.PropertyTarget{
		Level0Type: strings.ToUpper(words[3]), Level0Name: words[4], Level1Type: strings.ToUpper(words[5]), Level1Name: words[6],
		Level2Type: strings.ToUpper(words[7]), Level2Name: words[8],
	}
	verb := map[string]string{"ADD": security.PropertyAdd, "UPDATE": security.PropertyUpdate, "DROP": security.PropertyDrop}[words[0]]
	return c.written(func(work *security.Server, w *security.Context) error {
		return work.ChangeProperty(w, verb, name, value, at)
	})
}

// migrateUser is %%migrate @user, @copy, @disable: whether the user gets the name of the login, and that is disabled.
func migrateUser(c *call) (int32, error) {
	return c.written(func(work *security.Server, w *security.Context) error {
		return work.MigrateUser(w, c.args[0].str(""), c.args[1].num(0) == 1, c.args[2].num(0) == 1)
	})
}
