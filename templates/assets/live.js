// What shows work live says so in data-live. One stream tells of all of it; htmx then fetches what moved.
(() => {
  let stream = null;
  let watched = '';
  const look = () => {
    const all = [...document.querySelectorAll('[data-live]')].map((one) => one.dataset.live);
    const wanted = [...new Set(all)].sort().slice(0, 50).join('&of=');
    if (wanted === watched) return;
    watched = wanted;
    stream?.close();
    stream = wanted === '' ? null : new EventSource(`/live?of=${wanted}`);
    stream?.addEventListener('moved', ({ data }) => {
      for (const one of document.querySelectorAll(`[data-live$=":${data}"]`)) one.dispatchEvent(new Event('moved'));
    });
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  look();
})();
