// The search box: the index is a script of the site, loaded when the box is first used.
(() => {
  "use strict";
  const form = document.getElementById("search");
  if (!form) return;
  const box = form.querySelector("input"), list = form.querySelector("ul"), said = form.querySelector("[role=status]");
  const most = 30;
  let waiting = false, chosen = -1;
  form.hidden = false;

  const load = () => {
    if (waiting) return;
    waiting = true;
    const script = document.createElement("script");
    script.src = form.dataset.index;
    script.onload = () => {
      for (const row of window.sanchongIndex) row.push((row[1] + " " + row[2] + " " + row[4]).toLowerCase());
      find();
    };
    document.head.append(script);
  };

  const score = (row, words) => {
    let sum = 0;
    const title = row[1].toLowerCase(), address = row[2].toLowerCase();
    for (const word of words) {
      if (!row[5].includes(word)) return 0;
      sum += address === word || address.endsWith("." + word) ? 9 : title.startsWith(word) ? 6 : title.includes(word) ? 4 : address.includes(word) ? 3 : 1;
    }
    return sum;
  };

  const find = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    list.replaceChildren();
    chosen = -1;
    list.hidden = !words.length || !window.sanchongIndex;
    said.textContent = "";
    if (list.hidden) return;
    const found = window.sanchongIndex.map((row, place) => [score(row, words), place, row]).filter(([sum]) => sum);
    found.sort((a, b) => b[0] - a[0] || a[1] - b[1]);
    for (const [, , row] of found.slice(0, most)) {
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = form.dataset.root + row[3];
      for (const [name, text] of [["kind", row[0]], ["name", row[1]], ["at", row[2]]]) {
        const part = document.createElement("span");
        part.className = name;
        part.textContent = text;
        link.append(part);
      }
      item.append(link);
      list.append(item);
    }
    said.textContent = found.length ? form.dataset.found.replace("{n}", found.length) : form.dataset.none;
  };

  const close = () => { list.hidden = true; said.textContent = ""; chosen = -1; };
  const choose = step => {
    const links = list.querySelectorAll("a");
    if (!links.length || list.hidden) return;
    chosen = Math.max(-1, Math.min(links.length - 1, chosen + step));
    (chosen < 0 ? box : links[chosen]).focus();
  };

  box.addEventListener("focus", load);
  box.addEventListener("input", () => { load(); find(); });
  form.addEventListener("submit", event => {
    event.preventDefault();
    const first = list.querySelector("a");
    if (first && !list.hidden) first.click();
  });
  form.addEventListener("keydown", event => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); choose(event.key === "ArrowDown" ? 1 : -1); }
    if (event.key === "Escape") { close(); box.focus(); }
  });
  form.addEventListener("focusout", event => { if (!form.contains(event.relatedTarget)) close(); });
  document.addEventListener("keydown", event => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); box.focus(); box.select(); }
  });
})();
