// A chart in its figure: title, drawing, and the same values as a table. Observable Plot is fetched when the first chart is drawn; charts
// are redrawn when the theme or the width changes.
import type * as PlotModule from "@observablehq/plot";
import { el } from "../common/dom.ts";
import { type Palette, readPalette } from "./palette.ts";

export type Plot = typeof PlotModule;

export interface ChartContent {
  /** A description of the drawing for screen readers. */
  readonly description: string;
  readonly options: (plot: Plot, palette: Palette) => PlotModule.PlotOptions;
  /** The values as a table. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export interface Chart {
  readonly element: HTMLElement;
  show(content: ChartContent | undefined): void;
}

let loading: Promise<Plot> | undefined;
function loadPlot(): Promise<Plot> {
  return (loading ??= import("@observablehq/plot"));
}

const redraws = new Set<() => void>();
document.addEventListener("themechange", () => redraws.forEach((redraw) => redraw()));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => redraws.forEach((redraw) => redraw()));

const MARGINS = { marginLeft: 64, marginBottom: 48, marginTop: 28, marginRight: 20 };

function numbersTable(title: string, { columns, rows }: ChartContent): HTMLElement {
  const cell = (value: string | number): HTMLElement =>
    el("td", typeof value === "number" ? { class: "number" } : {}, String(value));
  return el(
    "details",
    { class: "numbers" },
    el("summary", {}, "The numbers of this chart"),
    el(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": `The numbers of: ${title}` },
      el(
        "table",
        {},
        el("thead", {}, el("tr", {}, ...columns.map((name) => el("th", { scope: "col" }, name)))),
        el("tbody", {}, ...rows.map((values) => el("tr", {}, ...values.map(cell)))),
      ),
    ),
  );
}

/** @param empty the text in place of the drawing while there is none */
export function createChart(title: string, empty: string, level: "h3" | "h4" = "h3"): Chart {
  const heading = el(level, {}, title);
  const drawing = el("div", { class: "drawing" }, el("p", { class: "muted placeholder" }, empty));
  const figure = el("figure", { class: "chart", "aria-label": title }, heading, drawing);
  let content: ChartContent | undefined;
  let details: HTMLElement | undefined;

  const draw = async (): Promise<void> => {
    const wanted = content;
    if (!wanted) return;
    const plot = await loadPlot();
    if (wanted !== content || drawing.clientWidth === 0) return;
    const palette = readPalette(figure);
    const drawn = plot.plot({
      width: Math.max(260, drawing.clientWidth),
      height: 340,
      ...MARGINS,
      ...wanted.options(plot, palette),
      style: {
        background: "transparent",
        color: palette.muted,
        fontFamily: "inherit",
        fontSize: "12px",
      },
    });
    const image = drawn instanceof SVGElement ? drawn : drawn.querySelector(":scope > svg:last-of-type");
    image?.setAttribute("role", "img");
    image?.setAttribute("aria-label", `${title}. ${wanted.description}`);
    for (const legend of drawn.querySelectorAll("svg"))
      if (legend !== image) legend.setAttribute("aria-hidden", "true");
    // The names of marks are for scripts. Without a role a screen reader ignores them and reads the name of the whole.
    for (const mark of drawn.querySelectorAll("g[aria-label]")) {
      mark.setAttribute("data-mark", mark.getAttribute("aria-label")!);
      mark.removeAttribute("aria-label");
    }
    drawing.replaceChildren(drawn);
  };
  const redraw = (): void => {
    draw().catch((error: unknown) => {
      drawing.replaceChildren(
        el(
          "p",
          { class: "notice bad" },
          `The chart could not be drawn: ${error instanceof Error ? error.message : String(error)}`,
        ),
      );
    });
  };
  redraws.add(redraw);
  let width = 0;
  new ResizeObserver(() => {
    if (Math.abs(drawing.clientWidth - width) < 1) return;
    width = drawing.clientWidth;
    redraw();
  }).observe(drawing);

  return {
    element: figure,
    show: (next) => {
      content = next;
      if (next) {
        const table = numbersTable(title, next);
        if (details?.hasAttribute("open")) table.setAttribute("open", "");
        if (details) details.replaceWith(table);
        else figure.append(table);
        details = table;
        redraw();
      } else {
        details?.remove();
        details = undefined;
        drawing.replaceChildren(el("p", { class: "muted placeholder" }, empty));
      }
    },
  };
}
