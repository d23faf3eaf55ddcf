// Winograd: the tile of the chosen output, and every matrix of its transforms.
import { el } from "../common/dom.ts";
import { CellMap } from "./map.ts";
import { transpose } from "./matrix.ts";
import { type Part, type Problem, type Way, equation, matrixMap } from "./way.ts";
import { A_T, B_T, G, winograd } from "./winograd.ts";

/** Shows matrices in one row, with numbers of the same size. */
function step(...parts: Part[]): HTMLElement {
  CellMap.alike(parts.flatMap((part) => (typeof part === "string" ? [] : [part[0]])));
  return equation(...parts);
}

export function winogradWay({ x, w, dilation }: Problem): Way {
  if (dilation !== 1) {
    const words =
      "F(2×2, 3×3) shares work between neighbouring outputs whose windows overlap cell for cell. With dilation 2 there are gaps between the weights, so it does not support this kernel.";
    return { nodes: [el("p", { class: "notice" }, words)], output: undefined, products: "–", mark: () => undefined };
  }
  const { u, tiles, output } = winograd(x, w);
  const input = matrixMap("Input with its tiles", "input", x);
  const result = matrixMap("Outputs by tile", "output", output);
  const tileSteps = el("div", { class: "steps" });
  const kernelStep = step(
    [matrixMap("G", "plain", G), "G"],
    [matrixMap("Kernel g", "kernel", w), "g"],
    [matrixMap("G transposed", "plain", transpose(G)), "Gᵀ"],
    "=",
    [matrixMap("Transformed kernel U", "kernel", u), "U"],
  );
  const whole = step([input, "input, the tile framed"], "→", [result, "output, 2 × 2 for each tile"]);
  return {
    nodes: [
      el(
        "div",
        { class: "winograd" },
        el("div", { class: "whole" }, whole),
        el("div", {}, el("h4", {}, "Transform the kernel"), kernelStep, tileSteps),
      ),
    ],
    output,
    products: `${tiles.flat().length * 16}`,
    mark(row, column) {
      const [tileRow, tileColumn] = [row >> 1, column >> 1];
      const { d, v, m, y } = tiles[tileRow]![tileColumn]!;
      input.clearMarks();
      for (let i = 0; i < 4; i++) for (let j = 0; j < 4; j++) input.mark(2 * tileRow + i, 2 * tileColumn + j, "tile");
      input.frame({ row: 2 * tileRow, column: 2 * tileColumn, cells: 4 });
      result.frame({ row: 2 * tileRow, column: 2 * tileColumn, cells: 2 });
      result.select(row, column);
      const back = matrixMap("Outputs of the tile Y", "output", y);
      back.select(row % 2, column % 2);
      tileSteps.replaceChildren(
        el("h4", {}, `Transform the tile (row ${tileRow + 1}, column ${tileColumn + 1})`),
        step(
          [matrixMap("B transposed", "plain", B_T), "Bᵀ"],
          [matrixMap("Tile d", "input", d), "d"],
          [matrixMap("B", "plain", transpose(B_T)), "B"],
          "=",
          [matrixMap("Transformed tile V", "input", v), "V"],
        ),
        el("h4", {}, "Multiply cell by cell: 16 products"),
        step(
          [matrixMap("Transformed kernel U", "kernel", u), "U"],
          "⊙",
          [matrixMap("Transformed tile V", "input", v), "V"],
          "=",
          [matrixMap("Products M", "output", m), "M"],
        ),
        el("h4", {}, "Transform back to 2 × 2 outputs"),
        step(
          [matrixMap("A transposed", "plain", A_T), "Aᵀ"],
          [matrixMap("Products M", "output", m), "M"],
          [matrixMap("A", "plain", transpose(A_T)), "A"],
          "=",
          [back, "Y"],
        ),
      );
    },
  };
}
