// A page is whole without this; with it, a filter changes what it changes and nothing else.
"use strict";
const state = JSON.parse(document.getElementById("state").textContent);
const views = {};
let latest = 0;

// A chart is drawn once it has rows; without any its place says why.
async function show(name, rows) {
  document.getElementById("chart-" + name).style.visibility = rows.length ? "" : "hidden";
  if (!rows.length) return;
  if (views[name]) return views[name].data("rows", rows).runAsync();
  const options = { actions: false, logLevel: 1, renderer: "svg", formatLocale: state.locale, ast: true, tooltip: { theme: "custom" } };
  const made = await vegaEmbed(document.getElementById("chart-" + name), { ...state.specs[name], datasets: { rows } }, options);
  views[name] = made.view;
  const by = state.clicks[name];
  made.view.addEventListener("click", (event, item) => {
    if (!item || !item.datum || !by) return;
    const address = new URLSearchParams(location.search);
    [item.datum.key, item.datum.key_x].slice(0, by.length).forEach((value, at) => by[at] && value !== undefined && toggle(address, by[at], value));
    go(address);
  });
}

async function draw() {
  for (const name of Object.keys(state.specs)) await show(name, state.rows[name] || []);
  document.body.dataset.drawn = "yes";
}

function toggle(address, name, value) {
  const there = address.getAll(name);
  address.delete(name);
  (there.includes(value) ? there.filter((each) => each !== value) : [...there, value]).forEach((each) => address.append(name, each));
}

// What the page shows in a state, part by part: asked of the server.
async function* answer(address) {
  const found = await fetch(location.pathname + (address ? "?" + address : ""), { headers: { Accept: "application/json" } });
  if (!found.ok) throw new Error(found.status);
  const reader = found.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = "", part; !(part = await reader.read()).done;) {
    const lines = (text + part.value).split("\n");
    text = lines.pop();
    for (const line of lines) yield JSON.parse(line);
  }
}

async function go(address, isBack) {
  const text = address.toString(), mine = ++latest, drawn = [];
  document.body.classList.add("loading");
  try {
    for await (const part of answer(text)) {
      if (mine !== latest) return;
      put(part.parts);
      if (part.address !== undefined) moved(part.address, isBack);
      for (const [name, rows] of Object.entries(part.rows)) drawn.push(show(name, rows));
    }
    await Promise.all(drawn);
  } catch (failure) {
    if (mine === latest) location.assign("?" + text);
  }
  if (mine === latest) document.body.classList.remove("loading");
}

// New texts in their places; what was open stays so, and the focus where it was.
function put(parts) {
  const focused = document.activeElement, name = (each) => each.firstChild.textContent.trim();
  const open = [...document.querySelectorAll("#filters details[open] > summary")].map(name);
  for (const [id, html] of Object.entries(parts)) {
    const place = document.getElementById(id);
    if (place) place.innerHTML = html;
  }
  if (!parts.filters) return;
  for (const each of document.querySelectorAll("#filters summary")) {
    if (open.includes(name(each))) each.parentNode.open = true;
    if (focused && focused.tagName === "SUMMARY" && name(focused) === name(each)) each.focus();
  }
  for (const each of document.querySelectorAll("#filters [name]")) {
    if (focused && each.name === focused.name && (each.type !== "checkbox" || each.value === focused.value)) each.focus();
  }
}

function moved(address, isBack) {
  if (!isBack) history.pushState(null, "", address ? "?" + address : location.pathname);
  for (const each of document.querySelectorAll("[data-page]")) each.href = each.dataset.page + (address ? "?" + address : "");
}

document.addEventListener("change", (event) => {
  const form = event.target.closest(".filters");
  if (!form) return;
  const address = new URLSearchParams(new FormData(form));
  if (["from", "to"].includes(event.target.name)) address.delete("period");
  else if (address.get("period")) ["from", "to"].forEach((name) => address.delete(name));
  go(address);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("#filters a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(new URL(link.href).searchParams);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelectorAll("details[open]").forEach((each) => { each.open = false; });
});
addEventListener("popstate", () => go(new URLSearchParams(location.search), true));
if (!state.pages) draw();
