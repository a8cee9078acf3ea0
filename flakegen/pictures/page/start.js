// What the reader does, and how it begins.
function clicked(event) {
  const target = event.target.closest("button");
  if (!target) return;
  const crate = target.closest(".crate")?.dataset.crate;
  if (target.dataset.layer !== undefined) toggleLayer(Number(target.dataset.layer));
  else if (target.dataset.unit !== undefined) toggle("unit", Number(target.dataset.unit));
  else if (target.classList.contains("fold")) toggleCrate(Number(crate));
  else if (crate !== undefined) toggle("crate", Number(crate));
}

function toggle(kind, number) {
  if (chosen?.kind === kind && chosen.number === number) chooseNothing();
  else choose(kind, number);
}

function toggleLayer(number) {
  foldLayer(number, !foldedLayers.has(number));
  refreshAll();
  byId("layers").querySelector(`[data-layer="${number}"]`).focus({ preventScroll: true });
}

function toggleCrate(number, open = !openCrates.has(number)) {
  openCrate(number, open);
  refreshAll();
  boxes.crate[number].querySelector(".fold")?.focus({ preventScroll: true });
}

function refreshAll() {
  refresh();
  markMatches(find(byId("search").value));
}

function keyed(event) {
  if (event.target.matches("input[type=search]") || event.ctrlKey || event.metaKey || event.altKey) return;
  const crate = event.target.closest?.(".crate")?.dataset.crate;
  const does = {
    "/": () => byId("search").focus(),
    Escape: chooseNothing,
    "+": () => zoomTo(scale * 1.25),
    "-": () => zoomTo(scale / 1.25),
    0: () => fit(),
    ArrowRight: crate === undefined ? null : () => toggleCrate(Number(crate), true),
    ArrowLeft: crate === undefined ? null : () => toggleCrate(Number(crate), false),
  }[event.key];
  if (!does) return;
  event.preventDefault();
  does();
}

function listen() {
  byId("layers").addEventListener("click", clicked);
  byId("view").addEventListener("wheel", wheel, { passive: false });
  byId("view").addEventListener("pointerdown", drag);
  byId("search").addEventListener("input", search);
  byId("search").addEventListener("keydown", searchKey);
  byId("search").addEventListener("focus", () => showResults(results.length > 0));
  byId("search").addEventListener("blur", () => showResults(false));
  byId("smaller").addEventListener("click", () => zoomTo(scale / 1.25));
  byId("larger").addEventListener("click", () => zoomTo(scale * 1.25));
  byId("fit").addEventListener("click", () => fit());
  byId("all-lines").addEventListener("change", drawLines);
  document.addEventListener("keydown", keyed);
  window.addEventListener("hashchange", recall);
  for (const radio of document.getElementsByName("colour"))
    radio.addEventListener("change", () => changeColour(radio.value));
  for (const button of document.querySelectorAll("[data-unfold]")) {
    button.addEventListener("click", () => {
      unfoldTo(button.dataset.unfold);
      refreshAll();
      fit(0.5);
      if (chosen) center(chosen.kind, chosen.number);
    });
  }
}

function changeColour(name) {
  colour = name;
  recolour();
  drawLegend();
  if (chosen) drawPanel();
}

drawLayers();
unfoldTo(data.opened);
drawLegend();
listen();
refresh();
fit(0.5);
recall();
document.documentElement.dataset.ready = "true";
