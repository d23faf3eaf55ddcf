// direct: the sum as it is written, in register tiles, straight from storage and with no workspace. Serves every problem and so is
// the last resort.
import type { Shader } from "../kernel/shader.ts";
import { BINDING, gridFor, WORKGROUP_SIZE } from "../kernel/step.ts";
import type { Method, Part, Variant } from "./algorithm.ts";
import type { DeviceTraits } from "./traits.ts";
import { type Correlation, termCount } from "../problem/correlation.ts";
import { gather, gatherWork } from "./gather-gradient.ts";
import { epilogueBindings, epilogueConstants, epilogueShaders, inputAlias, inputWords, loader, outputAlias, outputWords, paddingShader, weightWords, whole, windowConstants } from "./operands.ts";
import { GATHER_LOADS, OUTPUT_LOADS, SCALAR_LOADS, bytesOf } from "./cost.ts";
import weightsScalarShader from "../../shaders/algorithms/direct/weights-scalar.wgsl";
import quadsShader from "../../shaders/lib/quads.wgsl";
import weightsQuadsShader from "../../shaders/algorithms/direct/weights-quads.wgsl";
import weightsFourShader from "../../shaders/algorithms/direct/weights-four.wgsl";
import storeChannelsShader from "../../shaders/algorithms/direct/store-channels.wgsl";
import directShader from "../../shaders/algorithms/direct.wgsl";
import mainShader from "../../shaders/lib/main.wgsl";

interface DirectVariant extends Variant {
  /** Neighbouring outputs of a row that a thread makes. */
  readonly tileQ: number;
  /** Vectors of output channels that a thread makes, of `lanes` channels each. */
  readonly tileV: number;
  readonly lanes: 1 | 4;
  /** Whether four threads that make other outputs of the same channels share the weights they load. */
  readonly quads: boolean;
}

/**
 * Multiply-adds (of vectors) written out for one kernel row at most, and for several rows together, which share nothing but the
 * turn of the loop: compile time grows with them. Measured on SwiftShader, three rows of a 3x3 kernel against one, milliseconds
 * and first call: 64 to 64 channels at 56 x 56 54 and 974 against 57 and 518, 128 channels in 32 groups at 28 x 28 3.4 and 553
 * against 3.3 and 280, 64 in 32 groups at 56 x 56 5.9 and 509 against 4.8 and 230.
 */
const MAX_UNROLLED = 512;
// Weights packed first, so that one load of a vector takes the place of four, gained nothing there: 36.3 ms against 36.7, 37.1
// against 35.3 over 128 channels at 28 x 28, 22.1 against 23.4 for 1x1 from 256 to 64.
const MAX_UNROLLED_ROWS = 96;

/** Outputs of a row that a thread makes at most: 64 sums are what the registers of a GPU hold. */
const MAX_WIDTH = { software: 14, hardware: 8 };

/**
 * Where quads share weights on SwiftShader, 16 channels a thread take 26 ms for 3x3 over 64 channels at 56 x 56, 8 take 37, as they do
 * without; 24, 30 and 37 for 7x7 at stride 2 from 3 channels at 224 x 224; 1x1 from 256 to 64 at 56 x 56 takes 19 instead of 27.
 */
function variantOf(correlation: Correlation, gpu: DeviceTraits, tileQ: number, tileK: number): DirectVariant {
  const groupK = correlation.K / correlation.groups;
  // A group of less than two vectors is made channel by channel where vectors would not fill it: for 192 channels in 32 groups, 3x3
  // at 28 x 28, 5.3 ms instead of 8.6 on SwiftShader.
  const lanes = groupK % 4 === 0 || groupK > 8 ? 4 : 1;
  const tileV = lanes === 4 ? Math.min(tileK / 4, Math.ceil(groupK / 4)) : groupK;
  // Threads of the same channels follow each other through all outputs of an image.
  const alike = correlation.output[0] * correlation.output[1] * Math.ceil(correlation.output[2] / tileQ);
  const quads = gpu.quads && lanes === 4 && alike % 4 === 0;
  return { name: `q${tileQ}k${tileV * lanes}${quads ? "-quads" : ""}`, tileQ, tileV, lanes, quads };
}

/** The snippets that load the weights of a vector and store its sums. */
function weightShaders({ lanes, quads }: DirectVariant): Shader[] {
  if (lanes === 1) return [weightsScalarShader];
  return [...(quads ? [quadsShader, weightsQuadsShader] : [weightsFourShader]), storeChannelsShader];
}

/** The largest divisor of `size` that is at most `most`. */
function divisorUpTo(size: number, most: number): number {
  for (let divisor = Math.min(size, Math.floor(most)); divisor > 1; divisor--) if (size % divisor === 0) return divisor;
  return 1;
}

/**
 * How many kernel rows and columns one step of the sum takes, and how the cells of a row are loaded: as one stretch that the
 * columns share, or where they share little, column by column.
 */
