// The names and signs of the kinds of layers: a sign shows the cells of a kernel, so that kinds do not differ by colour alone.
import { svg } from "../common/dom.ts";
import type { Kind } from "./arithmetic.ts";

export const KIND_NAMES: Readonly<Record<Kind, string>> = {
  dense: "Dense k×k",
  strided: "Strided",
  pointwise: "Pointwise 1×1",
  grouped: "Grouped",
  depthwise: "Depthwise",
};

/** Short names for small spaces, shown beside the size of the kernel. */
export const SHORT_NAMES: Readonly<Record<Kind, string>> = { ...KIND_NAMES, dense: "Dense", pointwise: "Pointwise" };

export const KIND_MEANINGS: Readonly<Record<Kind, string>> = {
  dense: "every output channel sees every input channel, step 1",
  strided: "the same, or 1×1, with a step of 2 or more",
  pointwise: "1×1 across all channels, step 1",
  grouped: "each half of the channels by itself",
  depthwise: "each channel by itself, any step",
};

/** Cells of a 3x3 grid. */
const CELLS: Readonly<Record<Kind, readonly number[]>> = {
  dense: [0, 1, 2, 3, 4, 5, 6, 7, 8],
  strided: [0, 2, 6, 8],
  pointwise: [4],
  grouped: [0, 3, 6, 2, 5, 8],
  depthwise: [0, 4, 8],
};

export function kindSign(kind: Kind): SVGSVGElement {
  return svg(
    "svg",
    { class: `sign kind-${kind}`, viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" },
    svg("rect", { x: 0.5, y: 0.5, width: 15, height: 15, rx: 3, class: "sign-frame" }),
    ...CELLS[kind].map((cell) =>
      svg("rect", { x: 2.5 + 4 * (cell % 3), y: 2.5 + 4 * Math.floor(cell / 3), width: 3, height: 3 }),
    ),
  );
}
