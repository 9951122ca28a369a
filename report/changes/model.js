// The plan, and what a filter leaves of it. Nothing here touches the document.

const sites = data.sites.filter(s => s.read);
const siteNames = list => list.map(i => data.sites[i].site);

// state is what the reader has chosen.
const state = {query: '', site: '', picked: null, of: 'groups', whole: false};

function chosenSites() { return state.site ? sites.filter(s => s.site === state.site) : sites; }

// here is whether sites, by their numbers, have one that the filter leaves.
function here(list) { return !state.site || list.some(i => data.sites[i].site === state.site); }
function leaves(list) { return state.site ? list.filter(i => data.sites[i].site === state.site) : list; }

// selection is what changes in the chosen sites: for people alike, for grantees by
// name, for members, and the views that have a change.
function selection() {
  const out = {effects: [], grantees: new Map(), members: data.members.filter(m => here(m.sites)), people: new Set(), views: new Set(), nodes: new Set()};
  const note = cells => { if (cells) row(cells).forEach((p, v) => { if (p) out.views.add(v); }); };
  for (const e of data.effects) {
    const where = e.where.filter(w => here(w.sites));
    if (!where.length) continue;
    for (const w of where) for (const p of w.people) out.people.add(p);
    out.effects.push({effect: e, where});
    note(e.gain); note(e.lose);
  }
  for (const g of data.grantees) {
    if (!here(g.sites)) continue;
    if (!out.grantees.has(g.name)) out.grantees.set(g.name, []);
    out.grantees.get(g.name).push(g);
    note(g.grant); note(g.revoke); note(g.deny); note(g.lift);
  }
  for (const n of nodes.slice().reverse()) {
    if (n.views.some(v => out.views.has(v.view)) || n.below.some(b => out.nodes.has(b.index))) out.nodes.add(n.index);
  }
  return out;
}

const verbs = [
  {sign: '+', word: 'gains', of: x => x.gain === undefined ? x.grant : x.gain},
  {sign: '−', word: 'loses', of: x => x.lose === undefined ? x.revoke : x.lose},
  {sign: '!', word: 'is denied', of: x => x.deny},
  {sign: '°', word: 'is not denied any more', of: x => x.lift},
];

// marks are what some changes are worth on some views: for each verb and permission
// 'all', 'some' or ''. Of a node it is all where it is on the views that stand for it,
// and some where it is on any of all views there.
function marks(list, views, all) {
  const holds = data.holds ? row(data.holds) : [], main = views.filter(v => holds[v]);
  return verbs.map(verb => {
    let any = 0, every = 15;
    for (const x of list) {
      const cells = verb.of(x);
      if (!cells) { every = 0; continue; }
      for (const v of all || views) any |= on(cells, v);
      if (!main.length) every = 0;
      for (const v of main) every &= on(cells, v);
    }
    return permissions.map(p => any & p.bit ? every & p.bit ? 'all' : 'some' : '');
  });
}

// signs are marks in short, and in words for who listens.
function signs(list, views, all) {
  let text = '', said = [], minus = false;
  marks(list, views, all).forEach((of, i) => {
    if (of.every(m => !m)) return;
    text += verbs[i].sign + of.map((m, j) => m === 'all' ? permissions[j].letter : m ? permissions[j].letter.toLowerCase() : '').join('');
    said.push(verbs[i].word + ' ' + permissions.filter((_, j) => of[j]).map((p, j) => p.sql.toLowerCase()).join(', ') + (of.includes('some') ? ' on a part' : ''));
    minus = minus || i === 1 || i === 2;
  });
  return {text, said: said.join('; '), minus};
}

// roleLabel is what people call a role: the group that it is of, and its own name where
// that is another.
const groupOf = new Map(data.grantees.filter(g => g.of_group).map(g => [g.name, g.of_group]));
function roleLabel(role) {
  const group = groupOf.get(role);
  return group && group !== role ? group + ' (' + role + ')' : role;
}
