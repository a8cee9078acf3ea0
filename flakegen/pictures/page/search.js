// Search: every word must be in a crate's or a unit's name, key, or one of the files that it reads.
const MOST_RESULTS = 60;
let results = [];
let active = -1;

const haystacks = { crate: null, unit: null };
function haystack(kind) {
  haystacks[kind] ??= KINDS[kind].of.map((node) =>
    [node.label, node.id, ...node.details.map(([, value]) => value), ...data.files[node.files]]
      .join("\n")
      .toLowerCase(),
  );
  return haystacks[kind];
}

function find(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return { crate: [], unit: [] };
  const matching = (kind) =>
    haystack(kind).flatMap((hay, number) => (words.every((word) => hay.includes(word)) ? [number] : []));
  const rank = (number) => {
    const label = crates[number].label.toLowerCase();
    return label === words[0] ? 0 : label.startsWith(words[0]) ? 1 : label.includes(words[0]) ? 2 : 3;
  };
  return { crate: matching("crate").sort((a, b) => rank(a) - rank(b) || a - b), unit: matching("unit") };
}

function search() {
  const text = byId("search").value;
  const found = find(text);
  const searching = text.trim() !== "";
  document.body.classList.toggle("searching", searching);
  markMatches(found);
  // Crates first: their units are listed when these are what the words tell apart.
  results = [
    ...found.crate.map((number) => ["crate", number]),
    ...found.unit.map((number) => ["unit", number]),
  ];
  active = results.length ? 0 : -1;
  byId("found").value = searching
    ? `${counted(found.crate.length, "crate")}, ${counted(found.unit.length, "unit")}`
    : "";
  drawResults(text);
}

function markMatches(found) {
  for (const kind of ["layer", "crate", "unit"])
    for (const box of boxes[kind]) box?.classList.remove("match");
  for (const crate of found.crate) crateBox(crate)?.classList.add("match");
  for (const unit of found.unit) {
    boxes.unit[unit]?.classList.add("match");
    crateBox(units[unit].crate)?.classList.add("match");
  }
}

function drawResults(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const items = results.slice(0, MOST_RESULTS).map(([kind, number], place) => {
    const item = element(
      "li",
      { role: "option", id: `result-${place}`, "aria-selected": String(place === active) },
      KINDS[kind].of[number].label,
    );
    item.append(element("small", {}, why(kind, number, words)));
    item.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
    item.addEventListener("click", () => take(place));
    return item;
  });
  if (results.length > MOST_RESULTS)
    items.push(
      element(
        "li",
        { role: "presentation" },
        element("small", {}, `… and ${results.length - MOST_RESULTS} more`),
      ),
    );
  byId("results").replaceChildren(...items);
  showResults(items.length > 0);
}

function why(kind, number, words) {
  const node = KINDS[kind].of[number];
  const name = `${node.label}\n${node.id}`.toLowerCase();
  const file = data.files[node.files].find((each) =>
    words.some((word) => !name.includes(word) && each.toLowerCase().includes(word)),
  );
  return file ? `${kind}, reads ${file}` : `${kind} ${node.id}`;
}

function showResults(shown) {
  byId("results").hidden = !shown;
  byId("search").setAttribute("aria-expanded", String(shown));
  activate(active);
}

function activate(place) {
  active = place;
  [...byId("results").children].forEach((item, number) =>
    item.setAttribute("aria-selected", String(number === place)),
  );
  if (byId("results").hidden || place < 0) byId("search").removeAttribute("aria-activedescendant");
  else {
    byId("search").setAttribute("aria-activedescendant", `result-${place}`);
    byId(`result-${place}`)?.scrollIntoView({ block: "nearest" });
  }
}

function take(place) {
  if (!results[place]) return;
  showResults(false);
  choose(...results[place], { move: true });
  markMatches(find(byId("search").value));
}

function searchKey(event) {
  const last = Math.min(results.length, MOST_RESULTS) - 1;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (byId("results").hidden && results.length) showResults(true);
    else activate(Math.max(0, Math.min(last, active + (event.key === "ArrowDown" ? 1 : -1))));
  } else if (event.key === "Enter") {
    event.preventDefault();
    take(active);
  } else if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    byId("search").value = "";
    search();
    byId("view").focus();
  }
}
