// The benchmark in Node itself, on the machine's GPU: on `navigator.gpu` where something has put one there, else on Dawn from the package
// `webgpu`.
import { type Answer, ask } from "../scripts/harness/answer.ts";
import type { Bench, BenchPage, Given, Value } from "./protocol.ts";

/** A job that takes longer hangs. */
const JOB_MS = 900_000;

interface NavigatorWithGpu {
  gpu?: GPU;
}

export async function openNode(): Promise<BenchPage> {
  const scope = globalThis as { navigator?: NavigatorWithGpu };
  if (!scope.navigator?.gpu) {
    const { create, globals } = await import("webgpu");
    Object.assign(globalThis, globals);
    const navigator: NavigatorWithGpu = scope.navigator ?? {};
    // The implementation lives as long as this reference to it.
    Object.defineProperty(navigator, "gpu", { value: create([]), configurable: true });
    if (!scope.navigator) Object.defineProperty(scope, "navigator", { value: navigator, configurable: true });
  }
  const { bench } = await import("./bench.ts");
  return {
    browser: `Node ${process.versions.node}`,
    ask: <Name extends keyof Bench>(name: Name, given: Given<Bench, Name>) =>
      ask((bench[name] as (argument: Given<Bench, Name>) => Promise<Answer<Value<Bench, Name>>>)(given), JOB_MS),
    close: () => Promise.resolve(),
  };
}
