package adoption

import "cmp"

// seats counts who enters, each once however many roles and sites they are in: the
// policy's people, whoever is an outsider by their own name or is accepted nowhere,
// and behind each role that is an outsider those who are nobody else. Whoever is a
// [[user]] anywhere is counted as that one (rule 3). Nobody can know how many are
// behind a group of Windows or Entra. What the product counts over the same sites
// goes before this sum.
func (im *importer) seats(d *draft) {
	all, own, somebody := map[string]bool{}, map[string]bool{}, persons{}
	for _, u := range d.users {
		all[fold(u.name)], own[fold(u.name)], own[fold(u.login)] = true, true, true
	}
	behind := map[*holder]*outsider{} // that are accepted by a role
	for _, x := range im.sites {
		for _, h := range x.list {
			if im.people[h] != nil || own[fold(h.Name)] || own[fold(h.login)] || !h.enters() {
				continue
			}
			if o := im.stands(d, h); o == nil || o.is(h) {
				all[somebody.of(h)] = true
			} else {
				behind[h] = o
			}
		}
	}
	people := map[string]map[string]bool{} // by the name of a role, which may be several outsiders
	for _, x := range im.sites {
		for _, h := range x.list {
			o, who := behind[h], somebody.of(h)
			if o == nil || all[who] && !people[o.name][who] {
				continue
			}
			if people[o.name] == nil {
				people[o.name] = map[string]bool{}
			}
			people[o.name][who], all[who] = true, true
		}
	}
	for _, o := range d.outsiders {
		switch h := o.holder(); {
		case h != nil && h.Type.IsGroup():
			o.people = -1
		case h != nil && h.isRole():
			o.people = len(people[o.name])
		}
	}
	if d.seats = len(all); im.counted {
		d.seats = im.seatsUsed
	}
}

// persons are the accounts of sites by person, who is known by a name or a SID.
type persons map[string]string

// of is the person whom an account is.
func (p persons) of(h *holder) string {
	name, sid := fold(h.Name), "sid "+h.SID
	who := cmp.Or(p[name], p[sid], name)
	p[name] = who
	if h.SID != "" {
		p[sid] = who
	}
	return who
}

// is reports whether an outsider is an account, and not a role that it is in.
func (o *outsider) is(h *holder) bool { return o.name == h.Name || fold(o.name) == fold(h.login) }
