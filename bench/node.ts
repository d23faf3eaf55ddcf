// The benchmark in Node itself, on the machine's GPU: on `navigator.gpu` if the environment has one, else on Dawn from the package `webgpu`.
import { type Answer, type Value, ask } from "../scripts/harness/answer.ts";
import type { BenchPage } from "./bench-page.ts";
import type { Bench } from "./protocol.ts";

/** Milliseconds after which a job counts as hanging. */
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
    ask: <Name extends keyof Bench>(name: Name, ...given: Parameters<Bench[Name]>) => {
      const answered = (bench[name] as (...list: Parameters<Bench[Name]>) => Promise<unknown>)(...given);
      return ask(answered as Promise<Answer<Value<Bench, Name>>>, JOB_MS);
    },
    close: () => Promise.resolve(),
  };
}
