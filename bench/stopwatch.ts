// The library's own stopwatch, which its public entries do not export: for the benchmark, and for pages that show times.
export { MOST_SPREAD, Sampler, type Timing, median, repetitions, spread, timeTogether } from "../src/gpu/samples.ts";
export { type Recorder, Stopwatch } from "../src/gpu/stopwatch.ts";
