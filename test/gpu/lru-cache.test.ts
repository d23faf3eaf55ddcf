// What is kept of what was used: so much of the latest.
import { expect, it } from "vitest";
import { Recent } from "../../src/gpu/lru-cache.ts";

it("keeps so many entries, the latest used", () => {
  const recent = new Recent<number>(3, Infinity);
  for (const [at, key] of ["a", "b", "c"].entries()) recent.set(key, at);
  expect(recent.get("a")).toBe(0);
  recent.set("d", 3);
  expect(["a", "b", "c", "d"].map((key) => recent.get(key))).toEqual([0, undefined, 2, 3]);
  recent.set("a", 4);
  expect([recent.size, recent.get("a")]).toEqual([3, 4]);
  recent.delete("a");
  recent.delete("a");
  expect([recent.size, recent.get("a")]).toEqual([2, undefined]);
});

it("keeps so many characters of keys, and the latest whatever its length", () => {
  const recent = new Recent<number>(100, 10);
  for (const key of ["four", "keys", "of"]) recent.set(key, 1);
  expect(recent.size).toBe(3);
  recent.set("more", 1);
  expect(["four", "keys", "of", "more"].map((key) => recent.get(key))).toEqual([undefined, 1, 1, 1]);
  recent.set("more", 2);
  expect(recent.size).toBe(3);
  recent.set("longer than all of them", 1);
  expect([recent.size, recent.get("longer than all of them")]).toEqual([1, 1]);
});
