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

// more adds the rest of something on demand.
function more(box, n, rest) {
  const b = el('button', {type: 'button', onclick: () => { b.remove(); box.append(...rest()); }}, 'Show ' + n.toLocaleString('en') + ' more');
  box.append(b);
}

// renderFindings lists what was found, errors first; none is what is said where that is
// nothing.
function renderFindings(none) {
  const box = $('findings').lastElementChild, list = data.findings, most = 100, mends = list.some(f => f.fix);
  if (!list.length) { box.append(el('p', null, none)); return; }
  const by = new Map();
  for (const f of list) by.set(f.severity, (by.get(f.severity) || 0) + 1);
  box.append(el('p', null, [...by].map(([s, n]) => plural(n, s)).join(', ')));
  const body = el('tbody'), make = f => el('tr', null, el('td', {class: f.severity === 'error' ? 'error' : ''}, f.severity), el('td', null, el('code', null, f.code)), el('td', null, shown(f.message)), el('td', null, shown(f.where)), mends ? el('td', null, shown(f.fix || '')) : '');
  const rank = f => ['error', 'warning', 'note'].indexOf(f.severity);
  const sorted = list.map((f, i) => [f, i]).sort((a, b) => rank(a[0]) - rank(b[0]) || a[1] - b[1]).map(x => x[0]);
  body.append(...sorted.slice(0, most).map(make));
  box.append(el('table', null, el('thead', null, el('tr', null, ['Severity', 'Code', 'What', 'Where', mends && 'What to do'].filter(Boolean).map(h => el('th', {scope: 'col'}, h)))), body));
  if (sorted.length > most) more(box, sorted.length - most, () => { body.append(...sorted.slice(most).map(make)); return []; });
}
