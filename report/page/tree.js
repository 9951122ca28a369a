// The whole tree: a row for each node and view, a column for each group or for people
// alike. Only the rows in sight are in the document; on paper all that are open are.

const open = new Set(nodes.filter(n => n.depth === 0 && nodes.filter(m => m.depth === 0).length < 4).map(n => n.index));
const grid = {rows: [], columns: [], first: 0, focus: 0, found: -1, height: 28};

// treeRows are the rows that are open.
function treeRows() {
  const out = [];
  const walk = n => {
    const has = n.below.length + n.views.length > 0;
    out.push({node: n, label: n.name, level: n.depth + 1, views: n.main, open: has ? open.has(n.index) : null});
    if (!open.has(n.index)) return;
    for (const v of n.views) out.push({at: n, view: v.view, label: data.views[v.view], level: n.depth + 2, views: [v.view], kind: v.level, open: null});
    n.below.forEach(walk);
  };
  nodes.filter(n => !n.above).forEach(walk);
  if (homeless.length) {
    out.push({node: {index: -2}, label: 'Views in no node', level: 1, views: homeless, open: open.has(-2)});
    if (open.has(-2)) for (const v of homeless) out.push({at: {index: -2}, view: v, label: data.views[v], level: 2, views: [v], kind: '', open: null});
  }
  return out;
}

function treeColumns(chosen) {
  if (state.of === 'groups') {
    return [...chosen.roles].sort((a, b) => a[0] < b[0] ? -1 : 1).map(([role, where]) => ({label: groups.get(role).of || roleLabel(role), title: roleLabel(role), where, pick: {kind: 'group', id: role}}));
  }
  return crowds(chosen.people).map(c => ({people: c.people.slice().sort((a, b) => a - b), where: c.where})).sort((a, b) => a.people[0] - b.people[0]).map(c => {
    const first = data.people[c.people[0]].name;
    return {label: first + (c.people.length > 1 ? ' and ' + (c.people.length - 1) + ' more' : ''), title: c.people.slice(0, 20).map(p => data.people[p].name).join(', '), where: c.where, pick: {kind: 'person', id: c.people[0]}};
  });
}

// columnsInSight is how many columns the page has room for.
function columnsInSight() {
  const room = $('grid-box').clientWidth - 22 * 16 - 20;
  return Math.max(4, Math.floor(room / 54));
}

// On paper stand all rows that are open, and columns side by side as many as a page
// takes, the next ones below: at most so many tables, and what is left out is said.
const paper = {columns: 8, tables: 6};

function renderPaper() {
  const out = [], all = grid.columns, most = paper.columns * paper.tables;
  for (let i = 0; i < Math.min(all.length, most); i += paper.columns) {
    const some = all.slice(i, Math.min(i + paper.columns, most));
    out.push(el('table', null, el('thead', null, el('tr', null, el('th', {scope: 'col', class: 'what'}, 'Node and view'), some.map(c => el('th', {scope: 'col', class: 'col'}, el('span', null, name(c.label)))))),
      el('tbody', null, grid.rows.map(r => el('tr', null, nodeCell(r), some.map(c => treeCell(c.where, r.views, undefined)))))));
  }
  if (all.length > most) out.push(el('p', {class: 'caution'}, plural(all.length - most, 'column') + ' more are not printed: filter by site, group or person first.'));
  $('paper').replaceChildren(...out);
}

// renderTree works the grid out anew, after a filter.
function renderTree(chosen) {
  grid.columns = treeColumns(chosen);
  grid.first = Math.min(grid.first, Math.max(0, grid.columns.length - 1));
  grid.rows = treeRows();
  renderHead();
  renderRows();
}

