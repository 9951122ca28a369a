package grants

import "fmt"

// tied is one thing for which a server does not drop a login, with the statement that
// clears it: a server role that it owns, or a permission that it granted or denied
// (errors 15141 and 15173, reference D.2). Its databases keep it from being changed at
// all; its jobs, endpoints and sessions no snapshot shows, and the server names them.
func (d *loginDiffer) tied(l Login) (why string, fix []Remedy) {
	for _, x := range d.s.Logins {
		if x.IsRole() && !x.Fixed && x.Owner == l.ID {
			return fmt.Sprintf("owns the server role %q", x.Name), []Remedy{{Kind: RemedyOwner, On: Securable{Class: "SERVER ROLE", Name: x.Name}, To: d.table.sa()}}
		}
	}
	for _, row := range d.s.ServerPermissions {
		if row.Grantor == l.ID && row.Grantee != l.ID {
			return fmt.Sprintf("granted or denied %s", row.Name), nil
		}
	}
	return "", nil
}
