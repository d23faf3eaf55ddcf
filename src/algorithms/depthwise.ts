// depthwise: one input channel a group, any number of output channels. The sum as it is written, in tiles of outputs in both
// directions that share the input cells they load, with no workspace.
import { BINDING, gridFor, WORKGROUP_SIZE } from "../kernel/step.ts";
import { multiplyAdds } from "../problem/problem.ts";
import type { Method, Part, Variant } from "./algorithm.ts";
import type { DeviceTraits } from "./traits.ts";
import type { Correlation } from "../problem/correlation.ts";
import { epilogueBindings, epilogueConstants, epilogueShaders, inputAlias, inputWords, loader, outputAlias, outputWords, paddingShader, weightWords, whole, windowConstants } from "./operands.ts";
import { type Work, bytesOf, estimate } from "./cost.ts";
import depthwiseOneStepShader from "../../shaders/algorithms/depthwise-one-step.wgsl";
import depthwiseStepsShader from "../../shaders/algorithms/depthwise-steps.wgsl";
import depthwiseShader from "../../shaders/algorithms/depthwise.wgsl";
import mainShader from "../../shaders/lib/main.wgsl";

export interface DepthwiseVariant extends Variant {
  /** Outputs of a column, outputs of a row and output channels of a group that a thread makes. */
  readonly tileP: number;
  readonly tileQ: number;
  readonly tileM: number;
  /** Kernel rows and columns that one step of the sum takes. `rows` divides the kernel; the last chunk of columns may be short. */
  readonly rows: number;
  readonly columns: number;
}

/**
 * How the outputs of a tile share cells along an axis. Two outputs share cells where the distance of the cells they begin at is
 * a multiple of the dilation: outputs `outputStep` apart, which begin `shift` cells of the dilated grid apart.
 */
function sharing(correlation: Correlation, axis: number): { outputStep: number; shift: number } {
  const [stride, dilation] = [correlation.stride[axis]!, correlation.dilation[axis]!];
  const common = greatestCommonDivisor(stride, dilation);
  return { outputStep: dilation / common, shift: stride / common };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Tiles along an axis: one set for each residue of the output step. */
function tilesAlong(outputs: number, tile: number, outputStep: number): number {
  return Math.ceil(outputs / (tile * outputStep)) * outputStep;
}

/** The tile of a variant and how it cuts the problem. */
function shapeOf(correlation: Correlation, variant: DepthwiseVariant) {
  const { kernel, output, N, groups } = correlation;
  const p = sharing(correlation, 1);
  const q = sharing(correlation, 2);
  // Outputs that see no cell in common load what each sees.
  const perP = Math.min(p.shift, variant.rows);
  const perQ = Math.min(q.shift, variant.columns);
  const tilesP = tilesAlong(output[1], variant.tileP, p.outputStep);
  const tilesQ = tilesAlong(output[2], variant.tileQ, q.outputStep);
  const tilesM = Math.ceil(correlation.K / groups / variant.tileM);
  const columnSteps = Math.ceil(kernel[2] / variant.columns);
  const channelTiles = groups * tilesM;
  return {
    ...{ p, q, perP, perQ, tilesP, tilesQ, tilesM, channelTiles },
    cellRows: (variant.tileP - 1) * perP + variant.rows,
    cellColumns: (variant.tileQ - 1) * perQ + variant.columns,
    columnTail: columnSteps * variant.columns - kernel[2],
    steps: (correlation.C / groups) * kernel[0] * (kernel[1] / variant.rows) * columnSteps,
    threads: N * channelTiles * output[0] * tilesP * tilesQ,
  };
}

/**
 * Loads that each sum that has to live through a loop takes as long as: on SwiftShader a loop of one step around a tile of 56 sums took
 * 7 ms instead of 4.
 */
const LOOP_LOADS = 3;

function workOf(correlation: Correlation, variant: DepthwiseVariant): Work {
  const { tileP, tileQ, tileM, rows, columns } = variant;
  const shape = shapeOf(correlation, variant);
  const outputs = tileP * tileQ * tileM;
  // A stretch as wide as the kernel has its columns worked out once, another again in each step.
  const cell = columns === correlation.kernel[2] ? 1.2 : 1.5;
  const loop = shape.steps > 1 ? LOOP_LOADS * outputs : 0;
  const step = cell * shape.cellRows * shape.cellColumns + rows * columns * tileM;
  return {
    threads: shape.threads,
    multiplyAdds: shape.threads * shape.steps * outputs * rows * (columns + shape.columnTail),
    loads: shape.threads * (shape.steps * step + loop + 0.5 * shape.cellColumns + outputs),
    bytes: bytesOf(...Object.values(correlation.sizes)),
  };
}

/**
 * Multiply-adds written out at most. On SwiftShader a 3x3 kernel over 144 channels at 56 x 56 takes 4.9 ms with 4 x 7 outputs a
 * thread (252 multiply-adds), 4.0 with 7 x 8 (504), but the first call takes 0.46 s and 0.93: large problems repay that.
 */
const MAX_UNROLLED = { small: 288, large: 640 };
const LARGE = 5e7;

/** Sums that a thread holds at most: the registers of a GPU, which wants many threads besides, or the stack of a CPU. */
const MAX_SUMS = { hardware: 16, software: 112 };

const TILES = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28];

