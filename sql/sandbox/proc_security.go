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

// writing is a procedure of no more than a change of the security state, by its parameters.
func writing(change func(*security.Server, *security.Context, []*arg) error, needed int, params ...string) func(*call) (int32, error) {
	return func(c *call) (int32, error) {
		p, err := c.take(needed, params...)
		if err != nil {
			return 1, err
		}
		return c.written(func(work *security.Server, w *security.Context) error { return change(work, w, p) })
	}
}

// propertyLevels are the parameters of the extended property procedures after @name and @value.
var propertyLevels = []string{"@level0type", "@level0name", "@level1type", "@level1name", "@level2type", "@level2name"}

// propertyTarget reads them.
func propertyTarget(p []*arg) security.PropertyTarget {
	return security.PropertyTarget{
		Level0Type: strings.ToUpper(p[0].str("")), Level0Name: p[1].str(""), Level1Type: strings.ToUpper(p[2].str("")),
		Level1Name: p[3].str(""), Level2Type: strings.ToUpper(p[4].str("")), Level2Name: p[5].str(""),
	}
}

func addProperty(work *security.Server, w *security.Context, p []*arg) error {
	return work.ChangeProperty(w, security.PropertyAdd, p[0].str(""), variantOf(p[1]), propertyTarget(p[2:]))
}

func updateProperty(work *security.Server, w *security.Context, p []*arg) error {
	return work.ChangeProperty(w, security.PropertyUpdate, p[0].str(""), variantOf(p[1]), propertyTarget(p[2:]))
}

func dropProperty(work *security.Server, w *security.Context, p []*arg) error {
	return work.ChangeProperty(w, security.PropertyDrop, p[0].str(""), nil, propertyTarget(p[1:]))
}

// migrateUser is sp_migrate_user_to_contained.
func migrateUser(work *security.Server, w *security.Context, p []*arg) error {
	copies, disables := p[1].str("") == "copy_login_name", p[2].str("") == "disable_login"
	if !copies && p[1].str("") != "keep_name" || !disables && p[2].str("") != "do_not_disable_login" {
		return refuse(15600, "sys.sp_migrate_user_to_contained")
	}
	return work.MigrateUser(w, p[0].str(""), copies, disables)
}
