// implicit-gemm: the im2col product without the columns. Each cell is loaded from the input when the product needs it, so any
// kernel, stride, dilation and grouping is one GEMM over the outputs of the whole batch (Chetlur et al., "cuDNN: efficient
// primitives for deep learning", section 3).
import { BINDING, type Step, WORKGROUP_SIZE, gridFor } from "../kernel/step.ts";
import { elementCount, roundUp } from "../base/shape.ts";
import type { Method, Part, Variant } from "./algorithm.ts";
import type { DeviceTraits } from "./traits.ts";
import { type Correlation, termCount } from "../problem/correlation.ts";
import { packStep, packedSize } from "./gemm/gemm.ts";
import { F32_BYTES } from "../kernel/element-types.ts";
import { epilogueBindings, epilogueConstants, epilogueShaders, inputAlias, inputWords, loader, outputAlias, outputWords, paddingShader, preparedRange, scratch, whole, windowConstants } from "./operands.ts";
import { type Partials, reduceStep, reduceWork } from "./reduce-splits.ts";
import { termRows } from "./gemm/weights.ts";
import { GATHER_LOADS, OUTPUT_LOADS, bytesOf } from "./cost.ts";
import mainWorkgroupShader from "../../shaders/lib/main-workgroup.wgsl";
import mainShader from "../../shaders/lib/main.wgsl";
import storeOutputShader from "../../shaders/algorithms/implicit-gemm/store-output.wgsl";
import storePartialShader from "../../shaders/algorithms/implicit-gemm/store-partial.wgsl";
import gatherShader from "../../shaders/algorithms/implicit-gemm/gather.wgsl";
import implicitGemmWorkgroupShader from "../../shaders/algorithms/implicit-gemm-workgroup.wgsl";
import implicitGemmShader from "../../shaders/algorithms/implicit-gemm.wgsl";

interface ImplicitGemmVariant extends Variant {
  /** Whether tiles are shared through workgroup memory (64 x 64 a workgroup) or each thread loads its own. */
  readonly shared: boolean;
  /** Outputs, and vectors of four channels, that one thread (or with `shared` one workgroup) makes. */
  readonly tileN: number;
  readonly tileV: number;
  /** Parts that the terms of a sum are split into. */
  readonly splits: number;
}

/**
 * Terms taken in one turn of the loop. On SwiftShader 1, 2 and 4 gave 2.2, 2.4 and 1.6 GFLOP/s on 3x3 over 64 channels at 56 x 56, and more than
 * two only longer code to compile.
 */
const STEP = { own: 2, shared: 16 };

/** Threads below which an adapter is not busy, so that splitting the sums pays: enough for a large GPU, a few for two cores. */
const BUSY_THREADS = { hardware: 16_384, software: 64 };

/** Loads that a load from workgroup memory, with its share of the barriers, takes as long as on SwiftShader and lavapipe. */
const SOFTWARE_SHARED_LOADS = 3;

/** The most parts a sum is split into, and the fewest terms of a part. */
const MAX_SPLITS = 32;
const MIN_SPLIT_TERMS = 64;

function outputsOf(correlation: Correlation): number {
  return correlation.N * elementCount(correlation.output);
}

function tilesOf(correlation: Correlation, variant: ImplicitGemmVariant): { m: number; n: number; all: number } {
  const m = Math.ceil(correlation.K / correlation.groups / (4 * variant.tileV));
  const n = Math.ceil(outputsOf(correlation) / variant.tileN);
  return { m, n, all: m * n * variant.splits * correlation.groups };
}

/** Terms of a part: whole steps, so that no step reaches into the next part. */
function splitTerms(correlation: Correlation, variant: ImplicitGemmVariant): number {
  const step = variant.shared ? STEP.shared : STEP.own;
  return roundUp(Math.ceil(termCount(correlation) / variant.splits), step);
}

function partialBytes(correlation: Correlation, splits: number): number {
  return splits > 1 ? splits * outputsOf(correlation) * correlation.K * F32_BYTES : 0;
}

/** The variant split into as many parts as keep the adapter busy and the workspace allows; unsplit where it is busy already. */
function split(correlation: Correlation, gpu: DeviceTraits, variant: ImplicitGemmVariant): ImplicitGemmVariant {
  const busy = gpu.software ? BUSY_THREADS.software : BUSY_THREADS.hardware;
  const threads = tilesOf(correlation, variant).all * (variant.shared ? WORKGROUP_SIZE : 1);
  const cap = Math.min(gpu.maxBindingBytes, gpu.maxWorkspaceBytes - preparedBytes(correlation));
  const wanted = Math.min(MAX_SPLITS, Math.floor(termCount(correlation) / MIN_SPLIT_TERMS), Math.ceil(busy / threads));
  let splits = wanted;
  while (splits > 1 && partialBytes(correlation, splits) > cap) splits--;
  return splits > 1 ? { ...variant, splits, name: `${variant.name}s${splits}` } : variant;
}

function preparedBytes(correlation: Correlation): number {
  return packedSize(termRows(correlation)).bytes;
}

function geometry(correlation: Correlation, variant: ImplicitGemmVariant): number[] {
  const { C, K, groups, input, output, padBegin } = correlation;
  const tiles = tilesOf(correlation, variant);
  const packed = packedSize(termRows(correlation));
  const weightRow = packed.columns / 4;
  return [
    ...[tiles.all, tiles.n, tiles.m, variant.splits],
    ...[groups, C / groups, K / groups],
    ...[outputsOf(correlation), termCount(correlation), splitTerms(correlation, variant)],
    ...[weightRow, packed.rows * weightRow, outputsOf(correlation) * K],
    ...output,
    ...input,
    ...padBegin,
    ...inputWords(correlation),
    ...outputWords(correlation),
  ];
}

