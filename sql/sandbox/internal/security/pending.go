package security

func (c *Checker) HasPermsByName(securable, class, permission, sub, subClass *string) *int {
	return nil
}
func (c *Checker) MyPermissions(securable, class *string) []MyPermission { return nil }
func (c *Checker) IsMember(role string) *int                             { return nil }
func (c *Checker) IsRoleMember(role string, principal *string) *int      { return nil }
func (c *Checker) IsServerRoleMember(role string, login *string) *int    { return nil }
func (c *Checker) HasDBAccess(database string) *int                      { return nil }

type MyPermission struct{ Entity, Subentity, Permission string }
