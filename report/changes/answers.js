// The answers: what changes for a person or a group, or on a view or node.

function person(p) { return el('button', {type: 'button', class: 'link', onclick: () => pick({kind: 'person', id: p})}, name(data.people[p])); }
function group(role) { return el('button', {type: 'button', class: 'link', onclick: () => pick({kind: 'group', id: role})}, name(roleLabel(role))); }

// entries are what can be found.
let index = null;
function entries() {
  if (index) return index;
  index = [];
  const add = (kind, id, text, weight) => index.push({kind, id, words: words(text), text: text.toLowerCase(), weight});
  nodes.forEach(n => add('node', n.index, n.name, n.main.length ? 3 : 1));
  data.views.forEach((v, i) => add('view', i, v, 2));
  const people = new Set(data.people);
  for (const role of new Set([...data.grantees.map(g => g.name), ...data.members.map(m => m.role)])) {
    if (!people.has(role)) add('group', role, (groupOf.get(role) || '') + ' ' + role, 2.5);
  }
  data.people.forEach((p, i) => add('person', i, p, 2.6));
  return index;
}

// line is a sentence with names in it.
function line(l) {
  return l.text.flatMap((text, i) => i < l.names.length ? [shown(text), few(l.names[i], name, 20)] : [shown(text)]);
}

// parts lists what is gained or lost, by node; on demand exactly what on which view.
function parts(word, list, cells, kind) {
  if (!list || !list.length) return '';
  const views = el('details', null, el('summary', null, 'What on which view'));
  views.addEventListener('toggle', () => { if (views.open && views.children.length === 1) views.append(...exactly(cells)); });
  return el('div', {class: kind}, el('b', null, word + ' '), few(list, p => el('span', null, name(p.place), ' (' + p.may + ')'), 12), views);
}

// exactly is a line for each set of permissions, with the views that have it.
function exactly(cells) {
  const by = new Map();
  row(cells).forEach((p, v) => { if (p) by.set(p, [...(by.get(p) || []), v]); });
  return [...by].sort((a, b) => b[0] - a[0]).map(([p, list]) => el('p', null, el('b', null, permissions.filter(x => p & x.bit).map(x => x.sql.toLowerCase()).join(', ') + ': '), few(list, v => name(data.views[v]), list.length)));
}

// becomes says in full what an effect is.
function becomes(e) {
  const out = [];
  if (e.leaves) out.push(el('p', {class: 'minus'}, el('b', null, 'may not enter any more')));
  if (e.enters) out.push(el('p', {class: 'plus'}, e.gains ? 'may enter' : 'may enter, and gains nothing yet'));
  out.push(parts('− loses', e.loses, e.lose, 'minus'));
  if (e.loses_more) out.push(el('p', {class: 'minus'}, '− loses more than views: see the findings'));
  if (e.keeps_nothing && !e.leaves) out.push(el('p', {class: 'minus'}, 'keeps nothing'));
  out.push(parts('+ gains', e.gains, e.gain, 'plus'));
  if (e.gains_more) out.push(el('p', {class: 'minus'}, '+ gains more than views'));
  return out;
}

// effectCard is one thing that becomes of people alike.
function effectCard(x) {
  const most = 6, make = w => el('h3', null, few(w.people, person, 10), ' ', el('small', null, 'in ' + siteList(siteNames(leaves(w.sites)))));
  const box = el('div', null, x.where.slice(0, most).map(make)), n = new Set(x.where.flatMap(w => w.people)).size;
  if (x.where.length > most) more(box, x.where.length - most, () => x.where.slice(most).map(make));
  return el('article', {class: 'card'}, n > 1 ? el('p', {class: 'where'}, plural(n, 'person', 'people') + ' alike') : '', box, becomes(x.effect));
}

function answer(hit, chosen) {
  switch (hit.kind) {
    case 'person': return personCard(hit.id, chosen);
    case 'group': return groupCard(hit.id, chosen);
    case 'view': return viewsCard(el('h3', null, name(data.views[hit.id])), [hit.id], chosen, {view: hit.id});
  }
  const n = nodes[hit.id];
  return viewsCard(el('h3', null, name(n.path.join(' | '))), n.main, chosen, {node: n}, n.all);
}

// statementsOf leads to the statements that have a text.
function statementsOf(text) {
  return el('p', null, el('button', {type: 'button', class: 'link', onclick: () => findStatements(text)}, 'Show the statements'));
}

function personCard(p, chosen) {
  const card = el('article', {class: 'card'}, el('h3', null, name(data.people[p])));
  let any = false;
  for (const x of chosen.effects) for (const w of x.where) {
    if (!w.people.includes(p)) continue;
    any = true;
    card.append(el('p', {class: 'where'}, 'in ' + siteList(siteNames(leaves(w.sites)))), ...becomes(x.effect).filter(Boolean));
  }
  if (!any) card.append(el('p', null, 'Nothing that they may do changes.'));
  const roles = new Map();
  for (const m of chosen.members) for (const [list, word] of [[m.add, '+ now in '], [m.drop, '− no longer in ']]) {
    if (!(list || []).includes(data.people[p])) continue;
    const key = word + '\u0000' + m.role;
    if (!roles.has(key)) roles.set(key, {word, role: m.role, sites: []});
    roles.get(key).sites.push(...leaves(m.sites));
  }
  for (const r of roles.values()) card.append(el('p', null, r.word, group(r.role), el('small', null, ' in ' + siteList(siteNames(r.sites.sort((a, b) => a - b))))));
  card.append(statementsOf('[' + data.people[p] + ']'));
  return card;
}

