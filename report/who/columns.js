// The columns of the tree, and what stands in its cells.

const columnWidth = 54; // in pixels, as the style has it
function columnWords() { return state.of === 'groups' ? ['group', 'groups'] : ['column of people alike', 'columns of people alike']; }

// keepsNode and keepsView say what has a row: everything.
function keepsNode() { return true; }
function keepsView() { return true; }

function treeColumns(chosen) {
  if (state.of === 'groups') {
    return [...chosen.roles].sort((a, b) => a[0] < b[0] ? -1 : 1).map(([role, where]) => ({label: groups.get(role).of || roleLabel(role), title: roleLabel(role), where, pick: {kind: 'group', id: role}}));
  }
  return crowds(chosen.people).map(c => ({people: c.people.slice().sort((a, b) => a - b), where: c.where})).sort((a, b) => a.people[0] - b.people[0]).map(c => {
    const first = data.people[c.people[0]].name;
    return {label: first + (c.people.length > 1 ? ' and ' + (c.people.length - 1) + ' more' : ''), title: c.people.slice(0, 20).map(p => data.people[p].name).join(', '), where: c.where, pick: {kind: 'person', id: c.people[0]}};
  });
}

const signs = {all: 0, some: 1, unsure: '?', beside: '~', denied: '!', '': '·'};

// treeCell is one cell: four letters for the eye, words for who listens.
function treeCell(where, r, index) {
  const m = marks(where, r.views);
  let text = '', said = [], warn = false;
  m.forEach((k, i) => {
    const s = signs[k];
    text += s === 0 ? permissions[i].letter : s === 1 ? permissions[i].letter.toLowerCase() : s;
    if (k) said.push(permissions[i].sql.toLowerCase() + (k === 'all' ? '' : ', ' + markWords[k]));
    warn = warn || k === 'unsure' || k === 'beside' || k === 'denied';
  });
  return el('td', {role: 'gridcell', class: 'c' + (warn ? ' warn' : said.length ? ' some' : ''), 'aria-colindex': index, 'aria-label': said.join('; ') || 'nothing'}, text);
}
