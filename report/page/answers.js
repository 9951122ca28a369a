// The answers: who may do what on a view or node, and what a group or person may do.

// answer is the card of one thing that was found.
function answer(hit, q, chosen) {
  switch (hit.kind) {
    case 'view': return about(el('h3', null, name(data.views[hit.id])), placeText(hit.id), [hit.id], q, chosen, {view: hit.id});
    case 'node': {
      const n = nodes[hit.id];
      const views = n.main;
      const say = views.length ? 'stands on ' + (views.length > 4 ? plural(views.length, 'view') : views.map(v => shown(data.views[v])).join(', '))
        : 'no view stands behind it, so nothing can be granted there';
      return about(el('h3', null, name(n.path.join(' | '))), say, views, q, chosen, {node: n});
    }
    case 'group': return groupCard(hit.id, chosen);
    default: return personCard(hit.id);
  }
}

function placeText(view) {
  const at = places[view];
  if (!at.length) return 'in no node of the tree';
  const first = at.slice().sort((a, b) => (a.level === 'parent' ? 0 : 1) - (b.level === 'parent' ? 0 : 1))[0];
  return 'at ' + first.node.path.map(shown).join(' | ') + ' (' + first.level.replace('_', ' ') + ')' + (at.length > 1 ? ', and ' + plural(at.length - 1, 'more place') : '');
}

// byDoubt parts the sites of some people by what is worth less than yes there, so that a
// sign that warns stands beside the sites that it is about and no others.
function byDoubt(where, views) {
  const out = new Map();
  for (const w of where) {
    const key = marks([w], views).map(m => m === 'all' || m === 'some' ? '' : m).join();
    if (!out.has(key)) out.set(key, []);
    out.get(key).push(w);
  }
  return [...out.values()];
}

// lines are the rows of a table of who may do what: people alike are one.
function lines(views, chosen, apart) {
  const out = new Map(), all = crowds(chosen.people);
  for (const c of apart ? all.flatMap(c => byDoubt(c.where, views).map(where => ({people: c.people, where}))) : all) {
    const m = marks(c.where, views);
    const by = through(c.where, views);
    if (m.every(x => x === '') && !by.length) continue;
    const where = siteList(c.where.map(w => w.site.site));
    const key = [where, ...m, ...by].join('\u0000');
    if (!out.has(key)) out.set(key, {people: [], where, marks: m, by});
    out.get(key).people.push(...c.people);
  }
  const rank = m => ['all', 'some', 'unsure', 'beside', 'denied', ''].indexOf(m);
  const list = [...out.values()];
  list.forEach(l => l.people.sort((a, b) => a - b));
  return list.sort((a, b) => rank(a.marks[2]) - rank(b.marks[2]) || rank(a.marks[3]) - rank(b.marks[3]) || rank(a.marks[1]) - rank(b.marks[1]) || rank(a.marks[0]) - rank(b.marks[0]) || a.people[0] - b.people[0]);
}

function about(head, where, views, q, chosen, go) {
  const card = el('article', {class: 'card'}, head, el('p', {class: 'where'}, where + ' ', showInTree(go)));
  if (!views.length) return card;
  const together = lines(views, chosen), list = lines(views, chosen, true), first = q.asked || 4;
  card.append(el('ul', {class: 'says'}, permissions.slice().sort((a, b) => (b.bit === first) - (a.bit === first) || a.bit - b.bit).map(p => sentence(p, together, list, p.bit === first))));
  card.append(doubtsOn(views));
  const table = el('table', {class: 'who'}, el('thead', null, el('tr', null, el('th', {scope: 'col'}, 'Who'), el('th', {scope: 'col'}, 'Where'),
    permissions.map(p => el('th', {scope: 'col', class: 'p', title: p.sql}, p.word)), el('th', {scope: 'col'}, 'By what'))));
  const body = el('tbody'), most = 30, box = el('details', {open: true}, el('summary', null, 'Who may do what, and by which group'), table);
  const make = l => el('tr', null, el('td', null, few(l.people, person, 8)), el('td', null, l.where), l.marks.map(markCell), el('td', null, few(l.by, name, 4)));
  body.append(...list.slice(0, most).map(make));
  table.append(body);
  if (list.length > most) more(box, list.length - most, () => { body.append(...list.slice(most).map(make)); return []; });
  const said = new Set(list.flatMap(l => l.people)), others = [...chosen.people.keys()].filter(p => !said.has(p));
  card.append(el('div', null, box,
    others.length ? el('p', {class: 'hint'}, 'Nothing of it: ', few(others, person, 8)) : ''));
  return card;
}

