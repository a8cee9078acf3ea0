// Lines between boxes, of what is visible. All lines of a sort are one path, so that thousands cost little.
const MOST_LINES = 700; // more are only drawn when asked for
let scale = 1;

function places() {
  const origin = byId("world").getBoundingClientRect();
  const known = new Map();
  return (box) => {
    let place = known.get(box);
    if (!place) {
      const target = box.classList.contains("crate")
        ? box.firstChild
        : box.classList.contains("folded")
          ? box.querySelector("button")
          : box;
      const rect = target.getBoundingClientRect();
      place = {
        left: (rect.left - origin.left) / scale,
        right: (rect.right - origin.left) / scale,
        middle: ((rect.top + rect.bottom) / 2 - origin.top) / scale,
      };
      known.set(box, place);
    }
    return place;
  };
}

function curve(from, to) {
  const [x1, y1, x2, y2] = [from.right, from.middle, to.left, to.middle].map(
    (value) => Math.round(value * 10) / 10,
  );
  const bend = x2 > x1 ? Math.max(18, (x2 - x1) / 2) : 40;
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

// Pairs of boxes (user, needed), each once: crates without the lines that repeat a longer way, units with all of theirs.
function visiblePairs() {
  const pairs = new Pairs();
  const isOpen = (crate) => openCrates.has(crate) && !foldedLayers.has(crates[crate].layer);
  for (let at = 0; at < data.lines.length; at += 2) {
    const [user, needed] = [data.lines[at], data.lines[at + 1]];
    if (!isOpen(user) && !isOpen(needed)) pairs.add(crateBox(user), crateBox(needed));
  }
  if (openCrates.size) {
    for (let at = 0; at < data.edges.length; at += 2) {
      const [user, needed] = [data.edges[at], data.edges[at + 1]];
      if (isOpen(units[user].crate) || isOpen(units[needed].crate)) pairs.add(unitBox(user), unitBox(needed));
    }
  }
  return pairs.all;
}

class Pairs {
  constructor() {
    this.known = new Map();
    this.all = [];
  }
  add(user, needed) {
    if (user === needed || !user || !needed) return;
    let found = this.known.get(user);
    if (!found) this.known.set(user, (found = new Set()));
    if (found.has(needed)) return;
    found.add(needed);
    this.all.push([user, needed]);
  }
}

function nearPairs(own, reached, swapped) {
  const pairs = new Pairs();
  const steps = swapped ? users : needs;
  for (const unit of own) {
    for (const other of steps[unit]) {
      if (!reached.near.has(other)) continue;
      if (swapped) pairs.add(unitBox(other), unitBox(unit));
      else pairs.add(unitBox(unit), unitBox(other));
    }
  }
  return pairs.all;
}

function drawLines() {
  const place = places();
  const path = (pairs) => pairs.map(([user, needed]) => curve(place(needed), place(user))).join("");
  const draw = (id, pairs) => byId(id).setAttribute("d", path(pairs));
  const visible = visiblePairs();
  const shown = byId("all-lines").checked || (!chosen && visible.length <= MOST_LINES);
  draw("line-base", shown ? visible : []);
  for (const [id, set, swapped] of [
    ["line-needs", chosen?.needs, false],
    ["line-users", chosen?.users, true],
  ]) {
    if (!set) {
      draw(id, []);
      draw(`${id}-far`, []);
      continue;
    }
    const inside = new Set([...set.near, ...set.far].map(unitBox));
    const start = new Set(chosen.own.map(unitBox));
    draw(id, nearPairs(chosen.own, set, swapped));
    draw(
      `${id}-far`,
      visible.filter(
        ([user, needed]) => inside.has(user) && inside.has(needed) && !start.has(user) && !start.has(needed),
      ),
    );
  }
}
