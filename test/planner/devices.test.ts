// The devices that the suites plan for (test/suite/adapters.ts).
import { expect, it } from "vitest";
import { traitsOf } from "../../src/planner/gpu-classes.ts";
import { GPU_CLASSES, adapterOf } from "../suite/adapters.ts";

it("has an adapter of every class, by which it is recognised", () => {
  expect(GPU_CLASSES.map((gpu) => traitsOf(adapterOf(gpu)).gpu)).toEqual(GPU_CLASSES);
});
