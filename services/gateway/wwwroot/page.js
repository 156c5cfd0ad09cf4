// What every page needs: the theme, menus that close, the browser's time zone, what is being typed, and reconnecting.
(() => {
  const themes = ['auto', 'light', 'dark'];
  const root = document.documentElement;
  const keep = (name, value) => {
    document.cookie = `serm-${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax`;
  };
  const setTheme = theme => {
    root.dataset.theme = theme;
    keep('theme', theme);
  };
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? null;
  if (zone) {
    // The next page is written in it from the beginning.
    keep('zone', zone);
  }

  // The clipboard is there only over https and on this machine; elsewhere the old way does it.
  const copyFrom = async (button, field) => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand('copy');
    }
    button.textContent = button.dataset.copied;
  };

  document.addEventListener('click', event => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest('[data-theme-toggle]')) {
      const dark = root.dataset.theme === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : root.dataset.theme === 'dark';
      setTheme(dark ? 'light' : 'dark');
    }
    const language = target?.closest('[data-language]');
    if (language) {
      keep('language', language.dataset.language);
      location.reload();
    }
    const copy = target?.closest('[data-copy]');
    if (copy) {
      copyFrom(copy, document.querySelector(copy.dataset.copy));
    }
    if (target?.closest('[data-reload]')) {
      location.reload();
    }
    if (target?.closest('[data-reconnect]')) {
      reconnect();
    }
    for (const menu of document.querySelectorAll('details[data-menu][open]')) {
      if (!menu.contains(target) || target.closest('a[href]')) {
        menu.open = false;
      }
    }
  });
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape') {
      for (const menu of document.querySelectorAll('details[data-menu][open]')) {
        // It does nothing else: the inbox would close what is open there.
        event.preventDefault();
        menu.open = false;
        menu.querySelector('summary')?.focus();
      }
    }
  });

  // Arrows go from cell to cell of a table that is one stop.
  document.addEventListener('keydown', event => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const cell = step && !event.altKey && !event.ctrlKey && !event.metaKey && event.target instanceof Element && event.target.closest('table[data-grid] td');
    if (cell) {
      event.preventDefault();
      const row = cell.closest('table').rows[cell.parentElement.rowIndex + step[0]];
      row?.cells[cell.cellIndex + step[1]]?.querySelector('[tabindex]')?.focus();
    }
  });

  // A button cannot be pressed while its work is done, and may be gone after it: the focus waits in what is around it, and comes back when it can.
  const around = '[role=group], [role=toolbar], form, details, section, article, aside, main, [role=dialog]';
  let focus = null;
  let behind = null;
  document.addEventListener('focusin', ({ target }) => {
    if (target !== focus?.home) {
      // Behind a dialog waits what has opened it.
      const dialog = target.closest('[role=dialog]');
      behind = !dialog ? null : focus?.dialog ? behind : focus;
      const groups = [];
      for (let group = target.parentElement?.closest(around); group; group = group.parentElement?.closest(around)) {
        groups.push(group);
      }
      focus = { on: target, groups, dialog };
    }
  });
  document.addEventListener('focusout', ({ target }) => setTimeout(() => {
    // Whoever clicks beside it has let go of it.
    if ((target === focus?.on || target === focus?.home) && document.activeElement === document.body && target.isConnected && !target.matches(':disabled')) {
      focus = null;
    }
  }));
  new MutationObserver(() => {
    if (focus?.dialog?.isConnected === false) {
      [focus, behind] = [behind, null];
    }
    const usable = focus?.on.isConnected && !focus.on.matches(':disabled');
    const at = document.activeElement;
    if (usable && at === focus.home) {
      focus.on.focus({ preventScroll: true });
    } else if (focus && !usable && (at === document.body || at === focus.on)) {
      focus.home = focus.groups.find(g => g.isConnected);
      if (focus.home && !focus.home.hasAttribute('tabindex')) {
        focus.home.tabIndex = -1;
      }
      focus.home?.focus({ preventScroll: true });
    }
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] });

  // A dialog takes the focus a round trip after it is seen: whoever has begun in one of its fields stays there. At its edges, which are no fields, the focus goes round as ever.
  const { mudElementRef } = window;
  const focusFirst = mudElementRef?.focusFirst.bind(mudElementRef);
  if (focusFirst) {
    mudElementRef.focusFirst = (dialog, ...which) => {
      if (!dialog?.contains(document.activeElement) || !document.activeElement.matches('input, select, textarea')) {
        focusFirst(dialog, ...which);
      }
    };
  }

  // A long dialog says how it went below what is in sight.
  const told = new WeakSet();
  new MutationObserver(() => {
    for (const result of document.querySelectorAll('.mud-dialog :is([data-result], [role=alert])')) {
      if (!told.has(result)) {
        told.add(result);
        result.scrollIntoView({ block: result.matches('[role=alert]') ? 'nearest' : 'start' });
      }
    }
  }).observe(document.body, { childList: true, subtree: true });

  // What is being typed outlives a page that is loaded anew. A field says with data-keep what is stored of it: what differs from that is kept, for this tab and this person.
  const typed = 'serm-typed ';
  const shownFor = new WeakMap();
  const sent = new Map();
  // Not by the address: it may be another before the field is gone.
  const keyOf = field => `${typed}${document.querySelector('[data-who]')?.textContent} ${field.closest('[data-mention-id]')?.dataset.mentionId ?? field.closest('[data-keep-for]')?.dataset.keepFor} ${field.id}`;
  const keepTyped = field => {
    if (field.value === field.dataset.keep) {
      sessionStorage.removeItem(keyOf(field));
      return;
    }
    try {
      sessionStorage.setItem(keyOf(field), field.value);
    } catch {
      // No more room: it is kept on the server alone.
    }
  };
  const forgetTyped = () => Object.keys(sessionStorage).filter(k => k.startsWith(typed)).forEach(k => sessionStorage.removeItem(k));
  const lookAtTyped = () => {
    for (const field of document.querySelectorAll('[data-keep]')) {
      const key = keyOf(field);
      const text = sessionStorage.getItem(key);
      const appears = shownFor.get(field) !== key;
      shownFor.set(field, key);
      if (text !== null && field.value === field.dataset.keep) {
        if (appears && text !== field.value && text !== sent.get(key)) {
          field.value = text;
          field.dispatchEvent(new Event('input', { bubbles: true }));
        } else {
          // It was sent.
          sessionStorage.removeItem(key);
        }
      }
    }
  };
  document.addEventListener('input', event => event.target.matches('[data-keep]') && keepTyped(event.target));
  document.addEventListener('click', event => {
    for (const field of (event.target instanceof Element ? event.target : null)?.closest('[data-forget]')?.closest('form').querySelectorAll('[data-keep]') ?? []) {
      sessionStorage.removeItem(keyOf(field));
    }
  });
  document.addEventListener('submit', event => {
    // Where it goes may be left before it is known to be written.
    for (const field of event.target.querySelectorAll('[data-keep]')) {
      sent.set(keyOf(field), field.value);
    }
    if (event.target.matches('[data-sign-out]')) {
      forgetTyped();
      sessionStorage.setItem(leaving, 'yes');
    }
  });
  // A note that was sent shows in its number of rows: values say nothing when they change.
  new MutationObserver(lookAtTyped).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-keep', 'data-keep-for', 'data-mention-id', 'rows'] });

  // Whoever signs out means all windows of this browser. The first page after it tells the others: before, they would still be let in.
  const leaving = 'serm-leaving';
  const windows = new BroadcastChannel('serm-signed-out');
  if (sessionStorage.getItem(leaving)) {
    sessionStorage.removeItem(leaving);
    windows.postMessage('');
  }
  windows.addEventListener('message', () => {
    if (document.querySelector('[data-who]')) {
      forgetTyped();
      location.reload();
    }
  });

  const modal = document.getElementById('components-reconnect-modal');
  let tries = 0;
  let next = null;
  function reconnectLater() {
    clearTimeout(next);
    next = setTimeout(reconnect, Math.min(30000, 2000 * 2 ** tries++));
  }
  async function reconnect() {
    clearTimeout(next);
    try {
      if (!await Blazor.reconnect()) {
        location.reload();
      }
    } catch {
      // The session has ended meanwhile: the page to sign in leads back here.
      if ((await fetch('/api/me').catch(() => null))?.status === 401) {
        location.reload();
        return;
      }
      // The server does not answer yet: the banner stays and says so. A failed try of ours raises no event.
      reconnectLater();
    }
  }
  modal?.addEventListener('components-reconnect-state-changed', event => {
    const state = event.detail.state;
    if (state === 'hide') {
      tries = 0;
    } else if (state === 'rejected') {
      // The server is back but has forgotten this page: a fresh one shows the same, as the address holds all filters.
      location.reload();
    } else if (state === 'failed') {
      reconnectLater();
    }
  });
  // Without a server nobody takes a form or a link from the browser, which would leave the page for what it cannot fetch.
  const cut = () => modal?.matches('.components-reconnect-show, .components-reconnect-retrying, .components-reconnect-failed, .components-reconnect-paused');
  document.addEventListener('submit', event => {
    if (cut()) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, true);
  document.addEventListener('click', event => {
    const link = event.target instanceof Element ? event.target.closest('a[href]:not([target])') : null;
    if (link && cut() && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
    }
  }, true);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && modal?.classList.contains('components-reconnect-failed')) {
      reconnect();
    }
  });

  document.addEventListener('click', event => {
    if (event.target instanceof Element && event.target.closest('[data-print]')) {
      window.print();
    }
  });

  // Sound and the browser's own notification are off until the person turns them on here, in this browser.
  const wants = name => localStorage.getItem(`serm-${name}`) === 'on';
  const showWants = () => {
    for (const button of document.querySelectorAll('[data-notify]')) {
      button.setAttribute('aria-pressed', wants(button.dataset.notify) ? 'true' : 'false');
    }
  };
  document.addEventListener('click', async event => {
    const name = (event.target instanceof Element ? event.target : null)?.closest('[data-notify]')?.dataset.notify;
    if (name) {
      const allowed = wants(name) || name !== 'notification' || ('Notification' in window && await Notification.requestPermission() === 'granted');
      localStorage.setItem(`serm-${name}`, !wants(name) && allowed ? 'on' : 'off');
      showWants();
    }
  });
  new MutationObserver(() => document.querySelector('[data-notify]:not([aria-pressed])') && showWants()).observe(document.body, { childList: true, subtree: true });
  function beep() {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    volume.gain.setValueAtTime(0.08, audio.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.4);
    tone.frequency.value = 660;
    tone.connect(volume).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.4);
    tone.onended = () => audio.close();
  }

  window.serm = {
    notify: (title, body, href) => {
      if (wants('sound')) {
        beep();
      }
      if (wants('notification') && document.visibilityState !== 'visible' && 'Notification' in window && Notification.permission === 'granted') {
        const shown = new Notification(title, { body, tag: href });
        shown.onclick = () => {
          window.focus();
          location.assign(href);
        };
      }
    },
    zone: () => zone,
  };
})();
