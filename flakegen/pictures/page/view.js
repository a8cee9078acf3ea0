// Looking around: zoom, drag, and what is in the middle.
const SMALLEST = 0.08;
const LARGEST = 3;

// The scrolled space is as large as the world looks.
function resize() {
  const world = byId("world");
  byId("space").style.width = `${world.offsetWidth * scale}px`;
  byId("space").style.height = `${world.offsetHeight * scale}px`;
}

function zoomTo(wanted, x, y) {
  const view = byId("view");
  const [atX, atY] = [x ?? view.clientWidth / 2, y ?? view.clientHeight / 2];
  const next = Math.min(LARGEST, Math.max(SMALLEST, wanted));
  const ratio = next / scale;
  const [left, top] = [(view.scrollLeft + atX) * ratio - atX, (view.scrollTop + atY) * ratio - atY];
  scale = next;
  byId("world").style.transform = `scale(${scale})`;
  resize();
  view.scrollTo({ left, top, behavior: "instant" });
}

function fit(smallest = SMALLEST) {
  const world = byId("world");
  const view = byId("view");
  zoomTo(
    Math.max(
      smallest,
      Math.min(1, view.clientWidth / world.offsetWidth, view.clientHeight / world.offsetHeight),
    ),
  );
}

function center(kind, number) {
  const box = boxOf(kind, number);
  if (!box) return;
  if (scale < 0.5) zoomTo(0.8);
  box.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
}

function wheel(event) {
  if (!event.ctrlKey && !event.metaKey) return; // the view scrolls
  event.preventDefault();
  const view = byId("view").getBoundingClientRect();
  zoomTo(scale * Math.exp(-event.deltaY / 300), event.clientX - view.left, event.clientY - view.top);
}

function drag(start) {
  if (start.button !== 0 || start.target.closest("button")) return;
  const view = byId("view");
  const { left, top } = view.getBoundingClientRect();
  if (start.clientX - left >= view.clientWidth || start.clientY - top >= view.clientHeight) return; // a scroll bar
  const from = { x: start.clientX + view.scrollLeft, y: start.clientY + view.scrollTop };
  const move = (event) =>
    view.scrollTo({ left: from.x - event.clientX, top: from.y - event.clientY, behavior: "instant" });
  const stop = () => {
    view.classList.remove("held");
    view.removeEventListener("pointermove", move);
  };
  view.classList.add("held");
  view.setPointerCapture(start.pointerId);
  view.addEventListener("pointermove", move);
  for (const name of ["pointerup", "pointercancel"]) view.addEventListener(name, stop, { once: true });
}

// Two words are the ends of a scale; more are a colour each.
function drawLegend() {
  const words = data.legends[colour];
  const swatch = (step) => element("i", { class: `t${step}` });
  const scaled = () => [
    words[0],
    element("span", {}, ...Array.from({ length: 10 }, (_, step) => swatch(step))),
    words[1],
  ];
  const single = () =>
    words.flatMap((word, number) => [
      swatch(Math.min(9, Math.floor((number * 10) / (words.length - 1)))),
      word,
    ]);
  const lines = [
    element("i", { class: "swatch needs" }),
    "needed by it",
    element("i", { class: "swatch users" }),
    "needs it",
  ];
  byId("legend").replaceChildren(...(words.length === 2 ? scaled() : single()), ...lines);
}
