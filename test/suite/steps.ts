// How much work a function does, counted by V8: a promise that no time grows with a size is held by counting, not by a clock. Node only.
import { Session } from "node:inspector/promises";

/** The number of times that all functions and blocks of the project's code ran within `act`. */
export async function stepsOf(act: () => unknown): Promise<number> {
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    act();
    const { result } = await session.post("Profiler.takePreciseCoverage");
    const own = result.filter(({ url }) => url.includes("/src/"));
    return own
      .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges.map(({ count }) => count)))
      .reduce((sum, count) => sum + count, 0);
  } finally {
    session.disconnect();
  }
}
