// When the session has run out without a request, what stands on the screen goes, whether the server can be reached or not.
"use strict";
(() => {
  const limit = (Number(document.currentScript.dataset.minutes) + 1) * 60 * 1000;
  const others = "BroadcastChannel" in window ? new BroadcastChannel("requests") : null;
  let timer;
  function wait() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      document.body.replaceChildren("因长时间没有操作，内容已清除。请重新登录。");
      location.replace("/");
    }, limit);
  }
  function asked() {
    wait();
    if (others) others.postMessage("now");
  }
  if (others) others.onmessage = wait;
  document.addEventListener("htmx:afterRequest", asked);
  // A page that comes back from the browser's memory may be older than the session.
  window.addEventListener("pageshow", event => { if (event.persisted) location.reload(); });
  asked();
})();
