// Memory plans: values that live at once never overlap, what must be apart is, and the sum stays near the largest sum of live values.
import { array, assert, integer, property, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { type Lifetime, type MemoryPlan, largestLive, planMemory } from "../../src/model/memory-plan.ts";

const KIB = 1024;

/** Throws if a plan is wrong. */
function check(values: readonly Lifetime[], { buffers, places, bytes }: MemoryPlan, most = Infinity): void {
  expect(bytes).toBe(buffers.reduce((sum, size) => sum + size, 0));
  expect(Math.max(0, ...buffers)).toBeLessThanOrEqual(most);
  for (const [at, value] of values.entries()) {
    const place = places[at]!;
    expect(place.offset % 256).toBe(0);
    expect(place.offset + value.bytes).toBeLessThanOrEqual(buffers[place.buffer]!);
    for (const other of value.apart) expect(places[other]!.buffer).not.toBe(place.buffer);
    for (const [index, other] of values.entries()) {
      if (index === at || other.first > value.last || value.first > other.last) continue;
      if (places[index]!.buffer !== place.buffer) continue;
      const [one, two] = [place.offset, places[index]!.offset];
      expect(one + value.bytes <= two || two + other.bytes <= one, `${at} and ${index} overlap`).toBe(true);
    }
  }
}

/** Whether all values lie apart from those that they rather should. */
const isStrict = (values: readonly Lifetime[], { places }: MemoryPlan): boolean =>
  values.every(({ rather }, at) => rather.every((other) => places[other]!.buffer !== places[at]!.buffer));

/** The lifetimes of the results of nodes that read earlier ones; each should be apart from those that its node reads. */
function lifetimes(nodes: readonly { readonly bytes: number; readonly reads: readonly number[] }[]): Lifetime[] {
  return nodes.map(({ bytes, reads }, first) => {
    const readers = nodes.flatMap((node, at) => (node.reads.includes(first) ? [at] : []));
    return { bytes, first, last: Math.max(first, ...readers), apart: [], rather: [...new Set([...reads, ...readers])] };
  });
}

const chain = (sizes: readonly number[]): Lifetime[] =>
  lifetimes(sizes.map((size, at) => ({ bytes: size * KIB, reads: at === 0 ? [] : [at - 1] })));

describe("the sum of the buffers", () => {
  it("is that of two neighbours in a chain", () => {
    const values = chain([64, 64, 16, 64, 64, 128, 1]);
    const plan = planMemory(values);
    check(values, plan);
    expect([plan.bytes, plan.buffers.length]).toEqual([192 * KIB, 2]);
    expect(plan.bytes).toBe(largestLive(values));
    expect(isStrict(values, plan)).toBe(true);
  });

  it("shares a buffer between what a step reads and writes only where that saves more than 5 %", () => {
    const values = chain([1, 16, 16, 1, 1, 32]);
    const plan = planMemory(values);
    check(values, plan);
    expect([plan.bytes, isStrict(values, plan)]).toEqual([33 * KIB, false]);
    const apart = values.map(({ rather, ...value }) => ({ ...value, rather: [], apart: rather }));
    const strict = planMemory(apart);
    check(apart, strict);
    expect(strict.bytes).toBeGreaterThan(33 * KIB * 1.05);
  });

  it("is at most 5 % over the largest sum of live values in a residual network", () => {
    const nodes: { bytes: number; reads: number[] }[] = [{ bytes: 800 * KIB, reads: [] }];
    for (const size of [800, 400, 400, 200, 100]) {
      for (let block = 0; block < 3; block++) {
        const x = nodes.length - 1;
        nodes.push({ bytes: size * KIB, reads: [x] }, { bytes: size * KIB, reads: [x + 1] });
        nodes.push({ bytes: size * KIB, reads: [x, x + 2] });
      }
    }
    const values = lifetimes(nodes);
    const plan = planMemory(values);
    check(values, plan);
    expect(plan.bytes / largestLive(values)).toBeLessThanOrEqual(1.05);
    expect(isStrict(values, plan)).toBe(true);
  });

  it("is at most 5 % over it in a U with long skips", () => {
    const nodes: { bytes: number; reads: number[] }[] = [];
    const add = (bytes: number, ...reads: number[]): number => nodes.push({ bytes: bytes * KIB, reads }) - 1;
    const skips: number[] = [];
    let x = add(512);
    for (const size of [512, 256, 128, 64, 32]) {
      x = add(size, add(size, x));
      skips.push(x);
      x = add(size / 4, x);
    }
    for (const [level, size] of [32, 64, 128, 256, 512].entries()) {
      const up = add(size, x);
      x = add(size, add(2 * size, up, skips.at(-1 - level)!));
    }
    const values = lifetimes(nodes);
    const plan = planMemory(values);
    check(values, plan);
    expect(plan.bytes / largestLive(values)).toBeLessThanOrEqual(1.05);
  });

  it("is at most 5 % over it in a dense block", () => {
    const nodes: { bytes: number; reads: number[] }[] = [{ bytes: 96 * KIB, reads: [] }];
    for (let layer = 0; layer < 12; layer++) {
      const joined = nodes.length - 1;
      nodes.push({ bytes: 48 * KIB, reads: [joined] }, { bytes: 12 * KIB, reads: [joined + 1] });
      nodes.push({ bytes: (96 + 12 * (layer + 1)) * KIB, reads: [joined, joined + 2] });
    }
    const values = lifetimes(nodes);
    const plan = planMemory(values);
    check(values, plan);
    expect(plan.bytes / largestLive(values)).toBeLessThanOrEqual(1.05);
  });
});

describe("any graph", () => {
  const graph = array(
    record({
      blocks: integer({ min: 1, max: 40 }),
      back: array(integer({ min: 1, max: 6 }), { maxLength: 3 }),
    }),
    {
      minLength: 1,
      maxLength: 24,
    },
  ).map((list) =>
    lifetimes(
      list.map(({ blocks, back }, at) => ({
        bytes: blocks * 256,
        reads: [...new Set(back.map((steps) => at - steps).filter((index) => index >= 0))],
      })),
    ),
  );

  it("gets a valid plan, within a tenth of the lower bound, the same each time", () => {
    assert(
      property(graph, (values) => {
        const plan = planMemory(values);
        check(values, plan);
        expect(plan.bytes).toBeGreaterThanOrEqual(largestLive(values));
        expect(plan.bytes).toBeLessThanOrEqual(1.1 * largestLive(values));
        expect(planMemory(values)).toEqual(plan);
      }),
      { numRuns: 100 },
    );
  });

  it("gets buffers no larger than the device allows", () => {
    assert(
      property(graph, (values) => check(values, planMemory(values, 40 * 256), 40 * 256)),
      { numRuns: 50 },
    );
  });
});

it("refuses a value that no buffer can hold, and plans none for no values", () => {
  expect(() => planMemory(chain([2]), KIB)).toThrow(RangeError);
  expect(planMemory([])).toEqual({ buffers: [], places: [], bytes: 0 });
  expect(largestLive([])).toBe(0);
});
