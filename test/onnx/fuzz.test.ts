// Files that are cut off or changed anywhere: read as what they say, or refused by a ConvError that says what is wrong.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ConvError } from "../../src/base/error.ts";
import { readOnnx } from "../../src/onnx/load.ts";
import { models } from "./goldens.ts";

const RUNS = Number(process.env["CONVOKE_FUZZ_RUNS"] ?? 400);
const seed = process.env["CONVOKE_FUZZ_SEED"];

/** Reads a file and builds its graph, and returns the code of the error, if it is refused. */
async function outcome(bytes: Uint8Array<ArrayBuffer>, shapes: Record<string, readonly number[]>): Promise<string> {
  try {
    const source = await readOnnx(bytes);
    try {
      source.graph(shapes);
    } catch (error) {
      // The inputs may have others now.
      if (error instanceof ConvError && error.code !== "invalid-model") return error.code;
      throw error;
    }
  } catch (error) {
    if (!(error instanceof ConvError)) throw error;
    expect(error.message).toMatch(/got /);
    return error.code;
  }
  return "read";
}

const shapesOf = ({ inputs }: (typeof models)[number]): Record<string, readonly number[]> =>
  Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));

test("files that are cut off", async () => {
  const codes = new Set<string>();
  for (const golden of models.filter((_, at) => at % 24 === 0))
    for (let length = 0; length < golden.model.length; length += 3)
      codes.add(await outcome(golden.model.slice(0, length), shapesOf(golden)));
  expect([...codes].filter((code) => code !== "read")).toEqual(["invalid-model"]);
});

test("files with changed bytes", async () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
  const codes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...models), changes, async (golden, list) => {
      const bytes = golden.model.slice();
      for (const [at, byte] of list) bytes[at % bytes.length] = byte;
      const code = await outcome(bytes, shapesOf(golden));
      expect([
        "read",
        "invalid-model",
        "unsupported-model",
        "shape-mismatch",
        "invalid-argument",
        "unknown-option",
        "too-large",
      ]).toContain(code);
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }),
    { numRuns: RUNS, ...(seed && { seed: Number(seed) }) },
  );
  for (const code of ["read", "invalid-model", "unsupported-model"]) expect(codes.get(code)).toBeGreaterThan(RUNS / 50);
});
