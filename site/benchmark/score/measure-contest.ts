// Measures a contest on maps that grow while a run stays short, so that a weak GPU is never held for long and a strong one is filled. Each size is
// checked.
import { ConvError, type Engine } from "convoke";
import type { Stopwatch } from "../../../bench/stopwatch.ts";
import { rowOf } from "../measure.ts";
import { prepare } from "../prepare.ts";
import { type Row, isWrong } from "../rows.ts";
import { until } from "../slices.ts";
import { type Contest, NAIVE, SCALES, type Scale, contestJob } from "./contests.ts";
import { sampledCheck } from "./sampled-check.ts";
import { wayOf } from "./ways.ts";

/** Longest that a run may take, by the time of the size before. */
export const MOST_MILLISECONDS = 100;

/** The work of a size by that of the one before. */
const GROWTH = 4;

/** A GPU that is not filled takes less than four times as long: beyond this size nothing new shows. */
const LONG_ENOUGH = 5;

const SAMPLES = 5;

export interface Measured {
  readonly contest: Contest;
  readonly scale: Scale;
  readonly row: Row;
}

export interface ContestMeans {
  readonly engine: Engine;
  readonly stopwatch: Stopwatch;
  readonly signal: AbortSignal;
  /** The adapter's peak; 0 if it is not known. */
  readonly flopsPerSecond: number;
}

/** Whether maps of twice the side may be measured after a run of this long. */
export function mayGrow(milliseconds: number): boolean {
  return milliseconds < LONG_ENOUGH && GROWTH * milliseconds < MOST_MILLISECONDS;
}

/** Whether maps up to the layer's own may be measured after a run of this long on maps of half the side. */
function mayReach(milliseconds: number): boolean {
  return GROWTH * milliseconds < MOST_MILLISECONDS;
}

/** The share of the adapter's peak that ways reach at least, wherever they are bad at something. */
const LEAST_SHARE = { naive: 0.002, others: 0.02 } as const;

/** Smaller maps are all border. */
const LEAST_SIDE = 4;

/** Returns the largest maps, up to the layer's own, whose first run is sure to be short on an adapter of this peak. */
export function firstScale(contest: Contest, flopsPerSecond: number): Scale {
  const share = contest.algorithm === NAIVE ? LEAST_SHARE.naive : LEAST_SHARE.others;
  const fitting = SCALES.filter(
    (scale) => scale <= 1 && Math.min(...contestJob(contest, scale).layer.input) >= LEAST_SIDE,
  );
  const short = fitting.filter((scale) => {
    const seconds = rowOf(contestJob(contest, scale)).flops / (share * flopsPerSecond);
    return 1000 * seconds < MOST_MILLISECONDS;
  });
  return short.at(-1) ?? fitting[0] ?? 1;
}

async function measureAt(means: ContestMeans, contest: Contest, scale: Scale): Promise<{ row: Row; next: boolean }> {
  const { engine, stopwatch, signal } = means;
  const job = contestJob(contest, scale);
  const row = rowOf(job);
  const prepared = await prepare(engine, job, signal);
  try {
    const start = performance.now();
    const way = await wayOf(engine, contest, prepared, signal);
    try {
      await until(signal, engine.device.queue.onSubmittedWorkDone());
      const firstMilliseconds = performance.now() - start;
      const values = await until(signal, way.result.read());
      const check = await sampledCheck(prepared, values, way.errorGrowth, signal);
      const { chosen, variant } = way;
      const common: Row = { ...row, chosen, ...(variant && { variant }), firstMilliseconds, check };
      if (isWrong(common)) return { row: common, next: false };
      const record = (encoder: GPUCommandEncoder, count: number): void => {
        for (let turn = 0; turn < count; turn++) way.encode(encoder);
      };
      const quick = await until(signal, stopwatch.time(record, 1, 0));
      const next = scale < 1 ? mayReach(quick.seconds * 1e3) : mayGrow(quick.seconds * 1e3);
      const long = quick.seconds * 1e3 > MOST_MILLISECONDS;
      if (long || (next && scale !== SCALES.at(-1))) return { row: timed(common, quick.samples), next };
      const { samples } = await until(signal, stopwatch.time(record, SAMPLES));
      return { row: timed(common, samples), next: false };
    } finally {
      way.destroy();
    }
  } finally {
    prepared.free();
  }
}

function timed(row: Row, samples: readonly number[]): Row {
  const sorted = samples.toSorted((a, b) => a - b);
  return { ...row, milliseconds: sorted[sorted.length >> 1]! * 1e3, samples: samples.map((one) => one * 1e3) };
}

/** Measures a contest on the largest maps whose runs are short enough. */
export async function measureContest(means: ContestMeans, contest: Contest): Promise<Measured> {
  let measured: Measured | undefined;
  // The first call at any size has all the compiling.
  let first: number | undefined;
  const smallest = firstScale(contest, means.flopsPerSecond);
  for (const scale of SCALES.filter((one) => one >= smallest)) {
    try {
      const { row, next } = await measureAt(means, contest, scale);
      first ??= row.firstMilliseconds;
      measured = { contest, scale, row: first === undefined ? row : { ...row, firstMilliseconds: first } };
      if (!next) break;
    } catch (error) {
      means.signal.throwIfAborted();
      if (error instanceof ConvError && (error.code === "device-lost" || error.code === "destroyed")) throw error;
      // What fits no more was measured smaller.
      if (measured) break;
      const message = error instanceof Error ? error.message : String(error);
      const refused = error instanceof ConvError && error.code === "unsupported";
      const row = { ...rowOf(contestJob(contest, scale)), ...(refused ? { refused: message } : { failed: message }) };
      return { contest, scale, row };
    }
  }
  return measured!;
}
