// Blocks of channels as cells, and triangles.
import { type Known, type NodeLowering, type OnnxOperator, type Operand, operator } from "../../lowering.ts";
import { transposed } from "../moves.ts";

/** Zeros on the other side of a diagonal of the last two axes. */
const Trilu = operator([1, 2], { upper: 1 }, (node) => {
  const x = node.input(0);
  const [diagonal = 0] = node.integers(1) ?? [];
  const [rows = 0, columns = 0] = x.shape.slice(-2);
  const condition = node.filled("boolean", [rows, columns], 0);
  for (let at = 0; at < rows * columns; at++) {
    const beside = (at % columns) - Math.floor(at / columns) - diagonal;
    condition.data[at] = Number(node.attributes.upper ? beside >= 0 : beside <= 0);
  }
  if (x.data) return node.computed([condition, x as Known], x.kind, (holds, number) => (holds ? number : 0));
  return node.call("where", { condition, a: x, b: node.constant(x.kind, [], [0]) });
});

const DepthToSpace = operator([1, 1], { blocksize: "number", mode: ["DCR", "CRD"] }, (node) => {
  const x = node.input(0);
  const { blocksize: factor = 0, mode } = node.attributes;
  if (mode === "CRD") return node.call("pixelShuffle", { x }, { factor });
  const [N, C, H, W] = fourOf(node, x);
  const channels = C / factor ** 2;
  const blocks = node.reshaped(x, [N, factor, factor, channels, H, W]);
  return node.reshaped(transposed(node, blocks, [0, 3, 4, 1, 5, 2]), [N, channels, H * factor, W * factor]);
});

const SpaceToDepth = operator([1, 1], { blocksize: "number" }, (node) => {
  const x = node.input(0);
  const { blocksize: factor = 0 } = node.attributes;
  const [N, C, H, W] = fourOf(node, x);
  const [rows, columns] = [H / factor, W / factor];
  const blocks = node.reshaped(x, [N, C, rows, factor, columns, factor]);
  return node.reshaped(transposed(node, blocks, [0, 3, 5, 1, 2, 4]), [N, C * factor ** 2, rows, columns]);
});

function fourOf(node: NodeLowering<unknown>, { shape }: Operand): readonly [number, number, number, number] {
  if (shape.length !== 4) node.refuse("input 0", `[${shape.join(", ")}]`, "four axes");
  return shape as unknown as readonly [number, number, number, number];
}

export const moves: Readonly<Record<string, OnnxOperator>> = { DepthToSpace, SpaceToDepth, Trilu };
