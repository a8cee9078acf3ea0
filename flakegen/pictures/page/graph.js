"use strict";
// The graph itself: what the page was given, and the questions that are asked of it. Everything is told by its number.
const data = JSON.parse(document.getElementById("data").textContent);
const { layers, crates, units, outputs } = data;

const needs = units.map(() => []);
const users = units.map(() => []);
for (let at = 0; at < data.edges.length; at += 2) {
  needs[data.edges[at]].push(data.edges[at + 1]);
  users[data.edges[at + 1]].push(data.edges[at]);
}
for (const crate of crates) crate.units = [];
units.forEach((unit, number) => crates[unit.crate].units.push(number));
layers.forEach((layer, number) => {
  layer.crates = layer.columns.flat();
  for (const crate of layer.crates) crates[crate].layer = number;
});
// A crate that is its only unit has nothing to unfold.
for (const crate of crates) crate.leaf = crate.units.length === 1 && units[crate.units[0]].id === crate.id;

// What is chosen is of a kind, and has a number within its kind.
const KINDS = {
  crate: { of: crates, units: (number) => crates[number].units },
  unit: { of: units, units: (number) => [number] },
  output: { of: outputs, units: (number) => outputs[number][1] },
};

// All that can be reached from some units, themselves left out, by how far it is: direct, or beyond that.
function reach(starts, steps) {
  const own = new Set(starts);
  const near = new Set();
  for (const unit of starts) for (const next of steps[unit]) if (!own.has(next)) near.add(next);
  const far = new Set();
  const waiting = [...near];
  while (waiting.length) {
    for (const next of steps[waiting.pop()]) {
      if (own.has(next) || near.has(next) || far.has(next)) continue;
      far.add(next);
      waiting.push(next);
    }
  }
  return { near, far };
}

// The outputs that are made from at least one of these units.
function outputsWith(own, reached) {
  const inside = (unit) => own.has(unit) || reached.near.has(unit) || reached.far.has(unit);
  return outputs.flatMap(([, roots], number) => (roots.some(inside) ? [number] : []));
}

function cratesOf(unitNumbers) {
  const found = new Set();
  for (const unit of unitNumbers) found.add(units[unit].crate);
  return found;
}

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const byId = (id) => document.getElementById(id);
const counted = (count, one, many = one + "s") => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
