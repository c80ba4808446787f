// The table of students: sorted, searched, names hidden. Without it the page shows all, in the order of ids.
// No component: DataTables would bring 620 KB and jQuery into every page, and search the names that are hidden.
"use strict";
const table = document.querySelector("#students table"), body = table.tBodies[0];
const rows = [...body.rows]; // in the order of ids, which those in the order of numbers do not tell
const drawn = [...rows].sort((a, b) => a.cells[0].dataset.value - b.cells[0].dataset.value);
const [search, hide, all, server] = ["search", "hide", "all", "server"].map(id => document.getElementById(id));
const links = document.querySelectorAll(".who:not([href^='#']), .page");
const order = new Intl.Collator(document.documentElement.lang, {numeric: true}).compare;
const anonymous = () => document.body.classList.contains("anonymous");
const name = row => row.querySelector(anonymous() ? ".drawn" : ".name").textContent;
const number = text => (isNaN(parseFloat(text)) ? -Infinity : parseFloat(text));

function sort(header, direction) {
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
  const told = cell => number(cell.dataset.value ?? cell.textContent);
  const key = row => (header.cellIndex || anonymous() ? told(row.cells[header.cellIndex]) : name(row));
  const compare = (a, b) => (typeof a === "string" ? order(a, b) : Number(a > b) - Number(a < b));
  const keyed = (anonymous() ? drawn : rows).map(row => [key(row), row]);
  for (const [, row] of keyed.sort((a, b) => direction * compare(a[0], b[0]))) body.append(row);
  find();
}

// Small letters without accents, which who searches may not have on the keyboard.
function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

// Those found, in their order: as many as a browser lays out at once, or all.
function find() {
  const words = plain(search.value).split(/\s+/).filter(Boolean);
  const most = all.getAttribute("aria-pressed") === "true" ? Infinity : Number(all.dataset.most);
  let found = 0;
  for (const row of body.rows) {
    const is = words.every(word => plain(name(row)).includes(word));
    row.hidden = !is || found >= most;
    found += is;
  }
  const shown = found > most ? `, the first ${most} are shown` : "";
  document.getElementById("found").textContent = `${found} of ${rows.length} students${shown}`;
}

// With names hidden no link leads on, because its address has the name in it.
function link() {
  const base = /^https?:\/\/[^/]/.test(server.value) && server.value.replace(/\/+$/, "");
  for (const one of links) {
    const {formgrader} = one.dataset;
    const to = formgrader ? base && `${base}/${formgrader}` : (one.dataset.to ??= one.getAttribute("href"));
    if (to && !anonymous()) one.setAttribute("href", to);
    else one.removeAttribute("href");
  }
}

for (const header of table.tHead.rows[0].querySelectorAll("[data-sorts]")) {
  const button = document.createElement("button");
  button.append(...header.childNodes);
  header.append(button);
  button.addEventListener("click", () => {
    const first = header.dataset.sorts === "down" ? -1 : 1;
    sort(header, header.getAttribute("aria-sort") === (first > 0 ? "ascending" : "descending") ? -first : first);
  });
}
hide.addEventListener("click", () => {
  hide.setAttribute("aria-pressed", document.body.classList.toggle("anonymous"));
  search.value = "";
  sort(table.tHead.rows[0].cells[0], 1);
  link();
});
search.addEventListener("input", find);
all.addEventListener("click", () => {
  all.setAttribute("aria-pressed", all.getAttribute("aria-pressed") !== "true");
  find();
});
server.addEventListener("input", link);
addEventListener("hashchange", () => {
  const row = rows.find(row => `#${row.id}` === location.hash);
  if (row) row.hidden = false;
  row?.scrollIntoView({block: "center"});
});
if (location.protocol.startsWith("http")) server.value = location.href.split(/\/(?:files|view|lab)\//)[0];
for (const control of document.querySelectorAll(".controls")) control.hidden = false;
find();
link();
