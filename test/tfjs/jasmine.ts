// The specs that TensorFlow.js ships are written for jasmine: here they run on Vitest, under jasmine's names.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

/** Runs a spec, given its name and those of its suites, outermost first. */
export type RunSpec = (names: readonly string[], spec: () => unknown) => Promise<void>;

/** Declares the suites of the spec files that `load` imports, as a part of the test file that calls it. */
export async function declareSpecs(load: () => Promise<unknown>, run: RunSpec): Promise<void> {
  expect.extend({ nothing: () => ({ pass: true, message: () => "expected something" }) });
  const suites: string[] = [];
  const names = {
    describe(name: string, suite: () => void) {
      // oxlint-disable-next-line vitest/valid-title -- The spec files have the titles.
      describe(name, () => {
        suites.push(name);
        suite();
        suites.pop();
      });
    },
    it(name: string, spec: () => unknown) {
      if (spec.length > 0) throw new Error(`${name}: the spec expects a callback, which Vitest does not pass`);
      const all = [...suites, name];
      // oxlint-disable-next-line vitest/valid-title -- as above
      it(name, () => run(all, spec));
    },
    ...{ expect, beforeAll, beforeEach, afterAll, afterEach },
    // jasmine_util.js loads jasmine to set its timeout.
    require: () => ({ core: () => ({}) }),
  };
  Object.assign(globalThis, names);
  afterAll(() => {
    for (const name of Object.keys(names)) Reflect.deleteProperty(globalThis, name);
  });
  await load();
}