function multiplyStep(correlation: Correlation, variant: ImplicitGemmVariant): Step {
  const last = variant.splits === 1;
  const from = loader(correlation, "x", BINDING.first);
  const threads = tilesOf(correlation, variant).all * (variant.shared ? WORKGROUP_SIZE : 1);
  return {
    kernel: {
      shaders: [
        variant.shared ? mainWorkgroupShader : mainShader,
        ...(last ? epilogueShaders(correlation.epilogue) : []),
        ...from.shaders,
        paddingShader(correlation),
        last ? storeOutputShader : storePartialShader,
        gatherShader,
        variant.shared ? implicitGemmWorkgroupShader : implicitGemmShader,
      ],
      aliases: { ...inputAlias(correlation), ...(last ? outputAlias(correlation) : {}) },
      constants: {
        WORKGROUP_SIZE, ...epilogueConstants(correlation.epilogue),
        ...from.constants,
        STEP: variant.shared ? STEP.shared : STEP.own,
        ...(variant.shared ? {} : { TILE_N: variant.tileN, TILE_V: variant.tileV }),
        ...windowConstants(correlation),
        CHANNELS_LAST: correlation.layout === "channels-last",
        PADDING_VALUE: { f32: correlation.paddingValue },
      },
    },
    bindings: [
      ...from.bindings,
      preparedRange(BINDING.second, 0, preparedBytes(correlation)),
      ...(last
        ? [whole(BINDING.output, "y", correlation), ...epilogueBindings(correlation)]
        : [scratch(BINDING.output, 0, partialBytes(correlation, variant.splits))]),
    ],
    uniforms: geometry(correlation, variant),
    workgroups: gridFor(threads),
  };
}

/** Where the sums of the parts lie: a row of outputs for each channel. */
function partialsOf(correlation: Correlation, splits: number): Partials {
  const outputs = outputsOf(correlation);
  const size = partialBytes(correlation, splits);
  return {
    count: splits,
    buffer: scratch(BINDING.first, 0, size),
    part: outputs * correlation.K,
    group: (outputs * correlation.K) / correlation.groups,
    channel: outputs,
    output: 1,
  };
}

export const implicitGemm: Method<ImplicitGemmVariant> = {
  name: "implicit-gemm",
  supports(correlation, gpu) {
    const bytes = preparedBytes(correlation);
    const most = Math.min(gpu.maxWorkspaceBytes, gpu.maxBindingBytes);
    return bytes <= most ? true : { reason: `the packed weights take ${bytes} bytes, more than the ${most} allowed` };
  },

  variants(correlation, gpu) {
    const groupK = correlation.K / correlation.groups;
    const tileV = Math.min(4, Math.ceil(groupK / 4));
    const own = { name: `n8k${tileV * 4}`, shared: false, tileN: 8, tileV, splits: 1 };
    const shared = { name: "shared64", shared: true, tileN: 64, tileV: 16, splits: 1 };
    const both = [split(correlation, gpu, shared), split(correlation, gpu, own)];
    return gpu.software ? both.toReversed() : both;
  },

  // The packing, the product and where sums are split the sum of their parts.
  dispatches: (_correlation, _gpu, { splits }) => (splits > 1 ? 3 : 2),

  plan(correlation, _gpu, variant): Part {
    const bytes = preparedBytes(correlation);
    const matrix = termRows(correlation);
    const pack = packStep(matrix, "w", preparedRange(BINDING.output, 0, bytes), correlation);
    const multiply = multiplyStep(correlation, variant);
    return {
      preparation: { steps: [pack], bytes },
      steps:
        variant.splits > 1 ? [multiply, reduceStep(correlation, partialsOf(correlation, variant.splits))] : [multiply],
      workspaceBytes: partialBytes(correlation, variant.splits),
    };
  },

  // Sums are sequential, or split into parts that are: adding parts only shortens the longest chain (Higham, section 4.2).
  errorGrowth: () => 1,

  work(correlation, gpu, variant) {
    const { tileN, tileV, splits, shared } = variant;
    const tiles = tilesOf(correlation, variant).all;
    const terms = splitTerms(correlation, variant);
    const threads = tiles * (shared ? WORKGROUP_SIZE : 1);
    // A thread of a shared tile loads one cell and one number of the weights a term, and 8 + 8 numbers of what all of them loaded, which
    // on a GPU takes half of the time of a load from memory; on a CPU the barriers make it several times as long.
    const loads = shared
      ? GATHER_LOADS + 1 + 16 * (gpu.software ? SOFTWARE_SHARED_LOADS : 0.5)
      : tileN * GATHER_LOADS + 4 * tileV;
    const outputs = outputsOf(correlation) * correlation.K;
    const multiply = {
      threads,
      multiplyAdds: tiles * terms * tileN * 4 * tileV,
      loads: threads * terms * loads + OUTPUT_LOADS * outputs * splits,
      bytes: bytesOf(...Object.values(correlation.sizes)) + partialBytes(correlation, splits),
    };
    return splits > 1 ? [multiply, reduceWork(correlation, splits)] : [multiply];
  },
};