function stepConstants(correlation: Correlation, variant: DirectVariant) {
  const stride = correlation.stride[2];
  const dilation = correlation.dilation[2];
  const unrolled = MAX_UNROLLED / (variant.tileQ * variant.tileV);
  const columns = divisorUpTo(correlation.kernel[2], unrolled);
  const shared = (variant.tileQ - 1) * stride + (columns - 1) * dilation + 1;
  if (shared > variant.tileQ * columns) {
    return { ROWS: 1, COLUMNS: 1, CELL_STEP: stride, CELLS_PER_OUTPUT: 1, CELLS_PER_COLUMN: 1 };
  }
  const together = MAX_UNROLLED_ROWS / (variant.tileQ * variant.tileV * columns);
  const rows = columns === correlation.kernel[2] ? divisorUpTo(correlation.kernel[1], together) : 1;
  return { ROWS: rows, COLUMNS: columns, CELL_STEP: 1, CELLS_PER_OUTPUT: stride, CELLS_PER_COLUMN: dilation };
}

/** How a variant cuts the outputs into tiles and the sums into steps. */
function sizesOf(correlation: Correlation, variant: DirectVariant) {
  const { N, K, groups, output } = correlation;
  const { ROWS, COLUMNS } = stepConstants(correlation, variant);
  const tilesQ = Math.ceil(output[2] / variant.tileQ);
  const tilesK = Math.ceil(K / groups / (variant.tileV * variant.lanes));
  const threads = N * groups * tilesK * output[0] * output[1] * tilesQ;
  return { tilesQ, tilesK, threads, steps: termCount(correlation) / (ROWS * COLUMNS) };
}

export const direct: Method<DirectVariant> = {
  name: "direct",
  supports: () => true,

  variants(correlation, gpu) {
    const width = correlation.output[2];
    const widest = Math.min(width, gpu.software ? MAX_WIDTH.software : MAX_WIDTH.hardware);
    // A tile costs its outputs and the weights it loads, which weigh as much as a dozen outputs.
    const costs = (tileQ: number): number => Math.ceil(width / tileQ) * (tileQ + 12);
    const [best] = [14, 8, 7, 5, 4, 3, 2, 1].filter((tileQ) => tileQ <= widest).toSorted((a, b) => costs(a) - costs(b));
    if (!gpu.software) return [variantOf(correlation, gpu, best!, 8)];
    // Columns share a stretch of input; a kernel of one column makes up for it with twice the channels, and so do weights that are shared.
    const shared = variantOf(correlation, gpu, best!, 16);
    return [shared.quads || best! < 7 || correlation.kernel[2] === 1 ? shared : variantOf(correlation, gpu, best!, 8)];
  },

  dispatches: () => 1,

  plan(correlation, _gpu, variant): Part {
    const { C, K, groups, output, padBegin } = correlation;
    const input = loader(correlation, "x", BINDING.first);
    const weights = loader(correlation, "w", BINDING.second);
    const step = stepConstants(correlation, variant);
    const { tilesQ, tilesK, steps, threads } = sizesOf(correlation, variant);
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
              ...weightShaders(variant),
              directShader,
            ],
            aliases: {
              ...inputAlias(correlation),
              ...outputAlias(correlation),
              V: variant.lanes === 4 ? "vec4f" : "f32",
              LaneOffsets: variant.lanes === 4 && !variant.quads ? "vec4u" : "u32",
            },
            constants: {
              WORKGROUP_SIZE, ...epilogueConstants(correlation.epilogue),
              ...input.constants,
              ...weights.constants,
              ...step,
              TILE_Q: variant.tileQ,
              TILE_V: variant.tileV,
              LANES: variant.lanes,
              Q_TAIL: output[2] % variant.tileQ !== 0,
              K_TAIL: (K / groups) % (variant.tileV * variant.lanes) !== 0,
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
            ...[threads, steps],
            ...[tilesQ, tilesK],
            ...[output[1], output[0], output[2]],
            ...[groups, C / groups, K / groups],
            ...correlation.input,
            ...padBegin,
            ...inputWords(correlation),
            ...outputWords(correlation),
            ...weightWords(correlation),
          ],
          workgroups: gridFor(threads),
        },
      ],
    };
  },

  gather: { plan: gather, work: gatherWork },

  // The sum is accumulated sequentially: the bound itself.
  errorGrowth: () => 1,

  work(correlation, _gpu, variant) {
    const { tileQ, tileV, lanes, quads } = variant;
    const { ROWS, COLUMNS, CELLS_PER_OUTPUT, CELLS_PER_COLUMN } = stepConstants(correlation, variant);
    const { threads, steps } = sizesOf(correlation, variant);
    const cells = (tileQ - 1) * CELLS_PER_OUTPUT + (COLUMNS - 1) * CELLS_PER_COLUMN + 1;
    const cell = COLUMNS === correlation.kernel[2] ? 1 : GATHER_LOADS;
    const weights = COLUMNS * tileV * (quads ? 1 : lanes);
    const turn = SCALAR_LOADS * ROWS * (cells * cell + weights);
    const sums = threads * tileQ * tileV * lanes;
    return [
      {
        threads,
        multiplyAdds: sums * steps * ROWS * COLUMNS,
        loads: threads * steps * turn + sums * OUTPUT_LOADS,
        bytes: bytesOf(...Object.values(correlation.sizes)),
      },
    ];
  },
};
