// What every page has: its data, the navigation tree, and words. Nothing here touches
// the document.

// parsed is what a part of the data is.
function parsed(id) { return JSON.parse(document.getElementById(id).textContent); }

const data = parsed('data');

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

// main are the views that stand for each node: its parents and those below it, or,
// where there are none, all that is listed, which is all.
const nodes = data.tree.map((n, i) => ({index: i, path: n.path, name: n.path[n.path.length - 1], depth: n.path.length - 1,
  views: n.views || [], below: [], above: null, main: [], all: []}));
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
  n.all = [...all];
  n.main = parents.size ? [...parents] : n.all;
}

// places are the nodes that each view stands at.
const places = data.views.map(() => []);
for (const n of nodes) for (const v of n.views) places[v.view].push({node: n, level: v.level});
const homeless = data.views.map((_, i) => i).filter(i => places[i].length === 0);
