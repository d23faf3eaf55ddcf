// The receptive field of the visitor's stack of layers: a table to edit it, and a one-dimensional drawing of the cells that affect one
// output.
import { byId, el, svg } from "../common/dom.ts";
import { type Layer, cone, reaches } from "./receptive.ts";
import { MOST_LAYERS } from "./state.ts";

const CHOICES: Record<keyof Layer, readonly number[]> = {
  kernel: [1, 2, 3, 4, 5, 7, 9, 11],
  stride: [1, 2, 3, 4],
  dilation: [1, 2, 3, 4, 8, 16, 32, 64],
};

/** The most cells to draw: more would blur. */
const MOST_CELLS = 64;

export class Stack {
  #layers: readonly Layer[] = [];
  readonly #changed: (layers: readonly Layer[]) => void;

  constructor(layers: readonly Layer[], changed: (layers: readonly Layer[]) => void) {
    this.#changed = changed;
    byId("add-layer").addEventListener("click", () => {
      this.#change([...this.#layers, this.#layers.at(-1) ?? { kernel: 3, stride: 1, dilation: 1 }]);
    });
    this.show(layers);
  }

  show(layers: readonly Layer[]): void {
    this.#layers = layers;
    byId("layers").replaceChildren(...layers.map((layer, index) => this.#row(layer, index)));
    byId("add-layer", HTMLButtonElement).disabled = layers.length >= MOST_LAYERS;
    this.#showReach();
  }

  #change(layers: readonly Layer[]): void {
    this.show(layers);
    this.#changed(layers);
  }

  #row(layer: Layer, index: number): HTMLElement {
    const number = index + 1;
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, number),
      ...(["kernel", "stride", "dilation"] as const).map((key) => el("td", {}, this.#select(layer, index, key))),
      el("td", { class: "number jump" }),
      el("td", { class: "number reach" }),
      el(
        "td",
        {},
        el(
          "button",
          { type: "button", class: "remove", "aria-label": `Remove layer ${number}`, click: () => this.#remove(index) },
          "×",
        ),
      ),
    );
  }

  #remove(index: number): void {
    this.#change(this.#layers.filter((_, other) => other !== index));
    // The focused button is gone.
    const buttons = document.querySelectorAll<HTMLElement>("#layers .remove");
    (buttons[Math.min(index, buttons.length - 1)] ?? byId("add-layer")).focus();
  }

  #select(layer: Layer, index: number, key: keyof Layer): HTMLElement {
    // A link may hold a value outside the options.
    const values = [...new Set([...CHOICES[key], layer[key]])].toSorted((a, b) => a - b);
    const select = el(
      "select",
      { "aria-label": `${key} of layer ${index + 1}` },
      ...values.map((value) => el("option", { value, selected: value === layer[key] }, value)),
    );
    select.addEventListener("change", () => {
      // Keeps the row, and with it the focus.
      this.#layers = this.#layers.map((other, i) => (i === index ? { ...other, [key]: Number(select.value) } : other));
      this.#showReach();
      this.#changed(this.#layers);
    });
    return select;
  }

  #showReach(): void {
    const found = reaches(this.#layers);
    for (const [index, row] of [...byId("layers").children].entries()) {
      row.querySelector(".jump")!.textContent = String(found[index - 1]?.jump ?? 1);
      row.querySelector(".reach")!.textContent = String(found[index]!.field);
    }
    const field = found.at(-1)?.field ?? 1;
    byId("field").replaceChildren(
      "One output sees ",
      el("strong", { class: "in" }, field === 1 ? "1 input cell" : `${field} × ${field} input cells`),
      ".",
    );
    const isDrawn = field <= MOST_CELLS;
    const hint = isDrawn
      ? "Along one side: the input below, one output of the last layer on top."
      : `${field} cells along a side are too many to draw.`;
    byId("cone").replaceChildren(
      ...(isDrawn ? [drawCone(this.#layers, field)] : []),
      el("p", { class: "muted small hint" }, hint),
    );
  }
}

/** Draws one dimension of the stack: the input at the bottom, the output on top, a line for every product. */
function drawCone(layers: readonly Layer[], field: number): SVGElement {
  const [step, rise, edge] = [22, 56, 14];
  const levels = cone(layers);
  const width = Math.max(field * step, step) + 2 * edge;
  const height = layers.length * rise + 2 * edge;
  const jumps = [1, ...reaches(layers).map(({ jump }) => jump)];
  // A cell is drawn above the middle of its receptive field.
  const offsets = [0, ...reaches(layers).map((reach) => (reach.field - 1) / 2)];
  const x = (level: number, cell: number): number => edge + step / 2 + (cell * jumps[level]! + offsets[level]!) * step;
  const y = (level: number): number => height - edge - level * rise;
  const lines = layers.flatMap(({ kernel, stride, dilation }, level) =>
    levels[level + 1]!.flatMap((cell) =>
      Array.from({ length: kernel }, (_, tap) =>
        svg("line", {
          class: "link",
          x1: x(level + 1, cell),
          y1: y(level + 1),
          x2: x(level, cell * stride + tap * dilation),
          y2: y(level),
        }),
      ),
    ),
  );
  const reached = new Set(levels[0]);
  const cells = [
    ...Array.from({ length: field }, (_, cell) =>
      svg("circle", { class: reached.has(cell) ? "dot input" : "dot unread", cx: x(0, cell), cy: y(0), r: 7 }),
    ),
    ...levels.slice(1).flatMap((level, i) =>
      level.map((cell) =>
        svg("circle", {
          class: i + 1 === layers.length ? "dot output" : "dot between",
          cx: x(i + 1, cell),
          cy: y(i + 1),
          r: 7,
        }),
      ),
    ),
  ];
  const label = `One output on top, through ${layers.length} layers, from ${reached.size} of ${field} input cells along a side.`;
  return svg(
    "svg",
    { class: "cone", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label },
    ...lines,
    ...cells,
  );
}
