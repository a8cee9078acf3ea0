// The panel: all about what is chosen, or about the whole.
const MOST_ITEMS = 150;

function drawPanel() {
  byId("panel").replaceChildren(...(chosen ? aboutChosen() : aboutAll()));
}

function aboutAll() {
  return [
    element("h2", {}, "Everything"),
    element(
      "p",
      { class: "soft" },
      `${counted(crates.length, "crate")}, ${counted(units.length, "unit")}, ${counted(layers.filter((layer) => layer.crates.length).length, "layer")}. What stands further right needs what stands further left.`,
    ),
    element(
      "p",
      {},
      "Choose a crate or a unit to see ",
      element("span", { class: "needs" }, "what it needs"),
      " and ",
      element("span", { class: "users" }, "what needs it"),
      ".",
    ),
    element(
      "p",
      { class: "soft" },
      element("kbd", {}, "/"),
      " search, ",
      element("kbd", {}, "Esc"),
      " choose nothing, ",
      element("kbd", {}, "+"),
      " ",
      element("kbd", {}, "-"),
      " ",
      element("kbd", {}, "0"),
      " zoom, ",
      element("kbd", {}, "←"),
      " ",
      element("kbd", {}, "→"),
      " on a crate: fold, unfold.",
    ),
    ...list(
      "Outputs",
      "output",
      outputs.map((_, number) => number),
      true,
    ),
  ];
}

function aboutChosen() {
  const close = element(
    "button",
    { type: "button", class: "close", "aria-label": "Choose nothing" },
    "Close",
  );
  close.addEventListener("click", chooseNothing);
  return [
    close,
    ...(chosen.kind === "output" ? aboutOutput() : aboutNode(KINDS[chosen.kind].of[chosen.number])),
    ...around(),
  ];
}

function aboutNode(node) {
  const pairs = [...node.details];
  const layer = layers[chosen.kind === "unit" ? crates[node.crate].layer : node.layer];
  pairs.push(["layer", layer.label]);
  for (const [name, number] of Object.entries(node.tones))
    if (name !== "layer" && data.tones[number][1]) pairs.push([name, data.tones[number][1]]);
  const head = [element("h2", {}, node.label), element("p", { class: "soft" }, chosen.kind)];
  return [
    ...head,
    element(
      "dl",
      {},
      ...pairs.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
    ),
  ];
}

function aboutOutput() {
  const made = `output, made from ${counted(chosen.own.length, "unit")} of ${counted(cratesOf(chosen.own).size, "crate")} directly`;
  return [element("h2", {}, outputs[chosen.number][0]), element("p", { class: "soft" }, made)];
}

function around() {
  const byCrate = chosen.kind !== "unit";
  const kind = byCrate ? "crate" : "unit";
  const named = (numbers) =>
    (byCrate
      ? [...cratesOf(numbers)].filter((crate) => chosen.kind !== "crate" || crate !== chosen.number)
      : [...numbers]
    ).sort((a, b) => KINDS[kind].of[a].label.localeCompare(KINDS[kind].of[b].label, "en") || a - b);
  const all = (set) => ` directly, ${counted(named([...set.near, ...set.far]).length, kind)} in all`;
  const parts = [
    ...list("Needs", kind, named(chosen.needs.near), true, "needs", all(chosen.needs)),
    ...list("Needed by", kind, named(chosen.users.near), true, "users", all(chosen.users)),
  ];
  if (chosen.kind === "output") parts.unshift(...list("Made from", "crate", named(chosen.own), true));
  if (chosen.kind !== "output")
    parts.push(...list("In outputs", "output", outputsWith(new Set(chosen.own), chosen.users), true));
  if (chosen.kind === "crate" && !crates[chosen.number].leaf)
    parts.push(...list("Units", "unit", chosen.own, false));
  const node = KINDS[chosen.kind].of[chosen.number];
  const files = data.files[node.files] ?? [];
  if (files.length)
    parts.push(
      section(
        "Files beyond modules",
        files.length,
        files.slice(0, MOST_ITEMS).map((name) => element("li", {}, name)),
        false,
      ),
    );
  return parts;
}

function list(title, kind, numbers, open, name = "", more = "") {
  if (!numbers.length) return [];
  const items = numbers.slice(0, MOST_ITEMS).map((number) => element("li", {}, jump(kind, number)));
  return [section(title, numbers.length, items, open, name, more)];
}

function section(title, count, items, open, name = "", more = "") {
  const left = count - items.length;
  if (left > 0) items.push(element("li", { class: "soft" }, `… and ${left} more`));
  const box = element(
    "details",
    { "data-list": title },
    element("summary", { class: name }, more ? `${title} ${count}${more}` : `${title} (${count})`),
    element("ul", {}, ...items),
  );
  box.open = open;
  return box;
}

function jump(kind, number) {
  const node = KINDS[kind].of[number];
  const button = element("button", { type: "button" }, kind === "output" ? node[0] : node.label);
  button.addEventListener("click", () => choose(kind, number, { move: true }));
  return button;
}
