// The sites and people of the report, and what a filter leaves of them.

const sites = data.sites.filter(s => s.read);

// siteNamed finds a site that was read.
function siteNamed(name) { return sites.find(s => s.site === name); }

// state is what the reader has chosen.
const state = {query: '', site: '', group: '', person: '', of: 'groups', picked: null};

function chosenSites() { return state.site ? sites.filter(s => s.site === state.site) : sites; }

// selection is who and what the filters leave: people by number with their access in
// each site, and the roles of these sites.
function selection() {
  const want = state.person.trim().toLowerCase();
  const people = new Map(), roles = new Map();
  for (const s of chosenSites()) {
    const groupsHere = new Set();
    for (const m of s.members) {
      const x = data.access[m.access];
      if (state.group && !x.roles.includes(state.group)) continue;
      for (const p of m.people) {
        const who = data.people[p];
        if (want && !(who.name + '\u0000' + (who.full_name || '') + '\u0000' + (who.login || '')).toLowerCase().includes(want)) continue;
        if (!people.has(p)) people.set(p, []);
        people.get(p).push({site: s, access: m.access});
        for (const r of x.roles) groupsHere.add(r);
      }
    }
    for (const r of s.roles) {
      if (state.group && r.role !== state.group || want && !groupsHere.has(r.role)) continue;
      if (!roles.has(r.role)) roles.set(r.role, []);
      roles.get(r.role).push({site: s, role: r});
    }
  }
  return {people, roles};
}

// crowds are people of one and the same access in one and the same sites.
function crowds(people) {
  const out = new Map();
  for (const [p, where] of people) {
    const key = where.map(w => w.site.site + '\u0000' + w.access).join('\u0001');
    if (!out.has(key)) out.set(key, {people: [], where});
    out.get(key).people.push(p);
  }
  return [...out.values()];
}

// denials is what an access is denied, or null: the rows of its ways that deny.
const denied = new Map();
function denials(x) {
  if (!denied.has(x)) {
    const rows = (x.ways || []).filter(w => w.kind === 'deny').map(w => row(w.cells));
    denied.set(x, rows.length ? Uint8Array.from(data.views, (_, v) => rows.reduce((all, r) => all | r[v], 0)) : null);
  }
  return denied.get(x);
}

// marks are what some access in some sites is worth on some views: for each permission
// 'all', 'some', or, where it is none, what else there is to say.
function marks(list, views) {
  let any = 0, every = 15, unsure = 0, beside = 0, denied = 0;
  for (const w of list) {
    const holds = row(w.site.holds), x = w.role ? null : data.access[w.access];
    const may = row(w.role ? w.role.may : x.may), not = w.role ? w.role.denied ? row(w.role.denied) : null : denials(x);
    for (const v of views) {
      if (!holds[v]) continue;
      const d = not ? not[v] : 0, yes = may[v] & ~d;
      any |= yes; every &= yes; denied |= d;
      if (x && yes !== 15 && (x.not_verified || x.around || x.columns || x.could)) {
        unsure |= on(x.not_verified, v) & ~yes;
        beside |= (on(x.around, v) | on(x.columns, v) | on(x.could, v)) & ~yes;
      }
    }
  }
  return permissions.map(p => any & p.bit ? every & p.bit ? 'all' : 'some' : unsure & p.bit ? 'unsure' : beside & p.bit ? 'beside' : denied & p.bit ? 'denied' : '');
}

// through are the ways by which somebody has something on some views.
function through(where, views, kinds) {
  const out = new Set();
  for (const w of where) {
    for (const way of data.access[w.access].ways || []) {
      if (views.some(v => on(way.cells, v)) && (!kinds || kinds.includes(way.kind))) out.add(way.text);
    }
  }
  return [...out];
}

// roleLabel is what people call a role: the group that it is of, and its own name where
// that is another.
const groupOf = new Map(sites.flatMap(s => s.roles.map(r => [r.role, r.of_group])));
function roleLabel(role) {
  const group = groupOf.get(role);
  return group && group !== role ? group + ' (' + role + ')' : role;
}
