// Beside a field for a day a button opens the browser's own calendar and writes the choice as 2025-07-01. Days can be typed without it.
const WRITTEN = /^(\d{4})(?:([-./])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))$/;
const CALENDAR = '<svg viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="M2 3.5h12v10.5H2zM2 6.5h12M5 1.5v3M11 1.5v3" fill="none" stroke="currentColor" stroke-width="1.4"/></svg>';
// As the office shows a day, of whichever way it was typed; "" where it is no day: the server says so.
const shown = (text) => {
  const [, year, , ...parts] = WRITTEN.exec(text.trim()) || [];
  if (!year) return "";
  const [month, day] = parts.filter(Boolean).map(Number);
  const at = new Date(Date.UTC(Number(year), month - 1, day));
  if (Number(year) < 1000 || at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) return "";
  return at.toISOString().slice(0, 10);
};
const title = (field) => [...(field.labels[0]?.childNodes || [])].find((node) => node.nodeType === Node.TEXT_NODE)?.data.trim() || "日期";
const furnish = (field) => {
  const around = field.closest(".day-field");
  if (around.querySelector(".day-open") || !("showPicker" in HTMLInputElement.prototype)) return;
  const native = document.createElement("input");
  native.type = "date";
  native.className = "day-native";
  native.tabIndex = -1;
  native.setAttribute("aria-hidden", "true");
  if (field.dataset.least) native.min = field.dataset.least;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "day-open";
  button.innerHTML = CALENDAR;
  button.setAttribute("aria-label", `打开日历，选择${title(field)}`);
  button.addEventListener("click", () => {
    native.value = shown(field.value);
    native.showPicker();
  });
  const chosen = (event) => {
    event.stopPropagation();
    if (event.type !== "change") return;
    field.value = native.value;
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
    field.focus();
  };
  native.addEventListener("input", chosen);
  native.addEventListener("change", chosen);
  field.addEventListener("change", () => { field.value = shown(field.value) || field.value; });
  around.append(button, native); // the field itself stays where it is: moved, it would lose the focus under somebody's hands
};
const all = (part) => part.querySelectorAll("input[data-day]").forEach(furnish);
all(document);
// What htmx brought later.
document.addEventListener("htmx:load", (event) => all(event.target));
