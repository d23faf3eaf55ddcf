// The library's own stopwatch, which its public entries do not export: for the benchmark, and for pages that show times.
export { type Recorder, Stopwatch, type Timing, median, repetitions } from "../src/gpu/stopwatch.ts";
