// The columns of the tree, and what stands in its cells.

const columnWidth = 90; // in pixels, as the style has it
function columnWords() { return state.of === 'groups' ? ['group or own line', 'groups and own lines'] : ['column of people alike', 'columns of people alike']; }

// keepsNode and keepsView say what has a row: what changes, or everything.
let kept = {nodes: new Set(), views: new Set()};
function keepsNode(n) { return state.whole || kept.nodes.has(n.index); }
function keepsView(v) { return state.whole || kept.views.has(v); }

function treeColumns(chosen) {
  kept = chosen;
  if (state.of === 'groups') {
    return [...chosen.grantees].sort((a, b) => a[0] < b[0] ? -1 : 1).map(([role, where]) => ({label: groupOf.get(role) || role, title: roleLabel(role), where, pick: {kind: 'group', id: role}}));
  }
  return chosen.effects.filter(x => x.effect.gain || x.effect.lose).map(x => {
    const people = [...new Set(x.where.flatMap(w => w.people))], first = data.people[people[0]];
    return {label: first + (people.length > 1 ? ' and ' + (people.length - 1) + ' more' : ''), title: people.slice(0, 20).map(p => data.people[p]).join(', '), where: [x.effect], pick: {kind: 'person', id: people[0]}};
  });
}

// treeCell is one cell: signs for the eye, words for who listens.
function treeCell(where, r, index) {
  const s = signs(where, r.views, r.all);
  return el('td', {role: 'gridcell', class: 'c' + (s.minus ? ' minus' : s.text ? ' some' : ''), 'aria-colindex': index, 'aria-label': s.said || 'no change', title: s.said}, s.text || '·');
}
