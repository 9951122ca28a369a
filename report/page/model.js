// The data of the page, and what follows from it. Nothing here touches the document.

const data = JSON.parse(document.getElementById('data').textContent);

// Permissions in the order of their bits, with the words of people and of SQL.
const permissions = [
  {bit: 1, letter: 'S', word: 'see', sql: 'SELECT', verbs: ['see', 'read', 'look', 'view', 'select', 'show', 'open']},
  {bit: 2, letter: 'I', word: 'add', sql: 'INSERT', verbs: ['add', 'insert', 'create', 'enter', 'make']},
  {bit: 4, letter: 'U', word: 'change', sql: 'UPDATE', verbs: ['change', 'update', 'edit', 'modify', 'write', 'alter']},
  {bit: 8, letter: 'D', word: 'delete', sql: 'DELETE', verbs: ['delete', 'remove', 'drop', 'erase']},
];

// on is the permissions of a row of cells on a view.
const decoded = new Map();
function row(cells) {
  let out = decoded.get(cells);
  if (!out) {
    const text = data.cells[cells] || '';
    out = Uint8Array.from(text, c => parseInt(c, 16) || 0);
    decoded.set(cells, out);
  }
  return out;
}
function on(cells, view) { return cells ? row(cells)[view] : 0; }

// shown is a name with what would turn a line round, or cannot be seen, written out.
function shown(text) {
  return String(text).replace(/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
    c => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
}

function plural(n, one, many) { return n.toLocaleString('en') + ' ' + (n === 1 ? one : many || one + 's'); }

const sites = data.sites.filter(s => s.read);

// siteNamed finds a site that was read.
function siteNamed(name) { return sites.find(s => s.site === name); }

// main are the views that stand for each node: its parents and those below it, or,
// where there are none, all that is listed.
const nodes = data.tree.map((n, i) => ({index: i, path: n.path, name: n.path[n.path.length - 1], depth: n.path.length - 1,
  views: n.views || [], below: [], above: null, main: []}));
const byPath = new Map(nodes.map(n => [n.path.join('\u0000'), n]));
for (const n of nodes) {
  n.above = byPath.get(n.path.slice(0, -1).join('\u0000')) || null;
  if (n.above) n.above.below.push(n);
}
for (const n of nodes.slice().reverse()) {
  const parents = new Set(), all = new Set();
  const gather = m => {
    for (const v of m.views) { all.add(v.view); if (v.level === 'parent') parents.add(v.view); }
    m.below.forEach(gather);
  };
  gather(n);
  n.main = [...(parents.size ? parents : all)];
}

// places are the nodes that each view stands at.
const places = data.views.map(() => []);
for (const n of nodes) for (const v of n.views) places[v.view].push({node: n, level: v.level});
const homeless = data.views.map((_, i) => i).filter(i => places[i].length === 0);

// A role is a group of the policy in one site and another, or none, in the next: what is
// counted, chosen and shown is the group that it is. rolesAt is what each site says of
// its roles, kindsOf the groups that a role is of, '' where of none.
const rolesAt = new Map(sites.map(s => [s, new Map(s.roles.map(r => [r.role, r]))]));
const kindsOf = new Map();
for (const s of sites) {
  const put = role => {
    if (!kindsOf.has(role)) kindsOf.set(role, new Set());
    kindsOf.get(role).add((rolesAt.get(s).get(role) || {}).of_group || '');
  };
  s.roles.forEach(r => put(r.role));
  for (const m of s.members) data.access[m.access].roles.forEach(put);
}

// groupId is what a role is in a site, as a key: its name alone where it is the same
// everywhere.
const groups = new Map();
function groupId(site, role) {
  const of = (rolesAt.get(site).get(role) || {}).of_group || '';
  const id = kindsOf.get(role).size > 1 ? role + '\u0000' + of : role;
  if (!groups.has(id)) groups.set(id, {role, of, id});
  return id;
}
const groupsKept = new Map(sites.map(s => [s, new Map()]));
function groupsOf(site, access) {
  const kept = groupsKept.get(site);
  if (!kept.has(access)) kept.set(access, data.access[access].roles.map(r => groupId(site, r)));
  return kept.get(access);
}
for (const s of sites) {
  s.roles.forEach(r => groupId(s, r.role));
  s.members.forEach(m => groupsOf(s, m.access));
}

// roleLabel is what people call a group: by its own name, and its role's where that is
// another.
function roleLabel(id) {
  const g = groups.get(id);
  if (g.of && g.of !== g.role) return g.of + ' (' + g.role + ')';
  return !g.of && kindsOf.get(g.role).size > 1 ? g.role + ' (not of the policy)' : g.role;
}

// standingIn is who somebody is to the policy in a site.
function standingIn(who, site) { return (who.standing_at || {})[site] || who.standing; }

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
      const here = groupsOf(s, m.access);
      if (state.group && !here.includes(state.group)) continue;
      for (const p of m.people) {
        const who = data.people[p];
        if (want && !(who.name + '\u0000' + (who.full_name || '') + '\u0000' + (who.login || '')).toLowerCase().includes(want)) continue;
        if (!people.has(p)) people.set(p, []);
        people.get(p).push({site: s, access: m.access});
        for (const g of here) groupsHere.add(g);
      }
    }
    for (const r of s.roles) {
      const id = groupId(s, r.role);
      if (state.group && id !== state.group || want && !groupsHere.has(id)) continue;
      if (!roles.has(id)) roles.set(id, []);
      roles.get(id).push({site: s, role: r});
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