// sentence says of one permission who has it: of people by all their sites, of what is
// less by the sites where it is so.
function sentence(p, list, apart, asked) {
  const has = (kind, list) => list.filter(l => l.marks[permissions.indexOf(p)] === kind).flatMap(l => l.people.map(id => ({id, where: l.where})));
  const make = x => x.where === whole || chosenSites().length === 1 ? person(x.id) : el('span', null, person(x.id), ' (' + x.where + ')');
  const yes = has('all', list), part = has('some', list), some = new Set([...yes, ...part].map(x => x.id));
  const less = kind => has(kind, apart).filter(x => !some.has(x.id)), unsure = less('unsure'), beside = less('beside');
  const who = [...new Set(yes.map(x => x.id))], n = who.length, groups = who.filter(p => data.people[p].group).length;
  const counted = [n - groups || !groups ? plural(n - groups, 'person', 'people') : '', groups ? plural(groups, 'group') + ' of Windows, whoever is in it,' : ''].filter(Boolean).join(' and ');
  const out = el('li', {class: asked ? 'asked' : '', 'data-permission': p.sql}, el('b', null, n ? counted + ' can ' + p.word + ' it: ' : 'Nobody can ' + p.word + (part.length ? ' all of it' : ' it')),
    n ? few(yes, make, 12) : '');
  if (part.length) out.append('; a part of it, or not everywhere: ', few(part, make, 6));
  if (beside.length) out.append('; not on the view itself, but around it or by giving it to themselves: ', few(beside, make, 6));
  if (unsure.length) out.append('; not verified: ', few(unsure, make, 6));
  return out;
}

function doubtsOn(views) {
  const out = el('div');
  const said = new Map();
  for (const s of chosenSites()) for (const d of s.unverified || []) if (views.some(v => on(d.cells, v))) said.set(d.message, [...(said.get(d.message) || []), s.site]);
  for (const [m, where] of said) out.append(el('p', {class: 'caution'}, 'Not verified in ' + siteList(where) + ': ' + shown(m)));
  return out;
}

function showInTree(go) {
  if (go.view !== undefined && !places[go.view].length) return '';
  return el('button', {type: 'button', class: 'link', onclick: () => reveal(go)}, 'Show it in the tree');
}

// reach is a table of the nodes on whose views something may be done.
function reach(where) {
  const body = el('tbody');
  for (const n of nodes) {
    if (!n.views.length) continue;
    const m = marks(where, n.main);
    if (m.every(x => x === '')) continue;
    body.append(el('tr', null, el('td', null, el('button', {type: 'button', class: 'link', onclick: () => pick({kind: 'node', id: n.index})}, name(n.path.join(' | ')))), m.map(markCell)));
  }
  return el('table', null, el('thead', null, el('tr', null, el('th', {scope: 'col'}, 'Node'), permissions.map(p => el('th', {scope: 'col', class: 'p', title: p.sql}, p.word)))), body);
}

