// The gradient of the input in one dispatch, whatever the stride: each thread gathers the terms of a tile of cells, from the taps that meet them.
// Phases share more loads, so they are faster while they are few; a stride of 300 along two axes has up to 90 000 of them.
import gatherGradientShader from "../../shaders/algorithms/gather-gradient.wgsl";
import { greatestCommonDivisor } from "../base/arithmetic.ts";
import { eachAxis } from "../base/shape.ts";
import { BINDING, type Step } from "../kernel/step.ts";
import type { Uniforms } from "../kernel/uniforms.ts";
import type { Correlation } from "../problem/correlation.ts";
import { gradientOperands } from "../problem/gradients.ts";
import type { ConvProblem } from "../problem/problem.ts";
import { CELL_LOADS, OUTPUT_LOADS, type Work, numberBytes } from "./cost.ts";
import { alongAxes, dispatchOn, inputUniforms, loader, outputUniforms, result, weightUniforms } from "./operands.ts";

/** The inverse of `a` modulo `modulus`, which must have no common divisor with it. */
export function inverse(a: number, modulus: number): number {
  let [old, rest] = [a % modulus, modulus];
  let [factor, next] = [1, 0];
  while (rest !== 0) {
    const quotient = Math.floor(old / rest);
    [old, rest] = [rest, old - quotient * rest];
    [factor, next] = [next, factor - quotient * next];
  }
  return ((factor % modulus) + modulus) % modulus;
}

/** How the kernel finds the first tap that meets a cell: the quotient of the cell by `divisor`, times `factor`, modulo `step`. */
function tapUniforms(stride: number, dilation: number): Uniforms {
  const divisor = greatestCommonDivisor(stride, dilation);
  const step = stride / divisor;
  return { divisor, step, factor: inverse(dilation / divisor, step) };
}

/** The thread tile: residues modulo the stride, cells of each residue, and the taps of a phase in one step of the sum. */
function cut(c: Correlation) {
  const { kernel, stride, dilation, output, padBegin } = c;
  const perPhase = eachAxis((axis) =>
    Math.ceil((kernel[axis] * greatestCommonDivisor(stride[axis], dilation[axis])) / stride[axis]),
  );
  const firstBlock = Math.floor(padBegin[2] / stride[2]);
  const blocks = Math.ceil((padBegin[2] + output[2]) / stride[2]) - firstBlock;
  const tileB = Math.min(TILE, blocks);
  const tileR = dilation[2] === 1 ? Math.min(TILE, stride[2]) : 1;
  const tapsS = perPhase[2] <= MAX_TAPS ? perPhase[2] : 1;
  const tapsR = perPhase[1] * tapsS <= MAX_TAPS ? perPhase[1] : 1;
  const [rowChunks, columnChunks] = [perPhase[1] / tapsR, perPhase[2] / tapsS];
  const tiles = { residueTiles: Math.ceil(stride[2] / tileR), blockTiles: Math.ceil(blocks / tileB), firstBlock };
  return {
    ...{ tileB, tileR, tapsS, tapsR },
    steps: {
      steps: (c.C / c.groups) * perPhase[0] * rowChunks * columnChunks,
      slices: perPhase[0],
      rowChunks,
      columnChunks,
    },
    tiles,
    threads: c.N * c.K * output[0] * output[1] * tiles.residueTiles * tiles.blockTiles,
  };
}

/** Most residues, and cells of a residue, in the thread tile; and most taps of a step. */
const TILE = 4;
const MAX_TAPS = 4;

/** The step that computes the gradient. */
export function gatherStep(problem: ConvProblem): Step {
  const c = gradientOperands(problem);
  const { groups, kernel, stride, dilation } = c;
  const { tileB, tileR, tapsS, tapsR, steps, tiles, threads } = cut(c);
  return dispatchOn([loader(c, "x", BINDING.first), loader(c, "w", BINDING.second), result(c)], {
    threads,
    shaders: [gatherGradientShader],
    constants: { TILE_B: tileB, TILE_R: tileR, TAPS_S: tapsS, TAPS_R: tapsR },
    uniforms: {
      ...steps,
      ...tiles,
      groups,
      groupC: c.C / groups,
      groupK: c.K / groups,
      ...alongAxes("kernel", kernel, "taps"),
      ...alongAxes("stride", stride),
      ...alongAxes("dilation", dilation),
      tapsD: tapUniforms(stride[0], dilation[0]),
      tapsH: tapUniforms(stride[1], dilation[1]),
      tapsW: tapUniforms(stride[2], dilation[2]),
      ...inputUniforms(c),
      ...outputUniforms(c),
      ...weightUniforms(c),
    },
  });
}

/** Cost of a multiply-add besides its loads, which tests whether it is a term, and of carrying a sum from one step to the next, in equivalent loads. */
const TERM_LOADS = 0.25;
const LOOP_LOADS = 3;

/** The work of the step. */
export function gatherWork(problem: ConvProblem): Work {
  const c = gradientOperands(problem);
  const { tileB, tileR, tapsS, tapsR, steps, threads } = cut(c);
  const taps = steps.steps * tapsS * tapsR;
  const sums = tileB * tileR;
  return {
    threads,
    multiplyAdds: threads * taps * sums,
    loads:
      threads *
      (taps * (CELL_LOADS * (tileB + tileR) + TERM_LOADS * sums) + (LOOP_LOADS * steps.steps + OUTPUT_LOADS) * sums),
    bytes: numberBytes(...Object.values(c.sizes)),
  };
}
