// Direct: the map, the kernel, the outputs, and every product of the chosen sum.
import { el } from "../common/dom.ts";
import { direct, windowOf } from "./direct.ts";
import { type MapOptions } from "./map.ts";
import { factor, plain } from "./values.ts";
import { type Problem, type Way, equation, matrixMap } from "./way.ts";

export function directWay({ x, w, dilation }: Problem, choose: MapOptions["choose"]): Way {
  const output = direct(x, w, dilation);
  const input = matrixMap("Input", "input", x);
  const kernel = matrixMap("Kernel", "kernel", w);
  const chooser = matrixMap("Output: choose a cell to follow", "output", output, choose);
  const sum = el("p", { class: "sum-line sum" });
  const weights = w.flat();
  // Ninths are printed rounded.
  const equals = weights.every((weight) => Math.abs(weight * 1e4 - Math.round(weight * 1e4)) < 1e-2) ? "=" : "≈";
  return {
    nodes: [equation([input, "input"], "∗", [kernel, "kernel"], "=", [chooser, "output"]), sum],
    output,
    products: `${output.length ** 2 * weights.length}`,
    mark(row, column) {
      input.clearMarks();
      for (let r = 0; r < w.length; r++)
        for (let s = 0; s < w.length; s++)
          input.mark(row + r * dilation, column + s * dilation, "read", plain(w[r]![s]!));
      input.frame({ row, column, cells: dilation * (w.length - 1) + 1 });
      chooser.select(row, column);
      const terms = windowOf(x, w.length, dilation, row, column).flatMap((value, i) => [
        i === 0 ? "" : " + ",
        el(
          "span",
          { class: "term" },
          el("span", { class: "in" }, factor(value)),
          "·",
          el("span", { class: "by" }, factor(weights[i]!, 4)),
        ),
      ]);
      sum.replaceChildren(...terms, ` ${equals} `, el("strong", { class: "out" }, plain(output[row]![column]!)));
    },
  };
}
