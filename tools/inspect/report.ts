// The report: a row for each kernel, what is wrong with it, and a line for each candidate.
import { type Column, formatNumber, formatTable } from "../../scripts/harness/table.ts";
import type { Compiled, Outcome } from "./gpu.ts";

/** A kernel as it was inspected. */
export interface Inspected {
  readonly name: string;
  readonly dispatches?: number;
  readonly threads?: number;
  readonly prepares?: boolean;
  /** Bytes of its source as it is published, with loops unrolled. */
  readonly sourceBytes: number;
  readonly outcome: Outcome;
}

/** Most bytes of source of a kernel, and most milliseconds of compiling it: the limits that every kernel on a GPU keeps. */
export const LIMITS = { sourceBytes: 24_000, milliseconds: 400 } as const;

/** What is wrong with a kernel, in words; empty if nothing is. */
export function faultsOf({ sourceBytes, outcome }: Pick<Inspected, "sourceBytes" | "outcome">): string[] {
  const faults: string[] = [];
  if ("failed" in outcome) faults.push(outcome.failed);
  else if (outcome.compiled.spills > 0 || outcome.compiled.scratchBytes > 0)
    faults.push(`spills ${spillsOf(outcome.compiled)} registers, ${outcome.compiled.scratchBytes} B of scratch`);
  if (sourceBytes > LIMITS.sourceBytes) faults.push(`${kilobytes(sourceBytes)} kB of source`);
  if (outcome.milliseconds > LIMITS.milliseconds) faults.push(`${outcome.milliseconds.toFixed(0)} ms to compile`);
  return faults;
}

function kilobytes(bytes: number): string {
  return (bytes / 1e3).toFixed(1);
}

/** Registers spilled, and how often any is loaded back where the driver counts that. */
function spillsOf({ spills, fills, registers }: Compiled): string {
  return registers === undefined ? `${spills}:${fills}` : String(spills);
}

/** A count for each multiply-add. */
function each(count: number, fma: number): string {
  return fma === 0 ? "-" : formatNumber(count / fma);
}

const COLUMNS: readonly Column[] = [
  { title: "kernel", align: "left" },
  { title: "dispatches", align: "right" },
  { title: "threads", align: "right" },
  { title: "lanes", align: "right" },
  { title: "registers", align: "right" },
  { title: "spills", align: "right" },
  { title: "scratch B", align: "right" },
  { title: "shared B", align: "right" },
  { title: "fma", align: "right" },
  { title: "fma %", align: "right" },
  { title: "loads/fma", align: "right" },
  { title: "shared/fma", align: "right" },
  { title: "source kB", align: "right" },
  { title: "ms", align: "right" },
];

/** What the columns mean, to be read below a table. */
export const LEGEND = [
  "fma: multiply-adds in a turn of the hottest innermost loop (no loop: in all of the kernel, marked *). fma %: their share of the",
  "instructions that keep the vector unit busy. loads/fma, shared/fma: numbers of 32 bits that a lane loads from memory and from workgroup",
  "memory for each of them; what loops around that loop load is not counted. spills on Intel: spilled:loaded back. ms: processor time of",
  "compiling, Tint's and the driver's. A p before the dispatches: once for each weight tensor.",
].join("\n");

function rowOf({ name, dispatches, threads, prepares, sourceBytes, outcome }: Inspected): string[] {
  const calls = dispatches === undefined ? "" : `${prepares ? "p " : ""}${dispatches}`;
  const end = [kilobytes(sourceBytes), outcome.milliseconds.toFixed(0)];
  const start = [name, calls, threads === undefined ? "" : String(threads)];
  if ("failed" in outcome) return [...start, "failed", ...Array.from({ length: 8 }, () => ""), ...end];
  const { compiled } = outcome;
  const { counts, isLoop } = compiled.hot;
  const alu = counts.fma + counts.otherAlu;
  return [
    ...start,
    String(compiled.lanes),
    compiled.registers === undefined ? "" : String(compiled.registers),
    spillsOf(compiled),
    String(compiled.scratchBytes),
    String(compiled.workgroupBytes),
    `${counts.fma}${isLoop ? "" : "*"}`,
    alu === 0 ? "-" : ((100 * counts.fma) / alu).toFixed(1),
    each(counts.loadedNumbers, counts.fma),
    each(counts.sharedLoadedNumbers, counts.fma),
    ...end,
  ];
}

/** Formats the kernels of a candidate, followed by what is wrong with any. */
export function formatKernels(kernels: readonly Inspected[]): string {
  const faults = kernels.flatMap((kernel) => faultsOf(kernel).map((fault) => `! ${kernel.name}: ${fault}`));
  return [formatTable(COLUMNS, kernels.map(rowOf)), ...faults].join("\n");
}
