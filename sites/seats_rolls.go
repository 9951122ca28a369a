package sites

import (
	"encoding/binary"
	"slices"

	"grantree/licensing"
)

// rolls are the accounts of many sites, each kind of account once and each list of
// them once: of copies of one site a fleet keeps one, of others four bytes an
// account.
type rolls struct {
	kinds []licensing.Account // without a site
	at    map[kind]uint32     // by what they are, their places
	sites map[string][]string // by a roll, the places of its accounts, the sites that have it
}

// kind is an account whatever its site.
type kind struct {
	name, login, sid, why, outsider                     string
	people                                              int
	active, now, leaving, namesake, renamed, group, run bool
}

func kindOf(a *licensing.Account) kind {
	return kind{a.Name, a.Login, a.SID, a.Why, a.Outsider, a.People, a.Active, a.Now, a.Leaving, a.Namesake, a.Renamed, a.Group, a.Runner}
}

// add notes the accounts of a site, and returns their list to be used again.
func (r *rolls) add(site string, accounts []licensing.Account) []licensing.Account {
	if r.at == nil {
		r.at, r.sites, r.kinds = make(map[kind]uint32, len(accounts)), map[string][]string{}, make([]licensing.Account, 0, len(accounts))
	}
	roll := make([]byte, 0, 4*len(accounts))
	for i := range accounts {
		a := &accounts[i]
		k := kindOf(a)
		place, known := r.at[k]
		if !known {
			place = uint32(len(r.kinds))
			a.Site = ""
			r.at[k], r.kinds = place, append(r.kinds, *a)
		}
		roll = binary.LittleEndian.AppendUint32(roll, place)
	}
	r.sites[string(roll)] = append(r.sites[string(roll)], site)
	clear(accounts)
	return accounts[:0]
}

// accounts lists each kind of account with its sites. Those in the same sites
// share the list of them.
func (r *rolls) accounts() []licensing.Account {
	var all [][]string                 // the sites of each roll
	in := make([][]byte, len(r.kinds)) // the rolls that an account is on
	for roll, sites := range r.sites {
		for ; roll != ""; roll = roll[4:] {
			place := binary.LittleEndian.Uint32([]byte(roll[:4]))
			in[place] = binary.LittleEndian.AppendUint32(in[place], uint32(len(all)))
		}
		all = append(all, sites)
	}
	out, shared := slices.Clone(r.kinds), map[string][]string{}
	for i, on := range in {
		sites, known := shared[string(on)]
		if !known {
			key := string(on)
			for ; len(on) > 0; on = on[4:] {
				sites = append(sites, all[binary.LittleEndian.Uint32(on)]...)
			}
			slices.Sort(sites)
			sites = slices.Clip(slices.Compact(sites))
			shared[key] = sites
		}
		out[i].Sites = sites
	}
	return out
}
