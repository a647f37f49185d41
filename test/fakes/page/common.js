/* What the fakes' pages share; it stands in the script of each, where COMMON does. The page has before it `words` and `placeKey`, what
   the server calls the place one looks at; and somewhere `drawRest`, `shownItems`, `statusLines` and `offer`. */
const by = (id) => document.getElementById(id);
const [log, status, text, offers, about] = ['log', 'status', 'text', 'offers', 'about'].map(by);
document.documentElement.lang = zh ? 'zh-CN' : 'en';
document.title = words.title;
by('title').textContent = words.title;
by('whoLabel').textContent = words.who;
by('send').textContent = words.send;
by('keys').textContent = words.keys;
text.placeholder = words.write;
text.setAttribute('aria-label', words.write);

let state;
let user = sessionStorage.getItem('user') ?? '';
let place = '';
let source;
let target = null; // what is replied to or edited
let problem = '';
const seen = new Map();
const signs = { channel: '#', group: '#', thread: '↳', topic: '↳', dm: '@', private: '@' };

/** All text goes through here: it never becomes markup. */
function make(tag, className, content) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (content !== undefined) element.textContent = content;
  return element;
}

function button(label, work, className = '') {
  const element = make('button', className, label);
  element.type = 'button';
  element.onclick = work;
  return element;
}

function listen() {
  source?.close();
  source = new EventSource(`/events?${new URLSearchParams({ user, [placeKey]: place })}`);
  source.onmessage = ({ data }) => {
    state = JSON.parse(data);
    user = String(state.me);
    place = state[placeKey];
    if (problem === words.lost) problem = '';
    draw();
  };
  source.onerror = () => {
    problem = words.lost;
    drawStatus();
  };
}

async function act(what, body = {}) {
  const headers = { 'content-type': 'application/json' };
  const json = JSON.stringify({ act: what, user, [placeKey]: place, ...body });
  const response = await fetch('/act', { method: 'POST', headers, body: json });
  const answer = await response.json();
  problem = answer.error ?? '';
  if (state) drawStatus();
  return response.ok ? answer : undefined;
}

function go(to) {
  place = to;
  setTarget(null);
  listen();
}

function become(person) {
  user = String(person);
  sessionStorage.setItem('user', user);
  // What is between the bot and one person is each person's own.
  if (['dm', 'private'].includes(state.places.find(({ id }) => id === place)?.kind)) place = '';
  setTarget(null);
  listen();
}

function draw() {
  const options = state.people.map(({ id, name }) =>
    Object.assign(make('option', '', name), { value: id, selected: id === state.me }),
  );
  by('who').replaceChildren(...options);
  drawPlaces();
  drawLog();
  drawStatus();
  drawRest();
  offer();
}

function drawPlaces() {
  seen.set(`${user} ${place}`, state.places.find(({ id }) => id === place)?.last);
  const focused = document.activeElement?.dataset?.place;
  const items = state.places.map(({ id, name, kind, last }) => {
    const item = make('li', kind);
    const choose = button(`${signs[kind]} ${name}`, () => go(id), 'place');
    choose.dataset.place = id;
    if (id === place) choose.setAttribute('aria-current', 'page');
    else if (String(last) !== String(seen.get(`${user} ${id}`) ?? 0)) item.classList.add('news');
    item.append(choose);
    return item;
  });
  by('places').replaceChildren(...items);
  if (focused) document.querySelector(`[data-place="${focused}"]`)?.focus();
}

function drawLog() {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  const old = new Map([...log.children].map((item) => [item.dataset.id, item]));
  const items = shownItems().map(({ id, shown, make }) => {
    const key = JSON.stringify([shown, state.me, state.menus]);
    const known = old.get(id);
    // What has not changed stays, with its focus.
    if (known?.dataset.key === key) return known;
    const fresh = make(shown);
    Object.assign(fresh.dataset, { id, key });
    return fresh;
  });
  const focused = document.activeElement?.closest?.('#log > li')?.dataset.id;
  const wanted = document.activeElement?.dataset?.button;
  for (const item of [...log.children]) if (!items.includes(item)) item.remove();
  for (const [at, item] of items.entries()) {
    if (log.children[at] !== item) log.insertBefore(item, log.children[at] ?? null);
  }
  if (focused && wanted && !log.contains(document.activeElement)) {
    const item = items.find(({ dataset }) => dataset.id === focused);
    item?.querySelector(`[data-button="${CSS.escape(wanted)}"]`)?.focus();
  }
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function drawStatus() {
  const lines = [...(problem ? [make('span', 'bad', problem)] : []), ...(state ? statusLines() : [])];
  status.replaceChildren(...lines.flatMap((line, at) => (at === 0 ? [line] : [' · ', line])));
}

function setTarget(next) {
  target = next;
  about.hidden = !target;
  if (target) about.textContent = target.kind === 'edit' ? words.editing : words.replying(target.message.author.name);
  if (target?.kind === 'edit') text.value = target.message.text;
  text.focus();
}

/** What a key does in the field, where the page has nothing else for it. */
// biome-ignore lint/correctness/noUnusedVariables: the pages call it.
function onKey(event) {
  if (event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault();
    by('compose').requestSubmit();
  } else if (event.key === 'ArrowUp' && text.value === '' && !event.altKey) {
    const own = state?.messages.filter(({ author, service }) => author.id === state.me && !service).at(-1);
    if (!own) return;
    event.preventDefault();
    setTarget({ kind: 'edit', message: own });
  } else if (event.key === 'Escape') {
    if (target?.kind === 'edit') text.value = '';
    setTarget(null);
    offers.hidden = true;
  }
}

/** Sends what is typed, or changes what is edited. */
// biome-ignore lint/correctness/noUnusedVariables: the pages call it.
async function send() {
  const typed = text.value.trim();
  if (typed === '') return;
  const done =
    target?.kind === 'edit'
      ? await act('edit', { message: target.message.id, text: typed })
      : await act('say', { text: typed, ...(target && { replyTo: target.message.id }) });
  if (!done) return;
  text.value = '';
  setTarget(null);
  offer();
  log.scrollTop = log.scrollHeight;
}

by('who').onchange = ({ target: { value } }) => become(value);
document.addEventListener('keydown', (event) => {
  if (!event.altKey || !state) return;
  if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
    event.preventDefault();
    const at = state.places.findIndex(({ id }) => id === place) + (event.key === 'ArrowDown' ? 1 : -1);
    go(state.places[(at + state.places.length) % state.places.length].id);
  } else if (/^[1-9]$/.test(event.key) && state.people[event.key - 1]) {
    event.preventDefault();
    become(state.people[event.key - 1].id);
  }
});
