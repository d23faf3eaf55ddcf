// An engine in a worker: computes the worked numbers and posts them, or the error.
import { conv, createEngine } from "../../src/index.ts";
import { INPUT, KERNEL } from "./worked-numbers.ts";

try {
  const engine = await createEngine({ tuning: "forget" });
  const x = engine.tensor(INPUT, [1, 1, 5, 5]);
  const w = engine.tensor(KERNEL, [1, 1, 3, 3]);
  const values = await conv(x, w, { padding: 1, algorithm: "direct" }).read();
  engine.destroy();
  globalThis.postMessage({ values: [...values], memory: engine.memory.total }, {});
} catch (error) {
  globalThis.postMessage({ error: String(error) }, {});
}
