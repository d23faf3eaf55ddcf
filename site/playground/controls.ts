// The form of the playground: reads the visitor's choices into settings, and shows settings.
import { byId, el } from "../common/dom.ts";
import { KernelGrid, shortNumber } from "./kernel-grid.ts";
import { FILTERS, type Knob, MAX_SIZE, filterNamed, normalised, resized, turned } from "./kernels.ts";
import { PADDINGS, PADDING_MODES, type Settings, VIEWS, numberIn, oddIn, wholeIn, withFilter } from "./settings.ts";

const KNOBS: readonly { readonly name: Knob; readonly unit: (value: number) => string }[] = [
  { name: "spread", unit: (value) => `${value} cells` },
  { name: "angle", unit: (value) => `${value}°` },
  { name: "frequency", unit: (value) => `${value} waves a cell` },
];

export class Controls {
  readonly #changed: (settings: Settings) => void;
  readonly #grid: KernelGrid;
  #settings: Settings;

  /** @param changed is called with the settings after each choice */
  constructor(settings: Settings, changed: (settings: Settings) => void) {
    this.#settings = settings;
    this.#changed = changed;
    this.#grid = new KernelGrid(byId("cells"), (at, value) => this.#custom(withCell(this.#settings, at, value)));
    this.#fillLists();
    this.#listen();
    this.show(settings);
  }

  get settings(): Settings {
    return this.#settings;
  }

  show(settings: Settings): void {
    this.#settings = settings;
    const { rows, columns, cells } = settings;
    this.#grid.show(rows, columns, cells);
    const known = filterNamed(settings.filter);
    for (const { name, unit } of KNOBS) {
      byId(`${name}-field`).hidden = !known?.knobs.includes(name);
      const slider = byId(name, HTMLInputElement);
      setValue(slider, String(settings[name]));
      slider.setAttribute("aria-valuetext", unit(settings[name]));
      byId(`${name}-value`).textContent = unit(settings[name]);
    }
    for (const name of ["filter", "rows", "columns", "padding", "mode", "view"] as const)
      byId(name, HTMLSelectElement).value = String(settings[name]);
    for (const name of ["stride", "dilation", "pad", "gain"] as const)
      setValue(byId(name, HTMLInputElement), String(settings[name]));
    for (const name of ["flipped", "grey"] as const) byId(name, HTMLInputElement).checked = settings[name];
    byId("pad-field").hidden = settings.padding !== "cells";
    this.#showAlgorithm();
    const sum = cells.reduce((total, cell) => total + cell, 0);
    const size = cells.reduce((total, cell) => total + Math.abs(cell), 0);
    byId("sum").textContent = shortNumber(Math.abs(sum) < 1e-9 * size ? 0 : sum);
  }

  /** Offers the library's algorithms, once an engine lists them. */
  offerAlgorithms(names: readonly string[]): void {
    byId("algorithm").replaceChildren(
      el("option", { value: "auto" }, "auto: the fastest by estimate"),
      ...names.map((name) => el("option", { value: name }, name)),
    );
    byId("algorithm-hint").hidden = true;
    this.#showAlgorithm();
  }

