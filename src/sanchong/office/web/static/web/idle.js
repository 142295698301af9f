// Two minutes before the session runs out without a request, its holder is asked; when it has, what stands on the screen goes,
// whether the server can be reached or not.
"use strict";
(() => {
  const { minutes } = document.currentScript.dataset;
  const ends = (Number(minutes) + 1) * 60 * 1000, warns = (Number(minutes) - 2) * 60 * 1000;
  const others = "BroadcastChannel" in window ? new BroadcastChannel("requests") : null;
  let end, warning, bar, before;
  function wait() {
    clearTimeout(end);
    clearTimeout(warning);
    if (bar) {
      const had = bar.contains(document.activeElement);
      bar.remove();
      bar = null;
      if (had && before) before.focus();
    }
    warning = setTimeout(warn, warns);
    end = setTimeout(() => {
      document.body.replaceChildren("因长时间没有操作，内容已清除。请重新登录。");
      location.replace("/");
    }, ends);
  }
  function warn() {
    bar = document.createElement("div");
    bar.className = "idle card";
    bar.setAttribute("role", "alertdialog");
    bar.setAttribute("aria-labelledby", "idle-said");
    const said = document.createElement("p");
    said.id = "idle-said";
    said.textContent = `已有 ${Number(minutes) - 2} 分钟没有操作，2 分钟后将自动退出，未保存的内容会丢失。`;
    const go = document.createElement("button");
    go.type = "button";
    go.className = "go";
    go.textContent = "继续使用";
    go.addEventListener("click", async () => {
      const answer = await fetch("/account/stay/").catch(() => null);
      if (answer && answer.status === 204) asked();
      else location.replace("/");
    });
    bar.append(said, go);
    document.body.prepend(bar);
    // Whoever is typing keeps the field; the button is the first thing on the page.
    before = document.activeElement;
    if (!before || !before.matches("input, textarea, select")) go.focus();
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
