// The workgroup tiles of the batched GEMM, for GPUs: a workgroup loads the numbers of a tile through its memory, each once (tiled.wgsl).
import storeVectorsShader from "../../../shaders/algorithms/gemm/matrix-c-vectors.wgsl";
import multiplyFloatsShader from "../../../shaders/algorithms/gemm/multiply-floats.wgsl";
import multiplyShader from "../../../shaders/algorithms/gemm/multiply.wgsl";
import threadSumsShader from "../../../shaders/algorithms/gemm/thread-sums.wgsl";
import tiledShader from "../../../shaders/algorithms/gemm/tiled.wgsl";
import { F32_BYTES } from "../../kernel/element-types.ts";
import type { Shader } from "../../kernel/shader.ts";
import type { Kernel } from "../../kernel/step.ts";
import type { Correlation } from "../../problem/correlation.ts";
import { type ErrorBound, SEQUENTIAL_SUM } from "../algorithm.ts";
import { OUTPUT_LOADS, numberBytes } from "../cost.ts";
import type { DeviceTraits } from "../traits.ts";
import { FEW_SUMS } from "./tile.ts";
import type { GemmVariant, WorkgroupMethod } from "./variant.ts";

/** Instructions of a K-step beside multiply-adds and loads, by Mesa for Navi 21: addresses, loops. */
const STEP_INSTRUCTIONS = 12;

/** How a workgroup multiplies its tiles: what fills the slots of tiled.wgsl, and at what cost. */
export interface InnerProduct {
  readonly shaders: readonly Shader[];
  readonly aliases: Readonly<Record<string, string>>;
  /** Constants beside those of the tile. */
  readonly constants?: Kernel["constants"];
  /** Whether to keep compilers from unrolling a K-step, for lack of registers. */
  readonly counted?: boolean;
  /** The subgroup size that the kernel asks for. */
  readonly subgroupSize?: number | undefined;
  /** Bytes of a number in workgroup memory, and of all that is there beside the tiles. */
  readonly numberBytes: number;
  readonly otherBytes?: number;
  /** Multiply-adds in the time of one by a thread in float32. */
  readonly rate: number;
  /** Instructions of a thread for each of its sums in a K-step, beside multiply-adds and loads. */
  readonly sumInstructions?: number;
  /** Rows and columns of C whose terms a subgroup loads at once, and the number of subgroups; by default those of a thread. */
  readonly shared?: { readonly numbers: number; readonly count: number };
  /** The error of sums of K terms. */
  error(c: Correlation, K: number): ErrorBound;
  /** The inner product as a device needs it for a tile; undefined if the device cannot run it. */
  on(variant: GemmVariant, device: DeviceTraits): InnerProduct | undefined;
}

