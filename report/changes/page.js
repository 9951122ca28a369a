// The page: what it is about, the filter, and the parts beside the tree.

function pick(hit) {
  state.picked = hit;
  refresh(true);
  $('answers').scrollIntoView({block: 'nearest'});
}

// refresh shows anew what the reader has chosen; what only asks something else leaves
// the parts below as they are.
function refresh(asks) {
  const chosen = selection();
  $('count').textContent = plural(chosen.people.size, 'person', 'people') + ' and ' + plural(chosen.grantees.size, 'group') + ' with changes, ' + plural(chosenSites().length, 'site') + ' read';
  renderAnswers(chosen);
  if (asks) return;
  renderPeople(chosen);
  renderTree(chosen);
  renderMembers(chosen);
  renderStatements();
}

function renderAbout() {
  const s = data.sum;
  $('about').append(name(data.application), '. Planned ', shown(data.made), ' from ', name(data.policy), '. Nothing was changed by it.');
  $('sum').append(plural(s.lose, 'person', 'people') + (s.lose === 1 ? ' loses, ' : ' lose, ') + s.leave.toLocaleString('en') + ' leave, ' + s.gain.toLocaleString('en') + ' gain: ' + plural(s.statements, 'statement') + ' in ' + s.changing.toLocaleString('en') + ' of ' + plural(s.sites, 'site') + '.');
  document.title = 'Plan of ' + shown(data.made) + ': ' + plural(s.lose, 'person', 'people') + ' lose, ' + s.gain + ' gain';
  if (data.said) $('sum').after(el('p', null, shown(data.said)));
  $('cautions').replaceChildren(...data.cautions.map(c => el('li', null, line(c))));
  if (data.sandbox) $('cautions').append(el('li', null, 'No real site was looked at: this is what the policy does in sites made from the catalog, which hold nothing yet.'));
  for (const m of data.modes) {
    $('cautions').append(el('li', {class: 'mode'}, el('b', null, 'Mode ' + shown(m.mode)), ' in ', few(siteNames(m.sites), name, 4), ': ' + shown(m.words) + '.',
      m.left.map(l => el('details', null, el('summary', null, 'What it leaves undone in ' + siteList(siteNames(l.sites))), l.lines.map(x => el('p', null, line(x)))))));
  }
  $('made').textContent = 'Made by grantree. This page is one file: it asks nothing of any network and sends nothing anywhere.';
}

function renderFilters() {
  $('site').replaceChildren(el('option', {value: ''}, 'all'), ...sites.map(s => el('option', {value: s.site}, shown(s.site))));
  $('q').addEventListener('input', () => { state.query = $('q').value; state.picked = null; refresh(true); });
  $('site').addEventListener('change', () => { state.site = $('site').value; refresh(); });
  $('filters').addEventListener('submit', e => e.preventDefault());
  for (const r of document.querySelectorAll('input[name=of]')) r.addEventListener('change', () => { state.of = r.value; grid.first = 0; renderTree(selection()); });
  $('whole').addEventListener('change', () => { state.whole = $('whole').checked; renderTree(selection()); });
  $('clear').addEventListener('click', () => {
    $('q').value = $('site').value = wanted = '';
    Object.assign(state, {query: '', site: '', picked: null});
    refresh();
    $('q').focus();
  });
}

function renderPeople(chosen) {
  const box = $('people').lastElementChild, most = 20;
  box.replaceChildren();
  if (!chosen.effects.length) { box.append(el('p', null, 'Nothing that anybody may do changes.')); return; }
  box.append(...chosen.effects.slice(0, most).map(effectCard));
  if (chosen.effects.length > most) more(box, chosen.effects.length - most, () => chosen.effects.slice(most).map(effectCard));
}

function renderMembers(chosen) {
  $('members').hidden = !data.members.length;
  const most = 40, body = el('tbody'), make = m => el('tr', null, el('td', null, group(m.role)), el('td', null, siteList(siteNames(leaves(m.sites)))), el('td', null, few(m.add || [], name, 10)), el('td', null, few(m.drop || [], name, 10)));
  body.append(...chosen.members.slice(0, most).map(make));
  const box = $('members').lastElementChild;
  box.replaceChildren(el('table', null, el('thead', null, el('tr', null, ['Group', 'Where', 'Comes', 'Goes'].map(h => el('th', {scope: 'col'}, h)))), body));
  if (chosen.members.length > most) more(box, chosen.members.length - most, () => { body.append(...chosen.members.slice(most).map(make)); return []; });
}

function renderAccounts() { $('accounts').lastElementChild.append(el('ul', null, data.accounts.map(l => el('li', null, line(l))))); }

function renderSites() {
  const box = $('sites').lastElementChild, most = 100, body = el('tbody');
  const make = s => el('tr', null, el('td', null, name(s.site)), s.read ? [s.people, s.gain, s.lose, s.leave, s.statements].map(n => el('td', {class: 'n'}, n.toLocaleString('en'))) : el('td', {colspan: 5}, 'not read'),
    el('td', null, shown(s.outcome || '')), el('td', {class: 'fingerprint'}, el('code', null, s.fingerprint || '')));
  body.append(...data.sites.slice(0, most).map(make));
  box.append(el('p', {class: 'hint'}, 'The fingerprint is that of the state in which a site was read. apply changes no site that has another one by then.'),
    el('table', null, el('thead', null, el('tr', null, ['Site', 'People', 'Gain', 'Lose', 'Leave', 'Statements', '', 'Fingerprint'].map(h => el('th', {scope: 'col'}, h || el('span', {class: 'sr'}, 'What stands in the way'))))), body));
  if (data.sites.length > most) more(box, data.sites.length - most, () => { body.append(...data.sites.slice(most).map(make)); return []; });
}

function renderParts() {
  const part = (id, text) => el('li', null, el('a', {href: '#' + id}, text));
  $('parts').append(part('ask', 'Search'), part('people', 'People'), part('tree', 'The tree'), part('statements', 'Statements (' + data.sum.statements.toLocaleString('en') + ')'),
    part('findings', 'Findings (' + data.findings.length + ')'), part('accounts', 'Seats and logins'), part('sites', 'Sites'));
}

renderAbout();
renderParts();
renderFilters();
treeEvents();
refresh();
renderFindings('No error and no warning.');
$('findings').append(el('p', {class: 'hint'}, 'What mends a finding, and notes, are in the messages of the run: they may speak of servers.'));
renderAccounts();
renderSites();
const asked = new URLSearchParams(location.hash.slice(1)).get('q');
if (asked) { $('q').value = state.query = asked; refresh(true); }
