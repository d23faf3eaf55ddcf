// The page of networks: the chosen one, with its drawing, totals and layers. Planning and feature maps are separate modules.
import { byId, el } from "../common/dom.ts";
import { CATALOGUE, NAMES } from "./catalogue.ts";
import { draw } from "./drawing.ts";
import { featureMapsFor, startFeatureMaps } from "./feature-maps.ts";
import { layerTable } from "./layer-table.ts";
import { plannerFor } from "./planner.ts";
import { type State, hashOf, parseHash } from "./state.ts";
import { kindsOf, leftOut, lineOf, totalsOf } from "./totals.ts";
import { walk } from "./walk.ts";

const READOUT = "Point at a layer to read its numbers; the table below has them all.";

const choice = byId("choice");
const readout = byId("readout");

let state = parseHash(location.hash);

function renderChoice(): void {
  choice.append(
    ...NAMES.map((name) => {
      const { name: words, year } = CATALOGUE[name];
      return el(
        "label",
        { class: "pill" },
        el("input", { type: "radio", name: "network", value: name, change: () => change({ network: name }) }),
        el("span", {}, words, " ", el("span", { class: "year" }, year)),
      );
    }),
  );
}

function renderNetwork(): void {
  const { network } = state;
  const about = CATALOGUE[network];
  const walked = walk(network);
  document.title = `${about.name} - Networks - Convoke`;
  byId("network-name").textContent = about.name;
  byId("idea").textContent = about.idea;
  byId("paper").textContent = `${about.paper} (${about.year}).`;
  byId("left-out").textContent = leftOut(about);
  byId("totals").replaceChildren(totalsOf(walked));
  byId("kinds").replaceChildren(kindsOf(walked));
  const table = layerTable(walked, light);
  byId("layers").replaceChildren(table);
  byId("layers").scrollTop = 0;
  readout.textContent = READOUT;
  const { convs } = walked;
  const drawing = draw(
    walked,
    `${about.name}: the maps of its ${convs.length} convolutions as slabs, from ${convs[0]!.shape.input.join(" by ")} pixels on, and each layer's share of multiply-adds and parameters as bars`,
    light,
  );
  byId("drawing").replaceChildren(drawing.element);
  const rows = new Map(
    [...table.querySelectorAll<HTMLElement>("[data-number]")].map((row) => [row.dataset["number"], row]),
  );
  let lit: HTMLElement | undefined;
  function light(number: number | undefined): void {
    drawing.light(number);
    lit?.classList.remove("on");
    lit = number === undefined ? undefined : rows.get(String(number));
    lit?.classList.add("on");
    readout.textContent = number === undefined ? READOUT : lineOf(convs[number - 1]!, walked);
  }
}

function render(): void {
  for (const input of choice.querySelectorAll("input")) input.checked = input.value === state.network;
  renderNetwork();
  plannerFor(state.network);
  featureMapsFor(state);
}

function change(part: Partial<State>): void {
  const before = state;
  state = { ...state, ...part };
  history.replaceState(null, "", hashOf(state));
  if (state.network === before.network) featureMapsFor(state);
  else render();
}

renderChoice();
startFeatureMaps(change);
render();
addEventListener("hashchange", () => {
  state = parseHash(location.hash);
  render();
});