function methodOf(inner: InnerProduct): WorkgroupMethod {
  const { shaders, aliases, constants, counted, subgroupSize, numberBytes: ofNumber, otherBytes = 0, rate } = inner;
  return {
    on(variant, device) {
      const own = variant.workgroup!.threads <= device.maxWorkgroupInvocations ? inner.on(variant, device) : undefined;
      return own && methodOf(own);
    },

    fits({ tileM, tileN4, workgroup }, mostSums, device) {
      const { sideM, sideN4, step4 } = workgroup!;
      const sums = 4 * tileM * tileN4;
      // Where the subgroup size is chosen for the registers, 64 sums fit beside the vectors of one step only: Mesa spills on Xe-LP with longer ones.
      if (device.subgroupSize !== undefined && sums === 64 && step4 > 1) return false;
      const bytes = 4 * step4 * (sideM + 4 * sideN4) * ofNumber + otherBytes;
      return sums <= mostSums && bytes <= device.workgroupBytes;
    },

    kernel({ workgroup }, K, c, rowsFirst) {
      const { sideM, sideN4, step4, threads } = workgroup!;
      return {
        shaders: [...shaders, tiledShader],
        aliases,
        subgroupSize,
        constants: {
          ...constants,
          ...{ WORKGROUP_SIZE: threads, SIDE_M: sideM, SIDE_N4: sideN4, STEP4: step4 },
          // The sums of a gradient of weights run over pixels, whose number changes from call to call.
          COUNTED: counted || (step4 > 1 && (c.y.operand === "dw" || K % (4 * step4) !== 0)),
          ROWS_FIRST: rowsFirst,
          A_ROWS: rowsFirst ? 1 : (sideM * step4) / threads,
        },
      };
    },

    storeVectors: storeVectorsShader,

    work({ batch, M, N, K }, { tileM, tileN4, workgroup }, tiles) {
      const { sideM, sideN4, step4, threads } = workgroup!;
      const all = tiles * threads;
      const steps = Math.ceil(Math.ceil(K / 4) / step4);
      const numbers = 4 * steps * step4;
      const once = (sideM + 4 * sideN4) * tiles * numbers;
      const sums = 4 * tileM * tileN4;
      const { shared = { numbers: tileM + 4 * tileN4, count: threads }, sumInstructions = 0 } = inner;
      return {
        threads: all,
        multiplyAdds: (sums * all * numbers) / rate,
        loads: once + OUTPUT_LOADS * batch * M * N,
        bytes: numberBytes(batch * M * K, batch * K * N, batch * M * N),
        // Each number is stored once, and loaded by every thread or subgroup that needs it.
        workgroupLoads: ((once + shared.numbers * shared.count * tiles * numbers) * ofNumber) / F32_BYTES,
        workgroups: tiles,
        traffic: numberBytes(once, batch * M * N),
        barriers: 2 * steps,
        instructions: (STEP_INSTRUCTIONS + sumInstructions * sums) * all * steps,
      };
    },

    error: (c, K) => inner.error(c, K),
  };
}

/** Sums by threads in float32. */
const floats: InnerProduct = {
  shaders: [threadSumsShader, multiplyShader, multiplyFloatsShader],
  aliases: { T4: "vec4f" },
  numberBytes: F32_BYTES,
  rate: 1,
  error: () => SEQUENTIAL_SUM,
  on: (_, device) => ({ ...floats, ...forThreads(device) }),
};

/** Small subgroups where they leave a thread more registers, and short code where it has few. */
export function forThreads({ maxSums, subgroupSize }: DeviceTraits): Pick<InnerProduct, "counted" | "subgroupSize"> {
  return { counted: maxSums <= FEW_SUMS, subgroupSize };
}

/** A workgroup tile of `sideM` x `sideN` outputs, divided into thread tiles of `tileM` x `tileN`, with a K-step of `step` terms. */
export function tile(
  sides: readonly [M: number, N: number],
  sums: readonly [M: number, N: number],
  step: number,
  inner = floats,
  name = `${sides.join("x")}-${sums.join("x")}k${step}`,
): GemmVariant {
  const [sideM, sideN] = sides;
  const [tileM, tileN] = sums;
  return {
    name,
    ...{ tileM, tileN4: tileN / 4, quads: false },
    workgroup: {
      ...{ sideM, sideN4: sideN / 4, step4: step / 4 },
      threads: (sideM / tileM) * (sideN / tileN),
      method: methodOf(inner),
    },
  };
}

/** Large tiles for large matrices, small ones for few outputs or devices with few registers, narrow ones for few rows or columns. */
export const WORKGROUP_TILES: readonly GemmVariant[] = [
  tile([128, 64], [8, 8], 8),
  tile([64, 64], [8, 8], 16),
  tile([64, 64], [8, 8], 4),
  tile([64, 64], [8, 4], 16),
  tile([64, 32], [8, 4], 8),
  tile([64, 64], [4, 4], 16),
  tile([32, 32], [4, 4], 32),
  tile([32, 32], [4, 4], 16),
  tile([32, 32], [4, 4], 8),
  tile([64, 16], [4, 4], 16),
  tile([16, 64], [4, 4], 16),
];
