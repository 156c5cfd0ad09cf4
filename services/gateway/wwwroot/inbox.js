// Keys of the inbox and of the page of one mention, and whether rows must stay where they are.
const keys = new Set(['j', 'k', 'ArrowDown', 'ArrowUp', 'Enter', 'Escape', 'c', 'r', 'e', 'x', '1', '2', '3', '0', 'a', 's', 'w', 't', 'p', 'v', 'm', 'M', 'u', 'b', 'l', '.', '?']);
const ofTheList = new Set(['j', 'k', 'ArrowDown', 'ArrowUp', 'Enter', 'Escape', 'm', 'M', 'u', 'l', '.']);
const fields = { '/': '[data-search]', 'n': '#note', 'd': '#draft' };
const moves = new Set(['j', 'k', 'ArrowDown', 'ArrowUp']);
// They open a dialog.
const asks = new Set(['x', 's', 'a', 't', 'p', 'v', 'g']);
const patience = 3000;

// Where letters are not Latin, the key that bears the Latin one on most keyboards: whoever writes Russian works without changing the layout.
const signs = { Period: ['.', '>'], Slash: ['/', '?'] };
const meantBy = ({ key, code, shiftKey }) => {
  if (!/^(?:(?!\p{Script=Latin})\p{L}|\p{Nd})$/u.test(key)) {
    return key;
  }
  const [, letter, digit] = /^(?:Key([A-Z])|Digit([0-9]))$/.exec(code) ?? [];
  return digit ?? (letter ? (shiftKey ? letter : letter.toLowerCase()) : signs[code]?.[Number(shiftKey)] ?? key);
};
let stopAll = null;
let owner = null;
let list = null;

export function start(id, page) {
  stop(owner);
  owner = id;
  const root = document.querySelector('[data-keys]');
  const end = new AbortController();
  const on = (target, type, handler, options) => target.addEventListener(type, handler, { signal: end.signal, ...options });
  list = root.querySelector('[data-list]');
  let pointing = false;
  let held = false;

  const tell = () => {
    const now = pointing || list.scrollTop > 4;
    if (now !== held) {
      held = now;
      page.invokeMethodAsync('Hover', held).catch(() => { });
    }
  };

  if (list) {
    // Also moves: when the list comes under a pointer that rests, entering it says nothing of a mouse.
    for (const event of ['pointerenter', 'pointermove']) {
      on(list, event, ({ pointerType }) => { pointing ||= pointerType === 'mouse'; tell(); }, { passive: true });
    }
    on(list, 'pointerleave', () => { pointing = false; tell(); });
    on(list, 'scroll', tell, { passive: true });

    // Words that tell something of themselves lie above the link of their row: a click on them is one on the row.
    on(list, 'click', ({ target, ctrlKey, metaKey, shiftKey }) => {
      if (!target.closest('a, button, input')) {
        target.closest('.row')?.querySelector('.row-link').dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ctrlKey, metaKey, shiftKey }));
      }
    });
  }

  // A dialog comes a moment after its key: what is typed in between is meant for it, and counts as any key when none comes. Of each the character and the key that it means.
  let early = null;
  const inDialog = () => document.activeElement?.closest('.mud-dialog :is(input, textarea, select, button)');
  const hand = (field, key) => {
    if (key === 'Enter') {
      field.matches('input') ? field.form?.requestSubmit() : field.click();
    } else if (key === 'Escape') {
      field.dispatchEvent(new KeyboardEvent('keydown', { key, code: key, bubbles: true }));
    } else if (key.length === 1 && field.selectionStart != null) {
      field.setRangeText(key, field.selectionStart, field.selectionEnd, 'end');
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }
  };
  const send = async (key, begin) => {
    let done = false;
    begin().catch(() => { }).finally(() => done = true);
    if (!asks.has(key)) {
      return;
    }
    const typed = early = [];
    for (const begun = Date.now(); !done && !inDialog() && Date.now() - begun < patience;) {
      await new Promise(next => setTimeout(next, 10));
    }
    early = null;
    const field = inDialog();
    for (let i = 0; i < typed.length; i++) {
      if (field) {
        hand(field, typed[i].key);
      } else if (early) {
        early.push(typed[i]);
      } else {
        act(typed[i].meant, document.activeElement ?? document.body);
      }
    }
  };

  // True when the key was meant for the page.
  const act = (key, target) => {
    if (fields[key]) {
      const field = root.querySelector(fields[key]);
      field?.closest('details')?.setAttribute('open', '');
      field?.focus();
      return Boolean(field);
    }
    if (key === 'o') {
      root.querySelector('#original')?.click();
      return false;
    }
    if (key === 'g') {
      const button = root.querySelector('#send:not(:disabled)');
      if (button) {
        send(key, async () => { button.click(); await new Promise(end => setTimeout(end, patience)); });
      }
      return Boolean(button);
    }
    if (!keys.has(key) || (!list && ofTheList.has(key)) || (key.startsWith('Arrow') && target.closest('.side'))) {
      return false;
    }
    send(key, () => page.invokeMethodAsync('Key', key));
    return true;
  };

  on(document, 'keydown', event => {
    // A menu was closed by it: page.js listens first.
    if (event.defaultPrevented) {
      return;
    }
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.matches('[data-submit-keys]') && event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      target.form.requestSubmit();
      return;
    }
    if (event.key === 'Escape' && target.matches('input:not([type=checkbox]), textarea')) {
      target.blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest('input:not([type=checkbox]), textarea, select, [contenteditable], [role=dialog], .mud-dialog')) {
      return;
    }
    const meant = meantBy(event);
    if (early) {
      if (event.key !== 'Tab') {
        event.preventDefault();
        event.repeat || early.push({ key: event.key, meant });
      }
      return;
    }
    if (event.key === 'Enter' && target.closest('a, button, summary')) {
      return;
    }
    if (document.querySelector('.mud-dialog')) {
      return;
    }
    // A key that is held walks through the list, but does not act on row after row.
    if (event.repeat && !moves.has(meant)) {
      return;
    }
    if (act(meant, target)) {
      event.preventDefault();
    }
  });

  // The row whose detail is open stays in sight.
  const watch = new MutationObserver(() => root.querySelector('.row.selected')?.scrollIntoView({ block: 'nearest' }));
  if (list) {
    watch.observe(list, { subtree: true, attributes: true, attributeFilter: ['aria-current'] });
  }
  stopAll = () => { end.abort(); watch.disconnect(); };
}

export function top() {
  list?.scrollTo({ top: 0 });
}

// A page that is left may say so after the next one has begun.
export function stop(id) {
  if (id === owner) {
    stopAll?.();
    stopAll = owner = null;
  }
}
