// The figures of a geometry: each as a formula, as the formula with numbers, and as a result.
import { type Geometry, extent, multiplyAdds, outputSize, parameters } from "./geometry.ts";

export interface Figure {
  readonly name: string;
  readonly formula: string;
  readonly numbers: string;
  readonly result: number;
}

/** The right side of the formula with numbers; the letters are explained in the legend of the page. */
export function figures(geometry: Geometry): Figure[] {
  const { size: n, kernel: k, stride: s, dilation: d, padding: p, transposed, channels: c, groups: g } = geometry;
  const out = outputSize(geometry);
  const cells = transposed ? n : out;
  return [
    {
      name: "Output size m",
      formula: transposed ? "(n − 1)·s − 2p + d·(k − 1) + 1" : "⌊(n + 2p − d·(k − 1) − 1) / s⌋ + 1",
      numbers: transposed
        ? `(${n} − 1)·${s} − 2·${p} + ${d}·(${k} − 1) + 1`
        : `⌊(${n} + 2·${p} − ${d}·(${k} − 1) − 1) / ${s}⌋ + 1`,
      result: out,
    },
    { name: "Window", formula: "d·(k − 1) + 1", numbers: `${d}·(${k} − 1) + 1`, result: extent(geometry) },
    { name: "Parameters", formula: "c·(c / g)·k²", numbers: `${c}·(${c} / ${g})·${k}²`, result: parameters(geometry) },
    {
      name: "Multiply-adds",
      formula: `c·(c / g)·k²·${transposed ? "n" : "m"}²`,
      numbers: `${c}·(${c} / ${g})·${k}²·${cells}²`,
      result: multiplyAdds(geometry),
    },
  ];
}
