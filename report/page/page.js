// The page: what it is about, the filters, and the parts below the tree.

function pick(hit) {
  state.picked = hit;
  refresh(true);
  $('answers').scrollIntoView({block: 'nearest'});
}

// refresh answers anew; what only asks something else leaves the tree as it is.
function refresh(asks) {
  const chosen = selection();
  $('count').textContent = chosen.people.size.toLocaleString('en') + ' of ' + plural(data.people.length, 'person', 'people') + ', ' + plural(chosen.roles.size, 'group') + ', ' + plural(chosenSites().length, 'site');
  renderAnswers(chosen);
  if (!asks) renderTree(chosen);
}

function renderAbout() {
  const basis = {servers: 'what the sites held when they were read', sandbox: 'an embedded server, on which the policy was carried out first', policy: 'the policy alone: no site was asked'}[data.basis];
  $('about').append(name(data.application), ', ' + plural(sites.length, 'site') + ' (', few(sites, s => name(s.site), 6), '), ' + plural(data.people.length, 'person', 'people') + ', ' + plural(data.views.length, 'view') + '. Made ', shown(data.made), ' from ' + basis + '.');
  document.title = 'Who may do what: ' + shown(data.application) + ', ' + shown(data.made);
  const cautions = [];
  if (data.basis !== 'servers') cautions.push(data.basis === 'policy' ? 'No server was asked: this is what the policy gives in sites made from the catalog. What people really have may be another thing.' : 'This is an embedded server and no real site: it shows what the policy gives.');
  for (const s of data.sites) if (!s.read) cautions.push('Site ' + shown(s.site) + ' was not read, and nothing is known of it: ' + shown(s.why));
  const doubts = new Map();
  for (const s of sites) for (const d of s.unverified || []) doubts.set(d.message, [...(doubts.get(d.message) || []), s.site]);
  for (const [m, where] of doubts) cautions.push('Not verified in ' + siteList(where) + ': ' + shown(m));
  $('cautions').replaceChildren(...cautions.slice(0, 6).map(c => el('li', null, c)));
  if (cautions.length > 6) $('cautions').append(el('li', null, 'and ' + (cautions.length - 6) + ' more that could not be verified: each is said where it matters'));
  $('made').textContent = 'Made by grantree from ' + shown(data.policy) + '. This page is one file: it asks nothing of any network and sends nothing anywhere.';
}

function renderFilters() {
  const option = (value, text) => el('option', {value}, text);
  $('site').replaceChildren(option('', 'all'), ...sites.map(s => option(s.site, shown(s.site))));
  $('group').replaceChildren(option('', 'all'), ...[...groups.keys()].sort().map(r => option(r, shown(roleLabel(r)))));
  const hear = (id, key, event) => $(id).addEventListener(event, () => { state[key] = $(id).value; if (key === 'query') state.picked = null; refresh(key === 'query'); });
  hear('q', 'query', 'input'); hear('site', 'site', 'change'); hear('group', 'group', 'change'); hear('person', 'person', 'input');
  $('filters').addEventListener('submit', e => e.preventDefault());
  for (const r of document.querySelectorAll('input[name=of]')) r.addEventListener('change', () => { state.of = r.value; grid.first = 0; refresh(); });
  for (const b of document.querySelectorAll('.example')) b.addEventListener('click', () => { $('q').value = state.query = b.textContent; state.picked = null; refresh(true); $('q').focus(); });
  $('clear').addEventListener('click', () => {
    for (const id of ['q', 'site', 'group', 'person']) $(id).value = '';
    Object.assign(state, {query: '', site: '', group: '', person: '', picked: null});
    refresh();
    $('q').focus();
  });
}

