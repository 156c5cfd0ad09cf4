// What every page needs: the theme, menus that close, the browser's time zone, and reconnecting.
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
      if (!menu.contains(target)) {
        menu.open = false;
      }
    }
  });
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape') {
      for (const menu of document.querySelectorAll('details[data-menu][open]')) {
        menu.open = false;
        menu.querySelector('summary')?.focus();
      }
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
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && modal?.classList.contains('components-reconnect-failed')) {
      reconnect();
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
