// The invocations of kernels by rows: each computes every rowThreads-th item of a row, so that the index arithmetic of the row is done once,
// and neighbouring invocations load and store neighbouring items.
import { FEW_THREADS } from "./pool-kernel.ts";

/**
 * Items of a row that an invocation computes, in rows of at least so many: starting one costs eight loads in SwiftShader, but in short rows few
 * neighbours are left that load neighbouring items.
 */
const RUNS = [
  { run: 8, least: 128 },
  { run: 4, least: 4 },
];

/** Items of a row that an invocation computes, one unless a GPU stays busy; invocations of a row and of all rows. */
export function rowRuns(rows: number, row: number): { run: number; rowThreads: number; threads: number } {
  const { run } = RUNS.find(({ run: items, least }) => row >= least && rows * row >= items * FEW_THREADS) ?? { run: 1 };
  const rowThreads = Math.ceil(row / run);
  return { run, rowThreads, threads: rows * rowThreads };
}