function renderHead() {
  const n = columnsInSight(), shownColumns = grid.columns.slice(grid.first, grid.first + n);
  const head = el('tr', {'aria-rowindex': 1}, el('th', {scope: 'col', class: 'what'}, 'Node and view'));
  for (const c of shownColumns) head.append(el('th', {scope: 'col', class: 'col', title: shown(c.title)}, el('span', null, name(c.label))));
  $('grid').tHead.replaceChildren(head);
  $('grid').setAttribute('aria-colcount', grid.columns.length + 1);
  const what = state.of === 'groups' ? ['group', 'groups'] : ['column of people alike', 'columns of people alike'];
  const last = Math.min(grid.first + n, grid.columns.length);
  $('page-of').textContent = !grid.columns.length ? 'no ' + what[1] : last - grid.first === grid.columns.length ? plural(grid.columns.length, ...what)
    : (grid.first + 1) + '–' + last + ' of ' + plural(grid.columns.length, ...what);
  $('before').disabled = grid.first === 0;
  $('after').disabled = last === grid.columns.length;
}

const signs = {all: 0, some: 1, unsure: '?', beside: '~', denied: '!', '': '·'};

// treeCell is one cell: four letters for the eye, words for who listens.
function treeCell(where, views, index) {
  const m = marks(where, views);
  let text = '', said = [], warn = false;
  m.forEach((k, i) => {
    const s = signs[k];
    text += s === 0 ? permissions[i].letter : s === 1 ? permissions[i].letter.toLowerCase() : s;
    if (k) said.push(permissions[i].sql.toLowerCase() + (k === 'all' ? '' : ', ' + markWords[k]));
    warn = warn || k === 'unsure' || k === 'beside' || k === 'denied';
  });
  return el('td', {role: 'gridcell', class: 'c' + (warn ? ' warn' : said.length ? ' some' : ''), 'aria-colindex': index, 'aria-label': said.join('; ') || 'nothing'}, text);
}

function treeRow(i, columns) {
  const r = grid.rows[i];
  const tr = el('tr', {role: 'row', class: 'row' + (i === grid.found ? ' found' : ''), 'data-row': i, 'aria-level': r.level, 'aria-rowindex': i + 2, 'aria-expanded': r.open === null ? undefined : String(r.open), tabindex: i === grid.focus ? '0' : '-1'});
  tr.append(nodeCell(r), ...columns.map((c, j) => treeCell(c.where, r.views, grid.first + j + 2)));
  return tr;
}

// nodeCell is the first cell of a row: the node or view.
function nodeCell(r) {
  const what = el('td', {role: 'rowheader', class: 'what' + (r.view === undefined ? '' : ' view'), title: shown(r.label)}, el('span', {class: 'twist', 'aria-hidden': 'true'}, r.open === null ? '' : r.open ? '▾' : '▸'), name(r.label));
  if (!r.views.length) what.append(' ', el('small', {class: 'view'}, '(no view behind it)'));
  if (r.kind) what.append(' ', el('small', null, '(' + r.kind.replace('_', ' ') + ')'));
  what.style.paddingLeft = (0.4 + (r.level - 1) * 1.1) + 'rem';
  return what;
}

// renderRows puts the rows in sight into the document.
function renderRows() {
  const box = $('grid-box'), body = $('grid').tBodies[0], n = grid.rows.length, h = grid.height;
  const columns = grid.columns.slice(grid.first, grid.first + columnsInSight());
  const from = Math.max(0, Math.floor(box.scrollTop / h) - 6), to = Math.min(n, from + Math.ceil(box.clientHeight / h) + 12);
  grid.from = from; grid.to = to;
  const had = document.activeElement && body.contains(document.activeElement);
  const rows = [];
  const padding = size => { const td = el('td', {colspan: columns.length + 1}); td.style.height = size + 'px'; return el('tr', {class: 'pad', 'aria-hidden': 'true'}, td); };
  if (from > 0) rows.push(padding(from * h));
  for (let i = from; i < to; i++) rows.push(treeRow(i, columns));
  if (to < n) rows.push(padding((n - to) * h));
  $('grid').setAttribute('aria-rowcount', n + 1);
  body.replaceChildren(...rows);
  if (had) focusRow(false);
}

