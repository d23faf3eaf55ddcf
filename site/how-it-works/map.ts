// A grid of numbers: a map, a kernel or a matrix. Cells can be marked, and chosen by pointing, tapping or the arrow keys.
import { el } from "../common/dom.ts";

export type Kind = "input" | "kernel" | "output" | "plain";

/** How a cell was chosen: pressing may interrupt the animation, pointing must not. */
export type How = "point" | "press";

export interface MapOptions {
  readonly label: string;
  readonly kind: Kind;
  readonly rows: number;
  readonly columns: number;
  /** Cells of padding beyond each border, with rows and columns below 0 or past the end. */
  readonly margin?: number;
  /** The description of a padding cell for screen readers. */
  readonly marginName?: string;
  text(row: number, column: number): string;
  /** Makes the cells choosable. */
  readonly choose?: (row: number, column: number, how: How) => void;
}

/** Read: a factor of the sum. Source: a cell that the padding repeats. Reached: an output that an input goes into. */
export type Mark = "read" | "source" | "used" | "reached" | "tile" | "pending";

export class CellMap {
  readonly element: HTMLElement;
  readonly #options: MapOptions;
  readonly #margin: number;
  readonly #cells: HTMLElement[][] = [];
  readonly #marked = new Set<HTMLElement>();
  readonly #window = el("div", { class: "window", "aria-hidden": "true", hidden: true });
  #chosen: HTMLElement | undefined;
  #pointer = "";
  /** Of the numbers written so far, in digits. */
  #widest = 0;

