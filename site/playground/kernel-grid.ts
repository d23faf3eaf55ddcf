// The kernel as an editable grid of numbers, coloured by weight: orange adds, indigo subtracts.
import { el } from "../common/dom.ts";

/** Formats a number in at most six characters, as many as a cell shows. The caller keeps the exact number. */
export function shortNumber(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 0.001 || size >= 1e4) return value.toExponential(0);
  return String(Number(size < 1 ? value.toFixed(3) : value.toPrecision(3)));
}

/** The numbers of columns from which cells are narrow, and from which the grid scrolls. */
const MANY = 6;
const TOO_MANY = 8;

export class KernelGrid {
  readonly #host: HTMLElement;
  readonly #edited: (at: number, value: number) => void;
  #shape = "";
  #inputs: HTMLInputElement[] = [];

  /** @param edited called with the index of the cell that the visitor changed, row by row */
  constructor(host: HTMLElement, edited: (at: number, value: number) => void) {
    this.#host = host;
    this.#edited = edited;
  }

  show(rows: number, columns: number, cells: readonly number[]): void {
    if (this.#shape !== `${rows} ${columns}`) this.#build(rows, columns);
    const most = Math.max(...cells.map(Math.abs));
    cells.forEach((value, at) => {
      const input = this.#inputs[at]!;
      // Leaves a field alone while the visitor types: "0." may become 0.5.
      if (input !== document.activeElement) restore(input, value);
      input.dataset["value"] = String(value);
      input.dataset["sign"] = value === 0 ? "none" : value > 0 ? "plus" : "minus";
      // By the square root, so that small weights differ from zero.
      input.style.setProperty("--share", most === 0 ? "0" : String(Math.sqrt(Math.abs(value) / most)));
    });
  }

  #build(rows: number, columns: number): void {
    this.#shape = `${rows} ${columns}`;
    this.#host.style.setProperty("--columns", String(columns));
    this.#host.classList.toggle("many", columns >= MANY);
    this.#host.classList.toggle("too-many", columns >= TOO_MANY);
    this.#inputs = Array.from({ length: rows * columns }, (_, at) => {
      const input = el("input", {
        type: "number",
        step: "any",
        "aria-label": `Row ${Math.floor(at / columns) + 1}, column ${(at % columns) + 1}`,
      });
      input.addEventListener("input", () => {
        const value = input.valueAsNumber;
        const valid = Number.isFinite(value) && Math.abs(value) <= 1e6;
        input.setAttribute("aria-invalid", String(!valid));
        if (valid) this.#edited(at, value);
      });
      input.addEventListener("focus", () => input.select());
      input.addEventListener("blur", () => restore(input, Number(input.dataset["value"])));
      return input;
    });
    this.#host.replaceChildren(...this.#inputs);
  }
}

function restore(input: HTMLInputElement, value: number): void {
  const text = shortNumber(value);
  if (input.value !== text) input.value = text;
  input.setAttribute("aria-invalid", "false");
}
