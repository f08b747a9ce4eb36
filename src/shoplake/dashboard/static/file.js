// In a file there is nobody to ask: what each page shows is in it, packed, and what stands behind # tells which page and state.
const unpacked = {}, first = Object.keys(state.pages)[0];
let page = "", here = location.hash;

async function unpack(name) {
  if (!unpacked[name]) {
    const bytes = Uint8Array.from(atob(document.getElementById("answers-" + name).textContent), (each) => each.charCodeAt(0));
    unpacked[name] = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
  }
  return unpacked[name];
}

function where() {
  const [name, query] = here.slice(1).split("?"), address = new URLSearchParams(query);
  const period = Math.max(0, state.periods.findIndex((each) => each.name === address.get("period")));
  const filter = Math.max(0, state.filters.indexOf(address.get("filter") || ""));
  return { name: state.pages[name] ? name : first, period, filter };
}

// A part is its markup with holes, by number, and what stands in them; rows are values, key by key.
function answers(packed, at) {
  const of = (told) => told.each[told.at[at]];
  const text = ([form, ...words]) => packed.forms[form].map((piece, i) => piece + (words[i] ?? "")).join("");
  const rows = (keys, values) => Array.from({ length: values.length / keys.length }, (_, i) => Object.fromEntries(keys.map((key, j) => [key, values[i * keys.length + j]])));
  return {
    parts: Object.fromEntries(Object.entries(packed.parts).map(([id, told]) => [id, text(of(told))])),
    rows: Object.fromEntries(Object.entries(packed.rows).map(([name, told]) => [name, rows(told.keys, of(told))])),
  };
}

async function turn() {
  const { name, period, filter } = where(), mine = ++latest;
  const found = answers(await unpack(name), period * state.filters.length + filter);
  if (mine !== latest) return;
  const isOther = name !== page;
  if (isOther) {
    Object.assign(state, state.pages[name], { rows: found.rows });
    for (const each of Object.keys(views)) delete views[each];
    document.getElementById("main").innerHTML = document.getElementById("page-" + name).innerHTML;
    document.title = state.title;
    for (const each of document.querySelectorAll("[data-page]")) each.dataset.page === name ? each.setAttribute("aria-current", "page") : each.removeAttribute("aria-current");
    page = name;
  }
  put(found.parts);
  const form = document.querySelector(".filters");
  form.period.value = state.periods[period].name;
  if (form.filter) form.filter.value = state.filters[filter];
  document.getElementById("told").textContent = state.periods[period].told;
  const query = here.split("?")[1];
  for (const each of document.querySelectorAll("[data-page]")) each.href = "#" + each.dataset.page + (query ? "?" + query : "");
  await (isOther ? draw() : Promise.all(Object.entries(found.rows).map(([tile, rows]) => show(tile, rows))));
}

// From the form both come; from a chart what was clicked, which goes again with a second click; to clear, neither.
go = (address, isBack) => {
  if (isBack) return;
  const now = where(), pairs = [...address].filter(([name]) => name !== "period");
  const clicked = pairs.map((pair) => pair.join("=")).find((each) => state.filters.includes(each));
  const isForm = address.has("period");
  const filter = isForm ? address.get("filter") : clicked === state.filters[now.filter] ? "" : clicked;
  if (!isForm && pairs.length && clicked === undefined) return;
  const next = new URLSearchParams();
  const period = isForm ? address.get("period") : pairs.length ? state.periods[now.period].name : "";
  if (period && period !== state.periods[0].name) next.set("period", period);
  if (filter) next.set("filter", filter);
  location.hash = now.name + (next.size ? "?" + next : "");
};
addEventListener("hashchange", () => {
  if (location.hash === "#main") return; // skips to the figures
  here = location.hash;
  turn();
});
turn();
