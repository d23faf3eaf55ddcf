// Holds every test of a file to free what it allocates.
import { afterEach, expect } from "vitest";
import type { Engine } from "../../src/index.ts";

/** After each test: no tensor, no prepacked weights and no pending read is left; a leak is the engine's or the test's. */
export function expectNoLeaks(engine: () => Engine): void {
  afterEach(() => expect(engine().memory).toMatchObject({ tensors: 0, weights: 0, reads: 0 }));
}
