// The colours of charts, read from the page's tokens in the current theme. Each algorithm also has a symbol, for readers who cannot tell
// the colours apart.
import { el } from "../common/dom.ts";
import { ALGORITHM_CHOICES } from "./selection.ts";

export interface Palette {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly bad: string;
  /** The colour of each of ALGORITHM_CHOICES, in their order. */
  readonly series: readonly string[];
}

/** The symbols of ALGORITHM_CHOICES, in their order and from the start again if there are more. */
const SYMBOLS = ["plus", "circle", "square", "diamond2", "triangle", "wye", "star", "times"] as const;

const PLAIN = ["ink", "muted", "line", "surface", "bad"] as const;

/** Reads the colours of tokens at an element. */
export function readTokens<Name extends string>(host: HTMLElement, names: readonly Name[]): Record<Name, string> {
  // Hidden elements have no transitions, which would show the colour before.
  const probe = el("span", { hidden: true });
  host.append(probe);
  const colours = names.map((name) => {
    probe.style.color = `var(--${name}, var(--muted))`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return Object.fromEntries(colours) as Record<Name, string>;
}

/** Reads the colours of charts at an element. */
export function readPalette(host: HTMLElement): Palette {
  const series = ALGORITHM_CHOICES.map((name) => `series-${name}`);
  const colours: Record<string, string> = readTokens(host, [...PLAIN, ...series]);
  const token = (name: string): string => colours[name]!;
  return {
    ink: token("ink"),
    muted: token("muted"),
    line: token("line"),
    surface: token("surface"),
    bad: token("bad"),
    series: series.map(token),
  };
}

/** Returns scales that give each algorithm its colour and symbol, with a legend of the algorithms present. */
export function seriesScales(palette: Palette, present: Iterable<string>) {
  const names = new Set(present);
  const at = ALGORITHM_CHOICES.map((name, index) => ({ name, index })).filter(({ name }) => names.has(name));
  const domain = at.map(({ name }) => name);
  return {
    color: { domain, range: at.map(({ index }) => palette.series[index]!) },
    symbol: { domain, range: at.map(({ index }) => SYMBOLS[index % SYMBOLS.length]!), legend: true },
  };
}
