import { describe, expect, it } from "vitest";
import { evaluate } from "../../src/kernel/expression.ts";

const names: Record<string, number> = { TILE_M: 8, STEP: 3 };
const lookup = (name: string): number => {
  const value = names[name];
  if (value === undefined) throw new Error(`no ${name}`);
  return value;
};

describe("evaluate", () => {
  it.each([
    ["4u", 4],
    ["TILE_M * 2u + 1u", 17],
    ["1u + TILE_M * 2u", 17],
    ["(1u + TILE_M) * 2u", 18],
    ["TILE_M / STEP", 2],
    ["TILE_M % STEP", 2],
    ["TILE_M - STEP - 1", 4],
    ["-STEP + 4i", 1],
    ["max(STEP, 2u + TILE_M) / min(STEP - 1u, TILE_M)", 5],
  ])("%s is %d", (expression, value) => {
    expect(evaluate(expression, lookup)).toBe(value);
  });

  it.each(["", "4u +", "(4u", "4u)", "4u 5u", "min(4u)", "max(4u, 5u", "UNKNOWN", "* 2"])(
    "refuses %j",
    (expression) => {
      expect(() => evaluate(expression, lookup)).toThrow(Error);
    },
  );
});