  constructor(options: MapOptions) {
    const { label, kind, rows, columns, margin = 0, choose } = options;
    this.#options = options;
    this.#margin = margin;
    this.element = el("div", { class: `map ${kind}`, role: choose ? "grid" : "table", "aria-label": label });
    this.element.style.setProperty("--columns", String(columns + 2 * margin));
    this.element.toggleAttribute("data-dense", columns + 2 * margin > 10);
    for (let row = -margin; row < rows + margin; row++) {
      const line = el("div", { class: "map-row", role: "row" });
      const cells: HTMLElement[] = [];
      for (let column = -margin; column < columns + margin; column++) cells.push(this.#makeCell(row, column));
      line.append(...cells);
      this.#cells.push(cells);
      this.element.append(line);
    }
    this.element.append(this.#window);
    if (choose) this.#listen(choose);
  }

  /** Updates the text of a cell. */
  text(row: number, column: number, text: string): void {
    const cell = this.#at(row, column);
    if (cell.textContent === text) return;
    this.#write(cell, text);
    this.#name(cell);
  }

  /** Marks a cell, with the number of the mark. */
  mark(row: number, column: number, mark: Mark, beside?: string): void {
    const cell = this.#at(row, column);
    cell.dataset["mark"] = mark;
    if (beside !== undefined)
      cell.dataset["beside"] = cell.dataset["beside"] === undefined ? beside : `${cell.dataset["beside"]}, ${beside}`;
    this.#marked.add(cell);
    this.#name(cell);
  }

  clearMarks(): void {
    for (const cell of this.#marked) {
      delete cell.dataset["mark"];
      delete cell.dataset["beside"];
      this.#name(cell);
    }
    this.#marked.clear();
  }

  /** Shows a cell as chosen and lets the Tab key reach it. */
  select(row?: number, column?: number): void {
    // Cells of a table cannot be selected.
    const attribute = this.#options.choose ? "aria-selected" : "aria-current";
    this.#chosen?.removeAttribute(attribute);
    this.#chosen = undefined;
    if (row === undefined || column === undefined) return;
    this.#chosen = this.#at(row, column);
    this.#chosen.setAttribute(attribute, "true");
    if (this.#options.choose) this.#reachable(this.#chosen);
  }

  /** Draws a frame around some cells, or removes it without a place. */
  frame(place?: { row: number; column: number; cells: number }): void {
    this.#window.hidden = place === undefined;
    if (!place) return;
    const { style } = this.#window;
    style.setProperty("--row", String(place.row + this.#margin));
    style.setProperty("--column", String(place.column + this.#margin));
    style.setProperty("--cells", String(place.cells));
  }

  /** Colours a cell by its share of the largest value, from 0 to 1, instead of showing a number. */
  heat(row: number, column: number, share: number): void {
    const cell = this.#at(row, column);
    cell.style.setProperty("--heat", `${Math.round(share * 100)}%`);
    cell.replaceChildren();
  }

  /** Makes the numbers of all maps equally small. */
  static alike(maps: readonly CellMap[]): void {
    const widest = Math.max(...maps.map((map) => map.#widest));
    for (const map of maps) map.#makeRoom(widest);
  }

  #makeCell(row: number, column: number): HTMLElement {
    const outside = this.#isOutside(row, column);
    const role = this.#options.choose ? "gridcell" : "cell";
    const cell = el("div", { class: "cell", role, "data-row": row, "data-column": column, "data-outside": outside });
    this.#write(cell, this.#options.text(row, column));
    if (this.#options.choose && !outside) cell.tabIndex = row === 0 && column === 0 ? 0 : -1;
    this.#name(cell);
    return cell;
  }

  /** Sizes all numbers for the longest, so that they look alike and fit their cells. */
  #write(cell: HTMLElement, text: string): void {
    cell.textContent = text;
    this.#makeRoom(text.replaceAll(".", "").length + (text.includes(".") ? 0.5 : 0));
  }

  #makeRoom(digits: number): void {
    if (digits <= this.#widest) return;
    this.#widest = digits;
    this.element.style.setProperty("--fit", Math.min(0.37, 1.2 / digits).toFixed(3));
  }

  #name(cell: HTMLElement): void {
    const [row, column] = [Number(cell.dataset["row"]), Number(cell.dataset["column"])];
    const place = this.#isOutside(row, column)
      ? (this.#options.marginName ?? "outside")
      : `row ${row + 1}, column ${column + 1}`;
    const { beside } = cell.dataset;
    const text = cell.textContent === "" ? "empty" : cell.textContent;
    cell.setAttribute("aria-label", `${place}: ${text}${beside === undefined ? "" : `, with ${beside}`}`);
  }

  #isOutside(row: number, column: number): boolean {
    const { rows, columns } = this.#options;
    return row < 0 || column < 0 || row >= rows || column >= columns;
  }

  #at(row: number, column: number): HTMLElement {
    return this.#cells[row + this.#margin]![column + this.#margin]!;
  }

  #reachable(cell: HTMLElement): void {
    for (const other of this.element.querySelectorAll<HTMLElement>('[tabindex="0"]')) other.tabIndex = -1;
    cell.tabIndex = 0;
  }

  #listen(choose: NonNullable<MapOptions["choose"]>): void {
    const chosenBy = (event: Event): [number, number] | undefined => {
      const cell = (event.target as Element).closest<HTMLElement>(".cell");
      if (!cell || cell.hasAttribute("data-outside")) return undefined;
      return [Number(cell.dataset["row"]), Number(cell.dataset["column"])];
    };
    const press = (event: Event): void => {
      const place = chosenBy(event);
      if (place) choose(...place, "press");
    };
    this.element.addEventListener("click", press);
    this.element.addEventListener("focusin", press);
    this.element.addEventListener("pointermove", (event) => {
      // Browsers repeat the event when the element under a resting pointer changes: ignore that.
      const pointer = `${event.clientX} ${event.clientY}`;
      if (pointer === this.#pointer || event.pointerType === "touch") return;
      this.#pointer = pointer;
      const place = chosenBy(event);
      if (place) choose(...place, "point");
    });
    this.element.addEventListener("keydown", (event) => {
      const place = chosenBy(event);
      const next = place && this.#neighbour(event.key, ...place);
      if (!next) return;
      event.preventDefault();
      this.#at(...next).focus();
    });
  }

  #neighbour(key: string, row: number, column: number): [number, number] | undefined {
    const [lastRow, lastColumn] = [this.#options.rows - 1, this.#options.columns - 1];
    switch (key) {
      case "ArrowUp":
        return [Math.max(row - 1, 0), column];
      case "ArrowDown":
        return [Math.min(row + 1, lastRow), column];
      case "ArrowLeft":
        return [row, Math.max(column - 1, 0)];
      case "ArrowRight":
        return [row, Math.min(column + 1, lastColumn)];
      case "Home":
        return [row, 0];
      case "End":
        return [row, lastColumn];
      default:
        return undefined;
    }
  }
}

/** Returns a map with a caption above it. */
export function captioned(map: CellMap, caption: string): HTMLElement {
  return el("figure", { class: "map-figure" }, el("figcaption", {}, caption), map.element);
}