// reach is a table of the nodes at which something changes.
function reach(list) {
  const body = el('tbody');
  for (const n of nodes) {
    if (!n.views.length) continue;
    const s = signs(list, n.main, n.all);
    if (s.text) body.append(el('tr', null, el('td', null, el('button', {type: 'button', class: 'link', onclick: () => pick({kind: 'node', id: n.index})}, name(n.path.join(' | ')))), el('td', {class: s.minus ? 'minus' : 'plus'}, s.said)));
  }
  return el('table', null, el('thead', null, el('tr', null, el('th', {scope: 'col'}, 'Node'), el('th', {scope: 'col'}, 'What changes'))), body);
}

function groupCard(role, chosen) {
  const list = chosen.grantees.get(role) || [];
  const card = el('article', {class: 'card'}, el('h3', null, data.people.includes(role) ? 'Lines of their own: ' : 'Group ', name(roleLabel(role))), el('p', {class: 'where'}, 'on views in ' + (list.length ? siteList(siteNames([...new Set(list.flatMap(g => leaves(g.sites)))])) : 'no site')));
  if (list.length) card.append(reach(list)); else card.append(el('p', null, 'What it may do on views stays.'));
  for (const m of chosen.members) if (m.role === role) card.append(memberLine(m));
  card.append(statementsOf('[' + role + ']'));
  return card;
}

function memberLine(m) {
  return el('p', null, m.add ? ['+ ', few(m.add, name, 20)] : '', m.drop ? [' − ', few(m.drop, name, 20)] : '', el('small', null, ' in ' + siteList(siteNames(leaves(m.sites)))));
}

function viewsCard(head, views, chosen, go, all) {
  const card = el('article', {class: 'card'}, head, el('p', {class: 'where'}, showInTree(go)));
  const body = el('tbody'), most = 30, lines = [];
  for (const [role, list] of chosen.grantees) {
    const s = signs(list, views, all);
    if (s.text) lines.push([s, () => el('tr', null, el('td', null, group(role)), el('td', null, siteList(siteNames([...new Set(list.flatMap(g => leaves(g.sites)))]))), el('td', {class: s.minus ? 'minus' : 'plus'}, s.said))]);
  }
  for (const x of chosen.effects) {
    const s = signs([x.effect], views, all);
    if (s.text) for (const w of x.where) lines.push([s, () => el('tr', null, el('td', null, few(w.people, person, 8)), el('td', null, siteList(siteNames(leaves(w.sites)))), el('td', {class: s.minus ? 'minus' : 'plus'}, s.said))]);
  }
  if (!lines.length) { card.append(el('p', null, 'Nothing changes here.')); return card; }
  lines.sort((a, b) => b[0].minus - a[0].minus);
  body.append(...lines.slice(0, most).map(l => l[1]()));
  const box = el('div', null, el('table', {class: 'who'}, el('thead', null, el('tr', null, ['Who', 'Where', 'What changes'].map(h => el('th', {scope: 'col'}, h)))), body));
  if (lines.length > most) more(box, lines.length - most, () => { body.append(...lines.slice(most).map(l => l[1]())); return []; });
  card.append(box);
  return card;
}

function showInTree(go) {
  if (go.view !== undefined && !places[go.view].length) return 'in no node of the tree';
  return el('button', {type: 'button', class: 'link', onclick: () => { if (!state.whole) { state.whole = $('whole').checked = true; refresh(); } reveal(go); }}, 'Show it in the tree');
}

const kindWords = {node: 'node', view: 'view', group: 'group', person: 'person'};
function labelOf(hit) {
  switch (hit.kind) {
    case 'node': return nodes[hit.id].path.slice(-2).join(' | ');
    case 'view': return data.views[hit.id];
    case 'group': return roleLabel(hit.id);
  }
  return data.people[hit.id];
}

// renderAnswers fills the answers for the question of the reader.
function renderAnswers(chosen) {
  const box = $('answers'), q = question(state.query);
  if (!q.words.length && !state.picked) { box.replaceChildren(); $('heard').textContent = ''; return; }
  const found = q.words.length ? find(q) : {hits: [], missing: []}, first = state.picked || found.hits[0], out = [];
  if (found.missing.length) out.push(el('p', {class: 'hint'}, found.hits.length
    ? 'Nothing here is called ' + found.missing.map(w => '“' + shown(w) + '”').join(' or ') + '; this is what the rest of your words finds.'
    : 'Nothing that changes is called that. Somebody for whom nothing changes is not in this plan.'));
  if (first) out.push(answer(first, chosen));
  const others = found.hits.filter(h => !first || h.kind !== first.kind || h.id !== first.id);
  if (others.length) out.push(el('p', {class: 'also'}, 'Also found: ', few(others, h => el('span', null, el('button', {type: 'button', class: 'link', onclick: () => pick(h)}, kindWords[h.kind], ' ', name(labelOf(h)))), 8)));
  box.replaceChildren(...out);
  const said = box.querySelector('.card div.minus, .card div.plus, .card td.minus, .card td.plus') || box.querySelector('.card p, .hint');
  $('heard').textContent = (first ? labelOf(first) + ': ' : '') + (said ? said.textContent : '');
}
