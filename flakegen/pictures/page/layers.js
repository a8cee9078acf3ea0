// What is drawn: layers, in them crates in columns, in them units. Only what is unfolded is in the document.
const foldedLayers = new Set();
const openCrates = new Set();
const boxes = { layer: layers.map(() => null), crate: crates.map(() => null), unit: units.map(() => null) };
let colour = document.documentElement.dataset.colour;

const tone = (node) => data.tones[node.tones[colour]];
const tip = (node) =>
  [node.id, ...node.details.map(([name, value]) => `${name}: ${value}`), tone(node)[1]]
    .filter(Boolean)
    .join("\n");

function drawLayers() {
  layers.forEach((layer, number) => {
    const box = element("section", { class: "layer" });
    boxes.layer[number] = box;
    if (!layer.crates.length) box.hidden = true;
    byId("layers").append(box);
    drawLayer(number);
  });
}

function drawLayer(number) {
  const layer = layers[number];
  const box = boxes.layer[number];
  const folded = foldedLayers.has(number);
  for (const crate of layer.crates) forget(crate);
  box.classList.toggle("folded", folded);
  const button = element(
    "button",
    { type: "button", "aria-expanded": String(!folded), "data-layer": number },
    `${folded ? "▸" : "▾"} ${layer.label} `,
    element("span", { class: "number" }, counted(layer.crates.length, "crate")),
  );
  box.replaceChildren(element("h2", {}, button));
  if (!folded) box.append(element("div", { class: "columns" }, ...layer.columns.map(drawColumn)));
}

const drawColumn = (numbers) => element("div", { class: "column" }, ...numbers.map(drawCrate));

function forget(number) {
  boxes.crate[number] = null;
  for (const unit of crates[number].units) boxes.unit[unit] = null;
}

function drawCrate(number) {
  const crate = crates[number];
  const box = element("div", { class: `crate t${tone(crate)[0]}`, "data-crate": number });
  boxes.crate[number] = box;
  const name = element(
    "button",
    { type: "button", class: "name", "aria-pressed": "false", title: tip(crate) },
    crate.label,
  );
  const row = element("div", { class: "row" });
  if (!crate.leaf) {
    const open = openCrates.has(number);
    row.append(
      element(
        "button",
        {
          type: "button",
          class: "fold",
          "aria-expanded": String(open),
          "aria-label": `Units of ${crate.label}`,
        },
        open ? "▾" : "▸",
      ),
    );
  }
  row.append(name);
  box.append(row);
  if (openCrates.has(number) && !crate.leaf) box.append(drawUnits(crate));
  return box;
}

function drawUnits(crate) {
  return element(
    "div",
    { class: "units" },
    ...crate.units.map((unit) => {
      const name = units[unit].label;
      const short = name.startsWith(crate.label + " ") ? name.slice(crate.label.length + 1) : name;
      boxes.unit[unit] = element(
        "button",
        {
          type: "button",
          class: `unit t${tone(units[unit])[0]}`,
          "data-unit": unit,
          "aria-pressed": "false",
          "aria-label": name,
          title: tip(units[unit]),
        },
        short,
      );
      return boxes.unit[unit];
    }),
  );
}

function redrawCrate(number) {
  const old = boxes.crate[number];
  if (!old) return;
  forget(number);
  old.replaceWith(drawCrate(number));
}

function foldLayer(number, folded) {
  if (foldedLayers.has(number) === folded) return;
  foldedLayers[folded ? "add" : "delete"](number);
  drawLayer(number);
}

function openCrate(number, open) {
  if (openCrates.has(number) === open || crates[number].leaf) return;
  openCrates[open ? "add" : "delete"](number);
  redrawCrate(number);
}

// How far everything is unfolded: layers; crates but for those of the background; crates; units but for those of the background.
function unfoldTo(depth) {
  openCrates.clear();
  foldedLayers.clear();
  layers.forEach((layer, number) => {
    const hidden =
      depth === "layers" ||
      (depth !== "crates" && layer.background && layer.crates.length > (depth === "members" ? 12 : 200));
    if (hidden) foldedLayers.add(number);
    if (depth === "units") for (const crate of layer.crates) if (!crates[crate].leaf) openCrates.add(crate);
  });
  layers.forEach((_, number) => drawLayer(number));
}

function recolour() {
  document.documentElement.dataset.colour = colour;
  for (const kind of ["crate", "unit"]) {
    boxes[kind].forEach((box, number) => {
      if (!box) return;
      const node = KINDS[kind].of[number];
      box.className = box.className.replace(/\bt[0-9u]\b/, `t${tone(node)[0]}`);
      (kind === "crate" ? box.querySelector(".name") : box).title = tip(node);
    });
  }
}

// The box that stands for a unit, or for a crate: itself, or what it is folded into.
function crateBox(crate) {
  return foldedLayers.has(crates[crate].layer) ? boxes.layer[crates[crate].layer] : boxes.crate[crate];
}
const unitBox = (unit) => boxes.unit[unit] ?? crateBox(units[unit].crate);
