package grants

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Identity is whom a server takes an account for, as it said itself under
// EXECUTE AS USER.
type Identity struct {
	User string
	// Parts is the account's token: itself, its roles, however deep, public, and
	// what of its login can only deny (reference C.1, step 3; C.6).
	Parts []IdentityPart
	// Refused is why the server would not be the account, or "".
	Refused string
}

// IdentityPart is a row of sys.user_token, or of sys.login_token.
type IdentityPart struct {
	Server bool // of the login's token
	ID     int  // of a principal of the database, or of the server
	Usage  string
}

// Alike says which accounts a server cannot tell apart when it decides about a
// view: for each, the position of the first one that it is the same as. They
// have the same roles, in the database and on the server, the same rows of
// their own, plain CONNECT aside, and own nothing. An account whose own rows
// cannot be read, or whom the server would not be, is like nobody else.
func Alike(s *Snapshot, of []Identity) []int {
	k := newKin(s)
	first := make(map[string]int, len(of))
	out := make([]int, len(of))
	for i, x := range of {
		out[i] = i
		key, ok := k.key(x)
		if !ok {
			continue
		}
		if j, known := first[key]; known {
			out[i] = j
		} else {
			first[key] = i
		}
	}
	return out
}

// kin is what a snapshot says of accounts by themselves.
type kin struct {
	s      *Snapshot
	byName map[string]int // positions of principals, as they are spelt
	login  map[string]int // ids of logins, by SID
	owners map[int]bool   // principals of the database that own something
	rows   map[int][]int  // places in the snapshot's permissions, by grantee
	logins map[int][]int  // the same of the server, by login
}

func newKin(s *Snapshot) *kin {
	k := &kin{s: s, byName: make(map[string]int, len(s.Principals)), login: make(map[string]int, len(s.Logins)), owners: map[int]bool{}, rows: map[int][]int{}, logins: map[int][]int{}}
	for i, p := range s.Principals {
		k.byName[p.Name] = i
		k.owners[p.Owner] = true
	}
	for _, x := range s.Schemas {
		k.owners[x.Owner] = true
	}
	for _, v := range s.Views {
		k.owners[v.Owner] = true
	}
	for _, o := range s.Objects {
		k.owners[o.Owner] = true
	}
	for _, l := range s.Logins {
		if !l.IsRole() {
			k.login[l.SID] = l.ID
		}
	}
	for i, row := range s.Permissions {
		if row.Class != ClassDatabase || row.Name != "CONNECT" || row.State != Granted {
			k.rows[row.Grantee] = append(k.rows[row.Grantee], i)
		}
	}
	for i, row := range s.ServerPermissions {
		if row.Name != "CONNECT SQL" || row.State != Granted {
			k.logins[row.Grantee] = append(k.logins[row.Grantee], i)
		}
	}
	return k
}

// own are the rows of an account and of its login, as texts.
func (k *kin) own(account, login int) string {
	var own, server []string
	for _, i := range k.rows[account] {
		row := k.s.Permissions[i]
		own = append(own, fmt.Sprintf("%d.%d.%d.%s.%s", row.Class, row.Major, row.Minor, row.Name, row.State))
	}
	for _, i := range k.logins[login] {
		row := k.s.ServerPermissions[i]
		server = append(server, fmt.Sprintf("%d.%d.%s.%s", row.Class, row.Major, row.Name, row.State))
	}
	slices.Sort(own)
	slices.Sort(server)
	return "\n" + strings.Join(own, "|") + "\n" + strings.Join(server, "|")
}

// key is the same for accounts that are alike; false for one that is like
// nobody else.
func (k *kin) key(x Identity) (string, bool) {
	i, ok := k.byName[x.User]
	if !ok || x.Refused != "" || len(x.Parts) == 0 {
		return "", false
	}
	p := k.s.Principals[i]
	login := 0
	if p.AuthType != 0 && p.SID != "" {
		login = k.login[p.SID]
		if !k.s.LoginsVisible || login == 0 && p.AuthType != 2 {
			return "", false // what the server denies that login nobody can say
		}
	}
	if k.owners[p.ID] {
		return "", false
	}
	parts := slices.Clone(x.Parts)
	for i, part := range parts {
		if own := part.ID == p.ID && !part.Server || part.ID == login && login != 0 && part.Server; own {
			parts[i].ID = -1 // whatever follows
		}
	}
	slices.SortFunc(parts, IdentityPart.compare)
	b := make([]byte, 0, 256)
	for _, part := range slices.Compact(parts) {
		b = strconv.AppendInt(strconv.AppendBool(b, part.Server), int64(part.ID), 10)
		b = append(append(append(b, '.'), part.Usage...), '|')
	}
	return string(b) + k.own(p.ID, login), true
}

func (p IdentityPart) compare(q IdentityPart) int {
	switch {
	case p.Server != q.Server && q.Server:
		return -1
	case p.Server != q.Server:
		return 1
	case p.ID != q.ID:
		return cmp.Compare(p.ID, q.ID)
	}
	return strings.Compare(p.Usage, q.Usage)
}
