// A bar of shares of a whole. Segments show their names if there is room.
import { el } from "../common/dom.ts";

export interface Share {
  readonly name: string;
  /** Gives the segment its colour and pattern. */
  readonly className: string;
  readonly value: number;
}

export function percent(share: number): string {
  const hundredths = share * 100;
  if (hundredths === 0) return "0 %";
  return hundredths < 0.1 ? "< 0.1 %" : `${hundredths.toFixed(1)} %`;
}

export function shareBar(caption: string, shares: readonly Share[], whole: string): HTMLElement {
  const total = shares.reduce((sum, { value }) => sum + value, 0);
  const seen = shares.filter(({ value }) => value > 0);
  const words = seen.map(({ name, value }) => `${name} ${percent(value / total)}`).join(", ");
  return el(
    "figure",
    { class: "share" },
    el("figcaption", {}, el("span", {}, caption), el("span", { class: "number" }, whole)),
    el(
      "div",
      { class: "share-bar", role: "img", "aria-label": `${caption}: ${words}` },
      ...seen.map(({ name, className, value }) =>
        el(
          "span",
          {
            class: `segment ${className}`,
            style: `flex-grow:${value / total}`,
            title: `${name} ${percent(value / total)}`,
          },
          el("span", { class: "segment-name" }, name),
        ),
      ),
    ),
  );
}

/** Makes a cell with a share, as a number and a thin bar relative to the largest of the column. */
export function shareCell(share: number, largest: number, className: string): HTMLElement {
  return el(
    "td",
    { class: "number share-cell" },
    el("span", {}, percent(share)),
    el(
      "span",
      { class: "thin", "aria-hidden": "true" },
      el("span", { class: `thin-fill ${className}`, style: `inline-size:${(100 * share) / (largest || 1)}%` }),
    ),
  );
}
