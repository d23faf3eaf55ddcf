// The cache keeps the values used last, up to a number of them and a length of their keys.
import { expect, it } from "vitest";
import { LruCache } from "../../src/gpu/lru-cache.ts";

it("drops the least recently used of too many values", () => {
  const cache = new LruCache<number>(3, Infinity);
  for (const [at, key] of ["a", "b", "c"].entries()) cache.set(key, at);
  expect(cache.get("a")).toBe(0);
  cache.set("d", 3);
  expect(["a", "b", "c", "d"].map((key) => cache.get(key))).toEqual([0, undefined, 2, 3]);
  cache.set("a", 4);
  expect([cache.size, cache.get("a")]).toEqual([3, 4]);
  cache.delete("a");
  cache.delete("a");
  expect([cache.size, cache.get("a")]).toEqual([2, undefined]);
});

it("drops values whose keys are too long together, and keeps the latest whatever its length", () => {
  const cache = new LruCache<number>(100, 10);
  for (const key of ["four", "keys", "of"]) cache.set(key, 1);
  expect(cache.size).toBe(3);
  cache.set("more", 1);
  expect(["four", "keys", "of", "more"].map((key) => cache.get(key))).toEqual([undefined, 1, 1, 1]);
  cache.set("more", 2);
  expect(cache.size).toBe(3);
  cache.set("longer than all of them", 1);
  expect([cache.size, cache.get("longer than all of them")]).toEqual([1, 1]);
});
