// What is kept ready is destroyed once: when it is the oldest of too many, deleted, cleared, or of a generation that is gone.
import { expect, it } from "vitest";
import type { GpuContext } from "../../src/gpu/context.ts";
import { Kept } from "../../src/gpu/ready-cache.ts";

it("destroys what goes", () => {
  const gpu = { generation: 0 };
  const kept = new Kept(gpu as GpuContext, 2);
  const destroyed: string[] = [];
  const ready = (key: string) => kept.ready(key, () => ({ destroy: () => void destroyed.push(key) }));
  const a = ready("a");
  ready("b");
  expect(ready("a")).toBe(a);
  ready("c");
  expect(destroyed, "b was used least recently").toEqual(["b"]);
  kept.delete("a");
  kept.delete("a");
  expect(destroyed).toEqual(["b", "a"]);
  gpu.generation = 1;
  ready("d");
  expect(destroyed, "c was made in another generation").toEqual(["b", "a", "c"]);
  kept.clear();
  expect(destroyed).toEqual(["b", "a", "c", "d"]);
  expect(ready("d")).not.toBe(undefined);
});
