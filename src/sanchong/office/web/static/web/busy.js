// Forms that send files. Without this they work as well.
// A file's name stands beside a button of ours: the browser's own speaks the browser's language.
for (const input of document.querySelectorAll("input[type=file]")) {
  const chosen = document.createElement("span");
  chosen.className = "chosen";
  chosen.setAttribute("aria-hidden", "true");
  const say = () => { chosen.textContent = [...input.files].map((file) => file.name).join("、") || "还没有选择"; };
  say();
  input.addEventListener("change", say);
  const button = document.createElement("span");
  button.className = "btn";
  button.setAttribute("aria-hidden", "true");
  button.textContent = "选择文件";
  button.addEventListener("click", () => input.click());
  const row = document.createElement("span");
  row.className = "picker";
  input.before(row);
  row.append(input, button, chosen);
}
// A form that takes long says so, counts the seconds, and cannot be sent twice. Without it the page works as well.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-busy]");
  if (!form) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  const said = document.createElement("p");
  said.className = "busy";
  said.setAttribute("role", "status");
  const since = Date.now();
  const say = () => { said.textContent = `${form.dataset.busy}…… 已 ${Math.round((Date.now() - since) / 1000)} 秒，请不要关闭页面`; };
  say();
  setInterval(say, 1000);
  form.append(said);
});
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; form.querySelector(".busy")?.remove(); });
});
