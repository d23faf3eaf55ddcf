import { expect, test } from "vitest";
import { levelsOf } from "../../src/kernel/levels.ts";
import { STORAGE_ALIGNMENT } from "../../src/kernel/step.ts";
import { Workspace } from "../../src/kernel/workspace.ts";

const result = { operand: "y", offset: 0, size: 12 };

test("one level writes the result and needs no workspace", () => {
  const workspace = new Workspace();
  expect(levelsOf(workspace, { sums: 3, terms: 64, partBytes: 4, result })).toEqual([
    { terms: 64, parts: 1, from: undefined, to: result, last: true, inPlace: false },
  ]);
  expect(workspace.bytes).toBe(0);
});

test("a sum of no terms takes one level, which writes zeros", () => {
  expect(levelsOf(new Workspace(), { sums: 3, terms: 0, partBytes: 4, result })).toEqual([
    { terms: 0, parts: 1, from: undefined, to: result, last: true, inPlace: false },
  ]);
});

test("each level reads what the one before wrote", () => {
  const levels = levelsOf(new Workspace(), { sums: 3, terms: 64 ** 2 + 1, partBytes: 4, result });
  expect(levels.map(({ terms, parts }) => [terms, parts])).toEqual([
    [4097, 65],
    [65, 2],
    [2, 1],
  ]);
  for (const [at, { from }] of levels.entries()) expect(from).toBe(levels[at - 1]?.to);
  expect(levels.map(({ inPlace }) => inPlace)).toEqual([false, true, false]);
  expect(levels.at(-1)!.to).toBe(result);
});

test("ranges of the workspace are aligned and apart", () => {
  const workspace = new Workspace(512);
  const levels = levelsOf(workspace, { sums: 5, terms: 100_000, partBytes: 8, fan: 16 });
  let end = 512;
  for (const { to, parts } of levels) {
    expect(to).toMatchObject({ operand: "workspace", size: 5 * parts * 8 });
    expect(to.offset % STORAGE_ALIGNMENT).toBe(0);
    expect(to.offset).toBeGreaterThanOrEqual(end);
    end = to.offset + to.size;
  }
  expect(workspace.bytes).toBeGreaterThanOrEqual(end);
});

test("the last level stays in the workspace where no result is given", () => {
  const [level] = levelsOf(new Workspace(), { sums: 2, terms: 1, partBytes: 16 });
  expect(level).toMatchObject({ parts: 1, last: true, to: { operand: "workspace", size: 32 } });
});
