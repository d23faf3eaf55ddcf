// How algorithms are shown: a letter and a colour each, the same everywhere on the page. An algorithm that is not listed here is shown by
// its initials.
import { el } from "../common/dom.ts";

interface Look {
  readonly letter: string;
  readonly how: string;
}

const LOOKS: Readonly<Record<string, Look>> = {
  direct: { letter: "D", how: "the sum by its definition" },
  depthwise: { letter: "Dw", how: "the same for one channel at a time" },
  pointwise: { letter: "Pw", how: "a matrix product over channels" },
  "implicit-gemm": { letter: "G", how: "a matrix product that computes its columns while it loads" },
  im2col: { letter: "I", how: "a matrix product over stored columns" },
  winograd: { letter: "W", how: "transformed tiles: fewer multiplications" },
  fft: { letter: "F", how: "spectra: its work hardly grows with the kernel" },
};

/** The initials of a name: "IG" of "implicit-gemm". */
const initials = (name: string): string => name.replace(/(\w)\w*-?/g, "$1").toUpperCase();

export function algorithmClass(name: string): string {
  return name in LOOKS ? `alg-${name}` : "alg-other";
}

export function howOf(name: string): string {
  return LOOKS[name]?.how ?? "";
}

/** Makes the chip of an algorithm: its letter in its colour, and its name. */
export function algorithmChip(name: string): HTMLElement {
  const letter = LOOKS[name]?.letter ?? initials(name);
  return el(
    "span",
    { class: `chip ${algorithmClass(name)}` },
    el("span", { class: "chip-letter", "aria-hidden": "true" }, letter),
    el("span", { class: "chip-name" }, name),
  );
}
