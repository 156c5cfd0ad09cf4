// Keys of the inbox and of the page of one mention, and whether rows must stay where they are.
const keys = new Set(['j', 'k', 'ArrowDown', 'ArrowUp', 'Enter', 'Escape', 'c', 'r', 'e', 'x', '1', '2', '3', '0', 'a', 's', 'w', 't', 'p', 'v', 'm', 'M', 'u', 'b', 'l', '.', '?']);
const ofTheList = new Set(['j', 'k', 'ArrowDown', 'ArrowUp', 'Enter', 'Escape', 'm', 'M', 'u', 'l', '.']);
const fields = { '/': '[data-search]', 'n': '#note', 'd': '#draft' };
const moves = new Set(['j', 'k', 'ArrowDown', 'ArrowUp']);
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
  }

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
    if (event.key === 'Enter' && target.closest('a, button, summary')) {
      return;
    }
    if (document.querySelector('.mud-dialog')) {
      return;
    }
    // A key that is held walks through the list, but does not act on row after row.
    if (event.repeat && !moves.has(event.key)) {
      return;
    }
    if (fields[event.key]) {
      const field = root.querySelector(fields[event.key]);
      if (field) {
        event.preventDefault();
        field.closest('details')?.setAttribute('open', '');
        field.focus();
      }
    } else if (event.key === 'o') {
      root.querySelector('#original')?.click();
    } else if (keys.has(event.key) && (list || !ofTheList.has(event.key))) {
      if (event.key.startsWith('Arrow') && target.closest('.side')) {
        return;
      }
      event.preventDefault();
      page.invokeMethodAsync('Key', event.key).catch(() => { });
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
