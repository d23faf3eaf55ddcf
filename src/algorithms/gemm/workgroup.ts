// The workgroup tiles of the batched GEMM, for GPUs: a workgroup loads the numbers of a tile through its memory, each once (tiled.wgsl).
import storeVectorsShader from "../../../shaders/algorithms/gemm/matrix-c-vectors.wgsl";
import multiplyShader from "../../../shaders/algorithms/gemm/multiply.wgsl";
import tiledShader from "../../../shaders/algorithms/gemm/tiled.wgsl";
import { OUTPUT_LOADS, numberBytes } from "../cost.ts";
import type { GemmVariant, WorkgroupMethod } from "./gemm.ts";

/** Instructions of a K-step beside multiply-adds and loads, by Mesa for Navi 21: addresses, loops. */
const STEP_INSTRUCTIONS = 12;

const method: WorkgroupMethod = {
  kernel({ sideM, sideN4, step4, threads, counted }, K, c, rowsFirst) {
    return {
      shaders: [multiplyShader, tiledShader],
      constants: {
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
    return {
      threads: all,
      multiplyAdds: 4 * tileM * tileN4 * all * numbers,
      loads: once + OUTPUT_LOADS * batch * M * N,
      bytes: numberBytes(batch * M * K, batch * K * N, batch * M * N),
      // Each number is stored once, and loaded by every thread that needs it.
      workgroupLoads: once + (tileM + 4 * tileN4) * all * numbers,
      workgroups: tiles,
      traffic: numberBytes(once, batch * M * N),
      barriers: 2 * steps,
      instructions: STEP_INSTRUCTIONS * all * steps,
    };
  },
};

/** A workgroup tile of `sideM` x `sideN` outputs, divided into thread tiles of `tileM` x `tileN`, with a K-step of `step` terms. */
function tile(sideM: number, sideN: number, tileM: number, tileN: number, step: number): GemmVariant {
  return {
    name: `${sideM}x${sideN}-${tileM}x${tileN}k${step}`,
    ...{ tileM, tileN4: tileN / 4, quads: false },
    workgroup: {
      ...{ sideM, sideN4: sideN / 4, step4: step / 4 },
      threads: (sideM / tileM) * (sideN / tileN),
      bytes: numberBytes(step * (sideM + sideN)),
      counted: false,
      method,
    },
  };
}

/** Large tiles for large matrices, small ones for few outputs or devices with few registers, narrow ones for few rows or columns. */
export const WORKGROUP_TILES: readonly GemmVariant[] = [
  tile(128, 64, 8, 8, 8),
  tile(64, 64, 8, 8, 16),
  tile(64, 64, 8, 8, 4),
  tile(64, 64, 8, 4, 16),
  tile(64, 32, 8, 4, 8),
  tile(64, 64, 4, 4, 16),
  tile(32, 32, 4, 4, 32),
  tile(32, 32, 4, 4, 16),
  tile(32, 32, 4, 4, 8),
  tile(64, 16, 4, 4, 16),
  tile(16, 64, 4, 4, 16),
];
