// The document, by texts alone: no name ever becomes markup.

const $ = id => document.getElementById(id);

// el makes an element. Attributes are texts, on… are listeners, children are elements or
// texts.
function el(tag, attributes, ...children) {
  const out = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'class') out.className = value;
    else if (name.startsWith('on')) out.addEventListener(name.slice(2), value);
    else out.setAttribute(name, value === true ? '' : value);
  }
  out.append(...children.flat().filter(c => c !== null && c !== undefined && c !== ''));
  return out;
}

// name is a name apart from the text around it, whichever way it runs.
function name(text) { return el('bdi', null, shown(text)); }

const standings = {stranger: 'not in the policy', outsider: 'accepted outsider', runner: 'ran this report', server: 'the server’s own'};

// standingsOf is who somebody is in the sites shown, and where. Most are the same in all.
function standingsOf(p) {
  const who = data.people[p], out = new Map();
  if (!who.standing_at) return out.set(who.standing, []);
  for (const s of chosenSites()) {
    if (!s.members.some(m => m.people.includes(p))) continue;
    const k = standingIn(who, s.site);
    out.set(k, [...(out.get(k) || []), s.site]);
  }
  return out;
}

// person is somebody's name, and who they are to the policy where that is worth a word.
function person(p) {
  const who = data.people[p];
  const out = el('span', {title: [who.full_name, who.login && 'login ' + who.login, who.reason].filter(Boolean).map(shown).join(', ')},
    el('button', {type: 'button', class: 'link', onclick: () => pick({kind: 'person', id: p})}, name(who.name)));
  const badges = standingsOf(p);
  for (const [k, where] of badges) if (standings[k]) out.append(' ', el('span', {class: 'badge' + (k === 'stranger' ? ' bad' : '')}, standings[k] + (badges.size > 1 ? ' in ' + siteList(where) : '')));
  if (who.group) out.append(' ', el('span', {class: 'badge'}, 'a group of Windows: who is in it is not known here'));
  if (who.inactive) out.append(' ', el('span', {class: 'badge'}, 'inactive'));
  return out;
}

// few lists the first of some things, and the rest on demand.
function few(items, make, most) {
  const out = el('span');
  const put = list => list.forEach((x, i) => { if (out.firstChild) out.append(', '); out.append(make(x)); });
  put(items.slice(0, most));
  if (items.length > most) {
    const more = el('button', {type: 'button', class: 'link', onclick: () => { more.remove(); put(items.slice(most)); }}, 'and ' + plural(items.length - most, 'more', 'more'));
    out.append(' ', more);
  }
  return out;
}

const whole = 'all sites';
function siteList(names) {
  return names.length === sites.length && sites.length > 1 ? whole : names.length > 3 ? plural(names.length, 'site') : names.map(shown).join(', ');
}

const markWords = {all: 'yes', some: 'part', unsure: 'not verified', beside: 'not on the view itself', denied: 'denied', '': 'no'};
const markSigns = {all: '✓', some: 'part', unsure: '?', beside: '~', denied: '!', '': '–'};

// markCell is a cell of a table that says one mark by a sign and a word.
function markCell(m) {
  return el('td', {class: 'p' + (m === 'all' || m === 'some' ? ' yes' : m === '' ? '' : ' less')}, el('span', {'aria-hidden': 'true'}, markSigns[m]), el('span', {class: 'sr'}, markWords[m]));
}
