// What is chosen, and what it needs and what needs it.
let chosen = null;
const MARKS = ["chosen", "needs", "needs-far", "users", "users-far"];

function choose(kind, number, { move = false } = {}) {
  if (!(number in (KINDS[kind]?.of ?? []))) return;
  const own = KINDS[kind].units(number);
  chosen = { kind, number, own, needs: reach(own, needs), users: reach(own, users) };
  if (move) show(kind, number);
  refresh();
  if (move) center(kind, number);
  remember();
}

function chooseNothing() {
  chosen = null;
  refresh();
  remember();
}

// Unfold what hides it.
function show(kind, number) {
  const crate = kind === "unit" ? units[number].crate : kind === "crate" ? number : null;
  if (crate === null) return;
  foldLayer(crates[crate].layer, false);
  if (kind === "unit") openCrate(crate, true);
}

// After anything has changed: marks, panel, lines, in this order, as lines go where the boxes are.
function refresh() {
  mark();
  drawPanel();
  resize();
  drawLines();
}

function mark() {
  document.body.classList.toggle("choosing", chosen !== null);
  for (const box of [...boxes.layer, ...boxes.crate, ...boxes.unit]) {
    if (!box) continue;
    box.classList.remove("hit", ...MARKS);
    const button = box.matches("button") ? box : box.querySelector(".name");
    button?.setAttribute("aria-pressed", "false");
  }
  if (!chosen) return;
  markUnits(chosen.needs.far, "needs-far");
  markUnits(chosen.users.far, "users-far");
  markUnits(chosen.needs.near, "needs");
  markUnits(chosen.users.near, "users");
  markUnits(chosen.own, chosen.kind === "output" ? "needs" : null);
  const box = boxOf(chosen.kind, chosen.number);
  box?.classList.add("chosen", "hit");
  (box?.matches("button") ? box : box?.querySelector(".name"))?.setAttribute("aria-pressed", "true");
}

const boxOf = (kind, number) =>
  kind === "unit" ? unitBox(number) : kind === "crate" ? crateBox(number) : null;

// The crate of a marked unit that is visible itself is marked too, as one would look for the crate first.
function markUnits(unitNumbers, name) {
  for (const unit of unitNumbers) {
    for (const box of [unitBox(unit), crateBox(units[unit].crate)]) {
      if (!box) continue;
      box.classList.add("hit");
      if (name) box.classList.add(name);
    }
  }
}

// The address tells what is chosen, so that it can be sent to somebody.
function remember() {
  const name =
    chosen && ["crate", "unit"].includes(chosen.kind)
      ? `#${chosen.kind}=${encodeURIComponent(KINDS[chosen.kind].of[chosen.number].id)}`
      : "#";
  history.replaceState(null, "", name);
}

function recall() {
  const [kind, name] = location.hash.slice(1).split("=");
  if (kind !== "crate" && kind !== "unit") return;
  let id = "";
  try {
    id = decodeURIComponent(name ?? "");
  } catch {
    return; // an address that somebody cut
  }
  const number = KINDS[kind].of.findIndex((node) => node.id === id);
  if (number >= 0) choose(kind, number, { move: true });
}
