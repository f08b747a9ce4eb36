// A page is whole without this; with it, a filter changes what it changes and nothing else.
"use strict";
const state = JSON.parse(document.getElementById("state").textContent);
const views = {};
let latest = 0;

function show(name, rows) {
  if (views[name]) return views[name].data("rows", rows).runAsync();
}

async function draw() {
  const options = { actions: false, renderer: "svg", formatLocale: state.locale, ast: true, tooltip: { theme: "custom" } };
  for (const [name, spec] of Object.entries(state.specs)) {
    const place = document.getElementById("chart-" + name);
    const made = await vegaEmbed(place, { ...spec, datasets: { rows: state.rows[name] || [] } }, options);
    views[name] = made.view;
    const by = state.clicks[name];
    made.view.addEventListener("click", (event, item) => {
      if (!item || !item.datum || !by) return;
      const address = new URLSearchParams(location.search);
      [item.datum.key, item.datum.key_x].slice(0, by.length).forEach((value, at) => by[at] && value !== undefined && toggle(address, by[at], value));
      go(address);
    });
  }
  document.body.dataset.drawn = "yes";
}

function toggle(address, name, value) {
  const there = address.getAll(name);
  address.delete(name);
  (there.includes(value) ? there.filter((each) => each !== value) : [...there, value]).forEach((each) => address.append(name, each));
}

// What the page shows in a state: asked of the server, or, in a file, looked up.
async function answer(address) {
  if (state.answers) return state.answers[address];
  const found = await fetch(location.pathname + (address ? "?" + address : ""), { headers: { Accept: "application/json" } });
  return found.json();
}

async function go(address, isBack) {
  const text = address.toString(), mine = ++latest;
  document.body.classList.add("loading");
  const found = await answer(text).catch(() => null);
  if (mine !== latest) return;
  document.body.classList.remove("loading");
  if (!found) return location.assign("?" + text);
  const open = [...document.querySelectorAll("#filters details[open] > summary")].map((each) => each.firstChild.textContent.trim());
  const focused = document.activeElement && document.activeElement.name && [document.activeElement.name, document.activeElement.value];
  for (const [id, html] of Object.entries(found.parts)) {
    const place = document.getElementById(id);
    if (place) place.innerHTML = html;
  }
  for (const each of document.querySelectorAll("#filters details > summary")) if (open.includes(each.firstChild.textContent.trim())) each.parentNode.open = true;
  if (focused) for (const each of document.querySelectorAll("#filters [name]")) if (each.name === focused[0] && (each.type !== "checkbox" || each.value === focused[1])) each.focus();
  if (!isBack) history.pushState(null, "", found.address ? "?" + found.address : location.pathname);
  for (const each of document.querySelectorAll("[data-page]")) each.href = each.dataset.page + (found.address ? "?" + found.address : "");
  await Promise.all(Object.entries(found.rows).map(([name, rows]) => show(name, rows)));
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
draw();
