// Reductions over axes, and products of matrices.
import { type BenchOperation, entry } from "./entry.ts";

const RESNET = { shape: [1, 64, 56, 56], map: false };
/** Attention of ViT-B: 12 heads of 197 tokens. */
const HEADS = { shape: [12, 197, 64], map: false, batched: false };

export const REDUCTIONS: readonly BenchOperation[] = [
  entry({
    operation: "reduceMean",
    name: "ResNet-50, stage 1, over cells",
    batch: 4,
    inputs: { x: RESNET },
    call: (on, { x }) => ({ y: on.reduceMean(x, { axes: [2, 3] }) }),
  }),
  entry({
    operation: "reduceMax",
    name: "ResNet-50, stage 1, over channels",
    batch: 4,
    inputs: { x: RESNET },
    call: (on, { x }) => ({ y: on.reduceMax(x, { axes: [1] }) }),
  }),
  entry({
    operation: "argMax",
    name: "ResNet-50, stage 1, over channels",
    batch: 4,
    inputs: { x: RESNET },
    call: (on, { x }) => ({ y: on.argMax(x, { axis: 1 }) }),
  }),
  entry({
    operation: "matmul",
    name: "ViT-B, scores of 12 heads",
    multiplyAdds: 12 * 197 * 197 * 64,
    inputs: { a: HEADS, b: HEADS },
    call: (on, { a, b }) => ({ y: on.matmul(a, b, { transposeB: true }) }),
  }),
];