function focusRow(scroll) {
  const box = $('grid-box'), top = grid.focus * grid.height, head = $('grid').tHead.offsetHeight;
  if (scroll) {
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + grid.height + head > box.scrollTop + box.clientHeight) box.scrollTop = top + grid.height + head - box.clientHeight;
    if (grid.focus < grid.from || grid.focus >= grid.to) renderRows();
  }
  const tr = $('grid').tBodies[0].querySelector('tr[data-row="' + grid.focus + '"]');
  for (const old of $('grid').tBodies[0].querySelectorAll('tr[tabindex="0"]')) old.tabIndex = -1;
  if (tr) { tr.tabIndex = 0; tr.focus({preventScroll: true}); }
}

function toggle(i, to) {
  const r = grid.rows[i];
  if (r.open === null || r.open === to) return;
  if (r.open) open.delete(r.node.index); else open.add(r.node.index);
  grid.found = -1;
  grid.rows = treeRows();
  renderRows();
}

function treeKey(e) {
  const r = grid.rows[grid.focus], last = grid.rows.length - 1;
  const page = Math.max(1, Math.floor($('grid-box').clientHeight / grid.height) - 6);
  const to = {ArrowDown: grid.focus + 1, ArrowUp: grid.focus - 1, Home: 0, End: last, PageDown: grid.focus + page, PageUp: grid.focus - page}[e.key];
  if (to !== undefined) grid.focus = Math.max(0, Math.min(last, to));
  else if (e.key === 'ArrowRight' && r.open === false) toggle(grid.focus, true);
  else if (e.key === 'ArrowRight' && r.open) grid.focus++;
  else if (e.key === 'ArrowLeft' && r.open) toggle(grid.focus, false);
  else if (e.key === 'ArrowLeft') { while (grid.focus > 0 && grid.rows[grid.focus].level >= r.level) grid.focus--; }
  else if (e.key === 'Enter' && r.view !== undefined) return pick({kind: 'view', id: r.view});
  else if (e.key === 'Enter' && r.node.index >= 0) return pick({kind: 'node', id: r.node.index});
  else return;
  e.preventDefault();
  focusRow(true);
}

// reveal opens the tree down to a node or view and shows it.
function reveal(go) {
  const place = go.node ? null : places[go.view].slice().sort((a, b) => (a.level === 'parent' ? 0 : 1) - (b.level === 'parent' ? 0 : 1))[0];
  const target = go.node || place.node;
  for (let n = go.node ? target.above : target; n; n = n.above) open.add(n.index);
  grid.rows = treeRows();
  grid.found = grid.focus = grid.rows.findIndex(r => go.node ? r.node === target : r.view === go.view && r.at === target);
  renderRows(); // makes room to scroll in
  $('grid-box').scrollTop = Math.max(0, (grid.focus - 4) * grid.height);
  renderRows();
  $('tree').scrollIntoView();
  focusRow(true);
}

function treeEvents() {
  const body = $('grid').tBodies[0];
  body.addEventListener('click', e => {
    const tr = e.target.closest('tr.row');
    if (!tr) return;
    grid.focus = Number(tr.dataset.row);
    toggle(grid.focus);
    focusRow(true);
  });
  body.addEventListener('keydown', treeKey);
  let waiting = false;
  $('grid-box').addEventListener('scroll', () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; renderRows(); });
  });
  $('open-all').addEventListener('click', () => { nodes.forEach(n => open.add(n.index)); open.add(-2); grid.rows = treeRows(); renderRows(); });
  $('close-all').addEventListener('click', () => { open.clear(); grid.focus = 0; grid.rows = treeRows(); $('grid-box').scrollTop = 0; renderRows(); });
  const page = d => { grid.first = Math.max(0, Math.min(grid.columns.length - 1, grid.first + d * columnsInSight())); renderHead(); renderRows(); };
  $('before').addEventListener('click', () => page(-1));
  $('after').addEventListener('click', () => page(1));
  window.addEventListener('resize', () => { renderHead(); renderRows(); });
  const print = on => { if (on) renderPaper(); else $('paper').replaceChildren(); };
  window.addEventListener('beforeprint', () => print(true));
  window.addEventListener('afterprint', () => print(false));
  window.matchMedia('print').addEventListener('change', e => print(e.matches));
}