/** Sizes of 1 to 32 that cut so many into chunks, the last of them one short at most. */
function chunksOf(size: number): number[] {
  return Array.from({ length: Math.min(size, 32) }, (_, at) => at + 1).filter(
    (chunk) => size % chunk === 0 || (size + 1) % chunk === 0,
  );
}

function variantOf(correlation: Correlation, tile: Omit<DepthwiseVariant, "name">): DepthwiseVariant {
  const { tileP, tileQ, tileM, rows, columns } = tile;
  const part = rows * columns === correlation.kernel[1] * correlation.kernel[2] ? "" : `r${rows}s${columns}`;
  return { name: `p${tileP}q${tileQ}${tileM > 1 ? `m${tileM}` : ""}${part}`, ...tile };
}

/** Every tile within the limits. The rows of a kernel are taken together only where its columns are. */
function candidates(correlation: Correlation, gpu: DeviceTraits): DepthwiseVariant[] {
  const [, R, S] = correlation.kernel;
  const most = multiplyAdds(correlation) < LARGE ? MAX_UNROLLED.small : MAX_UNROLLED.large;
  const mostSums = gpu.software ? MAX_SUMS.software : MAX_SUMS.hardware;
  const sizes = (outputs: number): number[] => TILES.filter((tile) => tile <= outputs);
  const found: DepthwiseVariant[] = [];
  for (const columns of chunksOf(S)) {
    for (const rows of columns === S ? chunksOf(R).filter((chunk) => R % chunk === 0) : [1]) {
      for (const tileM of sizes(Math.min(8, correlation.K / correlation.groups))) {
        for (const tileP of sizes(correlation.output[1])) {
          for (const tileQ of sizes(correlation.output[2])) {
            const sums = tileP * tileQ * tileM;
            if (sums <= mostSums && sums * rows * columns <= most)
              found.push(variantOf(correlation, { tileP, tileQ, tileM, rows, columns }));
          }
        }
      }
    }
  }
  return found;
}

export const depthwise: Method<DepthwiseVariant> = {
  name: "depthwise",
  serves({ C, groups }) {
    if (C === groups) return true;
    return { reason: `each of the ${groups} groups has ${C / groups} input channels, and it takes one` };
  },

  // The gradients sum over the output channels of a group, or over the batch.
  supports: () => true,

  variants(correlation, gpu) {
    const all = candidates(correlation, gpu).map((variant) => ({
      variant,
      seconds: estimate([workOf(correlation, variant)], gpu.rates),
    }));
    return [all.reduce((best, one) => (one.seconds < best.seconds ? one : best)).variant];
  },

  named: (correlation, gpu, name) => candidates(correlation, gpu).find((one) => one.name === name),

  dispatches: () => 1,

  plan(correlation, _gpu, variant): Part {
    const { K, groups, output, padBegin } = correlation;
    const input = loader(correlation, "x", BINDING.first);
    const weights = loader(correlation, "w", BINDING.second);
    const shape = shapeOf(correlation, variant);
    const { p, q } = shape;
    return {
      workspaceBytes: 0,
      steps: [
        {
          kernel: {
            shaders: [
              mainShader, ...epilogueShaders(correlation.epilogue),
              ...input.shaders,
              ...weights.shaders,
              paddingShader(correlation),
              shape.steps === 1 ? depthwiseOneStepShader : depthwiseStepsShader,
              depthwiseShader,
            ],
            aliases: { ...inputAlias(correlation), ...outputAlias(correlation) },
            constants: {
              WORKGROUP_SIZE, ...epilogueConstants(correlation.epilogue),
              ...input.constants,
              ...weights.constants,
              TILE_P: variant.tileP,
              TILE_Q: variant.tileQ,
              TILE_M: variant.tileM,
              ROWS: variant.rows,
              COLUMNS: variant.columns,
              COLUMN_TAIL: shape.columnTail,
              OUT_STEP_P: p.outputStep,
              OUT_STEP_Q: q.outputStep,
              SHIFT_P: p.shift,
              SHIFT_Q: q.shift,
              PER_P: shape.perP,
              PER_Q: shape.perQ,
              P_TAIL: output[1] % (variant.tileP * p.outputStep) !== 0,
              Q_TAIL: output[2] % (variant.tileQ * q.outputStep) !== 0,
              M_TAIL: (K / groups) % variant.tileM !== 0,
              ...windowConstants(correlation),
              CHANNELS_LAST: correlation.layout === "channels-last",
              PADDING_VALUE: { f32: correlation.paddingValue },
            },
          },
          bindings: [
            ...input.bindings,
            ...weights.bindings,
            whole(BINDING.output, "y", correlation),
            ...epilogueBindings(correlation),
          ],
          uniforms: [
            ...[shape.threads, shape.steps],
            ...[shape.tilesQ, shape.tilesP, output[0], shape.channelTiles, shape.tilesM],
            ...[output[1], output[2], K / groups],
            ...correlation.input,
            ...padBegin,
            ...inputWords(correlation),
            ...outputWords(correlation),
            ...weightWords(correlation),
          ],
          workgroups: gridFor(shape.threads),
        },
      ],
    };
  },

  // The sum is accumulated sequentially: the bound itself.
  errorGrowth: () => 1,

  work: (correlation, _gpu, variant) => [workOf(correlation, variant)],
};
