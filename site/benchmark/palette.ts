// The colours of charts, read from the page's tokens as the theme has them now. Each algorithm has its symbol too: colour alone says nothing
// to some.
import { el } from "../common/dom.ts";
import { ALGORITHMS } from "./selection.ts";

export interface Palette {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly bad: string;
  /** Of each of ALGORITHMS, in their order. */
  readonly series: readonly string[];
}

/** What each algorithm is marked with, in the order of ALGORITHMS. */
export const SYMBOLS = ["plus", "circle", "square", "diamond2", "triangle", "wye", "star", "times"] as const;

/** The colours of the tokens, as the element has them. */
export function readPalette(host: HTMLElement): Palette {
  const probe = el("span", { hidden: true });
  host.append(probe);
  const token = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const palette = {
    ink: token("ink"),
    muted: token("muted"),
    line: token("line"),
    surface: token("surface"),
    bad: token("bad"),
    series: ALGORITHMS.map((name) => token(`series-${name}`)),
  };
  probe.remove();
  return palette;
}

/** Scales that give each algorithm its colour and its symbol, with a legend of those present. */
export function seriesScales(palette: Palette, present: Iterable<string>) {
  const names = new Set(present);
  const at = ALGORITHMS.map((name, index) => ({ name: name as string, index })).filter(({ name }) => names.has(name));
  const domain = at.map(({ name }) => name);
  return {
    color: { domain, range: at.map(({ index }) => palette.series[index]!) },
    symbol: { domain, range: at.map(({ index }) => SYMBOLS[index]!), legend: true },
  };
}