  #showAlgorithm(): void {
    const list = byId("algorithm", HTMLSelectElement);
    const { algorithm } = this.#settings;
    // A link may name an algorithm before they are known, or an unknown one, which the library refuses.
    if (![...list.options].some(({ value }) => value === algorithm))
      list.append(el("option", { value: algorithm }, algorithm));
    list.value = algorithm;
  }

  #fillLists(): void {
    byId("filter").append(
      ...Object.entries(FILTERS).map(([label, filters]) =>
        el("optgroup", { label }, ...filters.map(({ name, title }) => el("option", { value: name }, title))),
      ),
      el("option", { value: "custom" }, "Edited by hand"),
    );
    for (const id of ["rows", "columns"])
      byId(id).append(
        ...Array.from({ length: (MAX_SIZE + 1) / 2 }, (_, at) => el("option", { value: 2 * at + 1 }, 2 * at + 1)),
      );
  }

  #listen(): void {
    const form = byId("controls", HTMLFormElement);
    form.addEventListener("submit", (event) => event.preventDefault());
    this.#onChoice("filter", (name) => withFilter(this.#settings, name));
    for (const id of ["rows", "columns"] as const) {
      this.#onChoice(id, (text) => this.#sized({ [id]: oddIn(text) ?? this.#settings[id] }));
    }
    for (const { name } of KNOBS) {
      this.#onInput(name, (text) => {
        const value = numberIn(text, 0, 180);
        return value === undefined ? undefined : this.#sized({ [name]: value });
      });
    }
    for (const name of ["stride", "dilation"] as const) this.#onNumber(name, (text) => wholeIn(text, 1, 8));
    this.#onNumber("pad", (text) => wholeIn(text, 0, 999));
    this.#onNumber("gain", (text) => numberIn(text, 0.01, 100));
    this.#onList("padding", PADDINGS);
    this.#onList("mode", PADDING_MODES);
    this.#onList("view", VIEWS);
    this.#onChoice("algorithm", (algorithm) => ({ ...this.#settings, algorithm }));
    for (const name of ["flipped", "grey"] as const)
      byId(name, HTMLInputElement).addEventListener("change", (event) => {
        this.#take({ ...this.#settings, [name]: (event.target as HTMLInputElement).checked });
      });
    byId("normalise").addEventListener("click", () =>
      this.#custom({ ...this.#settings, cells: normalised(this.#settings.cells) }),
    );
    byId("turn").addEventListener("click", () => {
      const { rows, columns, cells } = this.#settings;
      this.#custom({ ...this.#settings, rows: columns, columns: rows, cells: turned(cells, { rows, columns }) });
    });
    byId("clear").addEventListener("click", () =>
      this.#custom({ ...this.#settings, cells: this.#settings.cells.map(() => 0) }),
    );
  }

  /** Applies other parameters: a formula computes new cells from them, edited cells are kept as far as they fit. */
  #sized(change: Partial<Settings>): Settings {
    const next = { ...this.#settings, ...change };
    const filter = filterNamed(next.filter);
    if (filter && !filter.fixed) return { ...next, cells: filter.cells(next) };
    return { ...next, filter: "custom", cells: resized(this.#settings.cells, this.#settings, next) };
  }

  #custom(settings: Settings): void {
    this.#take({ ...settings, filter: "custom" });
  }

  #take(settings: Settings): void {
    this.show(settings);
    this.#changed(settings);
  }

  #onChoice(id: string, read: (value: string) => Settings): void {
    const list = byId(id, HTMLSelectElement);
    list.addEventListener("change", () => this.#take(read(list.value)));
  }

  #onList<K extends "padding" | "mode" | "view">(name: K, values: readonly Settings[K][]): void {
    this.#onChoice(name, (text) => ({
      ...this.#settings,
      [name]: values.find((value) => value === text) ?? this.#settings[name],
    }));
  }

  #onInput(id: string, read: (text: string) => Settings | undefined): void {
    const input = byId(id, HTMLInputElement);
    input.addEventListener("input", () => {
      const settings = read(input.value);
      input.setAttribute("aria-invalid", String(settings === undefined));
      if (settings) this.#take(settings);
    });
    // An invalid number reverts to the current one.
    input.addEventListener("blur", () => {
      input.removeAttribute("aria-invalid");
      this.show(this.#settings);
    });
  }

  #onNumber(name: "stride" | "dilation" | "pad" | "gain", read: (text: string) => number | undefined): void {
    this.#onInput(name, (text) => {
      const value = read(text);
      return value === undefined ? undefined : { ...this.#settings, [name]: value };
    });
  }
}

function withCell(settings: Settings, at: number, value: number): Settings {
  return { ...settings, cells: settings.cells.with(at, value) };
}

/** Sets the value of an input, unless the visitor is typing one. */
function setValue(input: HTMLInputElement, value: string): void {
  if (input === document.activeElement && input.type !== "range") return;
  if (input.value !== value) input.value = value;
}
