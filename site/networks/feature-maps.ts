// The part of the page with filters and feature maps: the choice, the two grids, and the pair that is shown large.
import { type NetworkName, SEQUENCES } from "../../bench/networks.ts";
import { byId, el } from "../common/dom.ts";
import { number } from "../common/format.ts";
import { CATALOGUE } from "./catalogue.ts";
import { makeBank } from "./filters.ts";
import { ImageGrid } from "./image-grid.ts";
import { type MapPicture, filterPicture, loadInput, mapPicture, paint } from "./pictures.ts";
import { type Bank, LARGEST_SEED, MOST_FILTERS, type State } from "./state.ts";

const bank = byId("bank", HTMLSelectElement);
const seed = byId("seed", HTMLInputElement);
const filters = byId("filters", HTMLSelectElement);
const compute = byId("compute", HTMLButtonElement);
const status = byId("maps-status");
const geometry = byId("geometry");
const results = byId("maps-results");
const trouble = byId("maps-trouble");
const shownFilter = byId("shown-filter", HTMLCanvasElement);
const shownMap = byId("shown-map", HTMLCanvasElement);
const shownWords = byId("shown-words");
const photo = byId("photo", HTMLCanvasElement);
const filterGrid = new ImageGrid(byId("filter-grid"), (index) => show(index));
const mapGrid = new ImageGrid(byId("map-grid"), (index) => show(index));

/** The number of maps to paint before the page may draw again. */
const AT_ONCE = 8;

let network: NetworkName = "alexnet";
/** Counts requests, so that late answers are dropped. */
let asked = 0;
let pairs: { filter: ImageData; map: MapPicture; label: string }[] = [];

const first = () => SEQUENCES[network][0]!;

function show(index: number): void {
  const pair = pairs[index];
  if (!pair) return;
  paint(shownFilter, pair.filter);
  paint(shownMap, pair.map.picture);
  shownWords.replaceChildren(
    el("strong", {}, `Filter ${index + 1}`),
    `: ${pair.label}. Its map runs from ${number(pair.map.least)} (black) to ${number(pair.map.most)} (white).`,
  );
  filterGrid.mark(index);
  mapGrid.mark(index);
}

function choices(wanted: number): void {
  const most = Math.min(MOST_FILTERS, first().outputs);
  const counts = [...new Set([8, 16, 32, most].filter((count) => count <= most))];
  filters.replaceChildren(...counts.map((count) => el("option", { value: count }, count)));
  const fitting = counts.filter((count) => count <= wanted).at(-1) ?? counts[0]!;
  filters.value = String(fitting);
}

function describe(): string {
  const { kernel, stride, padding, input, channels, outputs } = first();
  const { name } = CATALOGUE[network];
  const border = padding === 0 ? "no padding" : `padding ${padding}`;
  return `As ${name} starts: ${channels === 1 ? "grey" : "colour"} pictures of ${input.join(" × ")}, ${outputs} filters of ${kernel.join(" × ")}, stride ${stride}, ${border}.`;
}

function clear(): void {
  asked++;
  pairs = [];
  filterGrid.clear();
  mapGrid.clear();
  results.hidden = true;
  status.textContent = "";
  trouble.replaceChildren();
}

/** Shows a choice, and drops the results of the previous one. */
export function featureMapsFor(state: State): void {
  network = state.network;
  bank.value = state.bank;
  seed.value = String(state.seed);
  seed.disabled = state.bank !== "random";
  choices(state.filters);
  geometry.textContent = describe();
  clear();
}

async function draw(): Promise<void> {
  clear();
  const mine = asked;
  const layer = first();
  const size = layer.kernel[0]!;
  status.textContent = "Convolving the photo.";
  try {
    const made = makeBank(bank.value as Bank, Number(filters.value), layer.channels, size, seed.valueAsNumber);
    const [{ runFilters }, { breathe }] = await Promise.all([import("./run-filters.ts"), import("./work.ts")]);
    const input = await loadInput(layer.channels, layer.input[0]!);
    const { maps, size: mapSize, algorithm } = await runFilters(layer, input.values, made);
    if (mine !== asked) return;
    paint(photo, input.picture);
    results.hidden = false;
    const terms = layer.channels * size * size;
    for (const [index, values] of maps.entries()) {
      const filter = filterPicture(made.weights.subarray(index * terms, (index + 1) * terms), layer.channels, size);
      const map = mapPicture(values, mapSize);
      const label = made.labels[index]!;
      pairs.push({ filter, map, label });
      filterGrid.add(filter, `Filter ${index + 1}: ${label}`);
      mapGrid.add(map.picture, `Feature map ${index + 1} of ${maps.length}`);
      if (index === 0) show(0);
      if (index % AT_ONCE === AT_ONCE - 1) await breathe();
      if (mine !== asked) return;
    }
    status.textContent = `${maps.length} maps of ${mapSize} × ${mapSize}, by ${algorithm}.`;
  } catch (error) {
    if (mine !== asked) return;
    const { explainFailure } = await import("../common/engine.ts");
    status.textContent = "";
    trouble.replaceChildren(explainFailure(error));
  }
}

/** @param onChange called with each new choice */
export function startFeatureMaps(onChange: (change: Partial<State>) => void): void {
  compute.addEventListener("click", () => void draw());
  bank.addEventListener("change", () => onChange({ bank: bank.value as Bank }));
  filters.addEventListener("change", () => onChange({ filters: Number(filters.value) }));
  seed.addEventListener("change", () => {
    const wanted = Math.round(seed.valueAsNumber);
    onChange({ seed: Number.isFinite(wanted) ? Math.max(1, Math.min(LARGEST_SEED, wanted)) : 1 });
  });
}
