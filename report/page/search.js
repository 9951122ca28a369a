// Searching: words of a question against the names of nodes, views, groups, people.

const idle = new Set(['who', 'can', 'may', 'could', 'the', 'a', 'an', 'is', 'are', 'of', 'in', 'on', 'to', 'for', 'what', 'which', 'do', 'does', 'everyone', 'anyone', 'people', 'allowed']);

// words are those of a name or a question, small, without the s of a plural.
function words(text) { return spelt(text).map(w => w.length > 3 && w.endsWith('s') && !w.endsWith('ss') ? w.slice(0, -1) : w); }
function spelt(text) { return text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean); }

// question parts the words of a question: which permission, and what it is about.
function question(text) {
  const q = {asked: 0, words: []};
  for (const w of words(text)) {
    const p = permissions.find(p => p.verbs.includes(w));
    if (p && !q.asked) q.asked = p.bit;
    else if (!idle.has(w)) q.words.push(w);
  }
  if (!q.words.length && q.asked) { q.words = words(text).filter(w => !idle.has(w)); q.asked = 0; }
  return q;
}

let index = null;
function entries() {
  if (index) return index;
  index = [];
  const add = (kind, id, text, weight) => index.push({kind, id, words: words(text), text: text.toLowerCase(), weight});
  nodes.forEach(n => add('node', n.index, n.name, n.main.length ? 3 : 1));
  data.views.forEach((v, i) => add('view', i, v, 2));
  const roles = new Map();
  for (const s of sites) for (const r of s.roles) roles.set(groupId(s, r.role), (r.of_group || '') + ' ' + r.role);
  for (const [role, text] of roles) add('group', role, text, 2.5);
  data.people.forEach((p, i) => add('person', i, [p.name, p.full_name, p.login].filter(Boolean).join(' '), 2.4));
  return index;
}

// find returns what a question is about, best first, and the words that nothing has:
// what has its words, or words that begin with them; inside words only where nothing has.
function find(q, inside) {
  const out = [], missing = new Set(q.words);
  for (const e of entries()) {
    let score = 0, matched = 0;
    for (const w of q.words) {
      const s = e.words.includes(w) ? 3 : e.words.some(x => x.startsWith(w)) ? 2 : inside && w.length > 3 && e.text.includes(w) ? 1 : 0;
      if (s) { score += s; matched++; missing.delete(w); }
    }
    if (matched) out.push({...e, matched, score: matched * 10 + score - (e.words.length - matched) * 0.1 + e.weight * 0.3});
  }
  if (!out.length && !inside && q.words.length) return find(q, true);
  let best = 0;
  for (const e of out) best = Math.max(best, e.matched);
  return {hits: out.filter(e => e.matched === best).sort((a, b) => b.score - a.score || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)), missing: [...missing].map(w => spelt(state.query).find(s => words(s)[0] === w) || w)};
}