function renderSince() {
  const s = data.since;
  if (!s) return;
  $('since').hidden = false;
  const box = $('since').lastElementChild;
  box.append(el('p', null, 'Compared with the report of ', shown(s.made), '. ', s.changes.length ? plural(s.changes.length, 'change') + ', those alike together.' : 'Nobody’s access is another than it was.'));
  if (s.basis !== data.basis) box.append(el('p', {class: 'caution'}, 'The earlier report rests on something else (' + shown(s.basis) + '), so a difference need be no change.'));
  for (const n of s.not_compared) box.append(el('p', {class: 'caution'}, 'Site ' + shown(n) + ' could not be compared: one of the two reports has not read it.'));
  const part = (verb, p) => el('details', null, el('summary', null, verb + ' ' + p.permissions.join(', ') + ' on ' + plural(p.views.length, 'view') + (p.how === 'may' ? '' : ' (' + p.how.replace('_', ' ') + ')')), el('p', null, p.views.map(shown).join(', ')));
  const most = 200;
  const card = c => el('article', {class: 'card'}, el('h3', null, few(c.people, name, 10), ' ', el('small', null, 'in ' + siteList(c.sites))),
    c.came ? el('p', null, 'new here') : '', c.left ? el('p', null, 'no longer here') : '',
    (c.roles_added || []).map(r => el('p', null, '+ now in ', name(r))), (c.roles_removed || []).map(r => el('p', null, '− no longer in ', name(r))),
    (c.gains || []).map(p => part('+ gains', p)), (c.loses || []).map(p => part('− loses', p)));
  box.append(...s.changes.slice(0, most).map(card));
  if (s.changes.length > most) more(box, s.changes.length - most, () => s.changes.slice(most).map(card));
}

// more adds the rest of something on demand.
function more(box, n, rest) {
  const b = el('button', {type: 'button', onclick: () => { b.remove(); box.append(...rest()); }}, 'Show ' + n.toLocaleString('en') + ' more');
  box.append(b);
}

function renderFindings() {
  const box = $('findings').lastElementChild, list = data.findings, most = 100;
  if (!list.length) { box.append(el('p', null, 'Nothing was found.')); return; }
  const by = new Map();
  for (const f of list) by.set(f.severity, (by.get(f.severity) || 0) + 1);
  box.append(el('p', null, [...by].map(([s, n]) => plural(n, s)).join(', ')));
  const body = el('tbody'), make = f => el('tr', null, el('td', {class: f.severity === 'error' ? 'error' : ''}, f.severity), el('td', null, el('code', null, f.code)), el('td', null, shown(f.message)), el('td', null, shown(f.where)), el('td', null, shown(f.fix || '')));
  const rank = f => ['error', 'warning', 'note'].indexOf(f.severity);
  const sorted = list.map((f, i) => [f, i]).sort((a, b) => rank(a[0]) - rank(b[0]) || a[1] - b[1]).map(x => x[0]);
  body.append(...sorted.slice(0, most).map(make));
  box.append(el('table', null, el('thead', null, el('tr', null, ['Severity', 'Code', 'What', 'Where', 'What to do'].map(h => el('th', {scope: 'col'}, h)))), body));
  if (sorted.length > most) more(box, sorted.length - most, () => { body.append(...sorted.slice(most).map(make)); return []; });
}

function renderSeats() {
  const s = data.seats;
  if (!s) return;
  $('seats').hidden = false;
  const of = s.limit ? ' of ' + plural(s.limit, 'seat') : '';
  $('seats').lastElementChild.append(el('p', null, s.used === null ? 'Not counted' + of + ', because not every site could be read: ' + (s.unread || []).map(shown).join(', ') : s.used.toLocaleString('en') + of + ' used.'));
  const body = el('tbody'), most = 100, make = l => el('tr', null, el('td', null, name(l.name)), el('td', {class: 'p'}, String(l.seats)), el('td', null, shown(l.why)), el('td', null, siteList(l.sites)));
  body.append(...s.people.slice(0, most).map(make));
  const table = el('table', null, el('thead', null, el('tr', null, ['Name', 'Seats', 'Why', 'Where'].map(h => el('th', {scope: 'col'}, h)))), body);
  const box = el('details', null, el('summary', null, 'Who uses one'), table);
  if (s.people.length > most) more(box, s.people.length - most, () => { body.append(...s.people.slice(most).map(make)); return []; });
  $('seats').lastElementChild.append(box);
}

function renderParts() {
  const part = (id, text) => el('li', null, el('a', {href: '#' + id}, text));
  $('parts').append(part('ask', 'Search'), part('tree', 'The whole tree'));
  if (data.since) $('parts').append(part('since', 'Changes (' + data.since.changes.length + ')'));
  $('parts').append(part('findings', 'Findings (' + data.findings.length + ')'));
  if (data.seats) $('parts').append(part('seats', 'Seats'));
}

renderAbout();
renderParts();
renderFilters();
treeEvents();
refresh();
renderSince();
renderFindings();
renderSeats();
const asked = new URLSearchParams(location.hash.slice(1)).get('q');
if (asked) { $('q').value = state.query = asked; refresh(true); }
