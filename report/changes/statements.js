// The statements. Those of a batch are read when it is opened.

const batches = new Map();
function batch(b) {
  if (!batches.has(b.id)) batches.set(b.id, parsed(b.id));
  return batches.get(b.id);
}

let wanted = ''; // what a statement or its cause has to speak of

function speaks(text, s, c) {
  return c.statement.toLowerCase().includes(text) || (c.causes || []).some(i => (s.causes[i].where + ' ' + (s.causes[i].of || '') + ' ' + (s.causes[i].node || '')).toLowerCase().includes(text));
}

function causeLine(x) {
  return el('p', {class: 'cause'}, name(x.where || 'no line of the policy'), x.of ? [', ', name(x.of)] : '', x.node ? [', at ', name(x.node)] : '', x.level ? ' (' + shown(x.level).replace('_', ' ') + ')' : '', x.note ? [': ', name(x.note)] : '');
}

function changeItem(s, c) {
  const causes = c.causes || [], most = 3, why = el('div', null, causes.slice(0, most).map(i => causeLine(s.causes[i])));
  if (causes.length > most) more(why, causes.length - most, () => causes.slice(most).map(i => causeLine(s.causes[i])));
  const lines = text => el('pre', null, text.split('\n').map(shown).join('\n'));
  return el('li', {class: 'change'}, lines(c.statement), c.temporary ? el('p', null, 'for a moment: a later statement takes it back') : '',
    causes.length ? why : c.temporary ? '' : el('p', null, 'no line of the policy is the cause'),
    c.reverse ? el('details', null, el('summary', null, 'What undoes it'), lines(c.reverse)) : el('p', null, 'no statement undoes it'));
}

function fillBatch(b, box) {
  const s = batch(b), text = wanted.toLowerCase(), list = text ? s.changes.filter(c => speaks(text, s, c)) : s.changes, most = 100;
  const ol = el('ol', null, list.slice(0, most).map(c => changeItem(s, c)));
  box.replaceChildren(text ? el('p', {class: 'hint', role: 'status'}, list.length.toLocaleString('en') + ' of ' + plural(s.changes.length, 'change')) : '', ol);
  let at = most;
  const rest = () => {
    if (at >= list.length) return;
    more(box, list.length - at, () => { ol.append(...list.slice(at, at + 500).map(c => changeItem(s, c))); at += 500; setTimeout(rest); return []; });
  };
  rest();
}

function renderStatements() {
  const box = $('statements').lastElementChild, most = 30;
  box.replaceChildren();
  const list = data.batches.filter(b => b.server || here(b.sites));
  if (!list.length) { box.append(el('p', null, 'Nothing is sent.')); return; }
  const input = el('input', {id: 'find-sql', type: 'search', autocomplete: 'off', spellcheck: 'false', value: wanted});
  box.append(el('p', null, el('label', {for: 'find-sql'}, 'Only those that speak of '), input));
  const make = b => {
    const inside = el('div'), names = b.server ? null : siteNames(leaves(b.sites));
    const d = el('details', {class: 'batch'}, el('summary', null, b.server ? ['Logins of server ', name(b.server)] : [names.length > 1 ? plural(names.length, 'site') + ' alike: ' : 'In ', few(names, name, 6)], ': ' + plural(b.statements, 'statement')), inside);
    d.addEventListener('toggle', () => { if (d.open && !inside.firstChild) fillBatch(b, inside); });
    d.refill = () => { if (d.open) fillBatch(b, inside); else inside.replaceChildren(); };
    return d;
  };
  const put = some => { const all = some.map(make); box.append(...all); };
  put(list.slice(0, most));
  if (list.length > most) more(box, list.length - most, () => list.slice(most).map(make));
  let timer = 0;
  input.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(() => { wanted = input.value.trim(); for (const d of box.querySelectorAll('details.batch')) d.refill(); }, 150); });
}

// findStatements shows those that have a text.
function findStatements(text) {
  wanted = text;
  renderStatements();
  for (const d of [...$('statements').querySelectorAll('details.batch')].slice(0, 3)) d.open = true;
  $('statements').scrollIntoView();
  $('find-sql').focus({preventScroll: true});
}