function groupCard(id, chosen) {
  const where = [];
  for (const s of chosenSites()) for (const r of s.roles) if (groupId(s, r.role) === id) where.push({site: s, role: r});
  const inside = [...chosen.people].filter(([, w]) => w.some(x => groupsOf(x.site, x.access).includes(id))).map(([p]) => p).sort((a, b) => a - b);
  const group = where.map(w => w.role.of_group).find(Boolean);
  return el('article', {class: 'card'}, el('h3', null, 'Group ', name(roleLabel(id))),
    el('p', {class: 'where'}, (group ? '' : 'a role that the policy does not name; ') + 'in ' + siteList(where.map(w => w.site.site))),
    el('p', null, el('b', null, plural(inside.length, 'person', 'people') + ': '), few(inside, person, 20)),
    el('details', {open: true}, el('summary', null, 'What it brings'), reach(where)));
}

function personCard(p) {
  const who = data.people[p], where = [];
  for (const s of chosenSites()) for (const m of s.members) if (m.people.includes(p)) where.push({site: s, access: m.access});
  const card = el('article', {class: 'card'}, el('h3', null, name(who.name), ' ', who.full_name ? el('small', null, name(who.full_name)) : ''),
    el('p', {class: 'where'}, standingText(who, where.map(w => w.site.site)) + (who.inactive ? ', inactive' : '') + (who.reason ? ': ' + shown(who.reason) : '')));
  for (const w of where) card.append(el('p', null, el('b', null, name(w.site.site), ': '), few(groupsOf(w.site, w.access), g => el('button', {type: 'button', class: 'link', onclick: () => pick({kind: 'group', id: g})}, name(roleLabel(g))), 12)));
  const powers = through(where, data.views.map((_, i) => i), ['power']);
  if (powers.length) card.append(el('p', {class: 'caution'}, 'Could give themselves more: ' + powers.map(shown).join('; ')));
  card.append(el('details', {open: true}, el('summary', null, 'What they may do'), reach(where)));
  return card;
}

// standingText says who somebody is, in each site where it is another.
function standingText(who, where) {
  const words = {policy: 'a person of the policy', outsider: 'an outsider whom the policy accepts', runner: 'the account with which this report was made', server: 'an account that the server made for itself', stranger: 'the policy does not name them'};
  const by = new Map();
  for (const s of where) by.set(standingIn(who, s), [...(by.get(standingIn(who, s)) || []), s]);
  return [...by].map(([k, in_]) => words[k] + (by.size > 1 ? ' (' + siteList(in_) + ')' : '')).join('; ') || words[who.standing];
}

const kindWords = {node: 'node', view: 'view', group: 'group', person: 'person'};
function labelOf(hit) {
  switch (hit.kind) {
    case 'node': return nodes[hit.id].path.slice(-2).join(' | ');
    case 'view': return data.views[hit.id];
    case 'group': return roleLabel(hit.id);
  }
  return data.people[hit.id].name;
}

// renderAnswers fills the answers for the question of the reader.
function renderAnswers(chosen) {
  const box = $('answers');
  const q = question(state.query);
  if (!q.words.length && !state.picked) { box.replaceChildren(); $('heard').textContent = ''; return; }
  const found = find(q);
  const first = state.picked || found.hits.find(h => h.kind !== 'node' || nodes[h.id].main.length) || found.hits[0];
  const out = [];
  if (found.missing.length && q.words.length) out.push(el('p', {class: 'hint'}, found.hits.length
    ? 'Nothing here is called ' + found.missing.map(w => '“' + shown(w) + '”').join(' or ') + '; this is what the rest of your words finds.'
    : 'Nothing here is called that. Try the name of a screen, as the application shows it, or a part of it.'));
  if (first) out.push(answer(first, q, chosen));
  const more = found.hits.filter(h => !first || h.kind !== first.kind || h.id !== first.id);
  if (more.length) {
    const make = h => el('span', null, el('button', {type: 'button', class: 'link', onclick: () => pick(h)}, kindWords[h.kind], ' ', name(labelOf(h))));
    out.push(el('p', {class: 'also'}, 'Also found: ', few(more, make, 8)));
  }
  box.replaceChildren(...out);
  const said = box.querySelector('li.asked') || box.querySelector('article p b') || box.querySelector('.hint'); // what is read out: the answer, and not all of it
  $('heard').textContent = said ? said.textContent : first ? labelOf(first) : '';
}
