import { expect, it } from "vitest";
import { createEngine, conv } from "../src/index.ts";
import { conv as reference } from "../src/reference.ts";
it("works", async () => {
  const engine = await createEngine({ tuning: "forget" });
  const xs = Float32Array.from({ length: 3 * 32 * 32 }, (_, i) => Math.sin(i));
  const ws = Float32Array.from({ length: 8 * 3 * 9 }, (_, i) => Math.cos(i));
  for (const algorithm of ["direct", "winograd", "implicit-gemm", "im2col", "fft"]) {
    const y = conv(engine.tensor(xs, [1, 3, 32, 32]), engine.tensor(ws, [8, 3, 3, 3]), { padding: 1, algorithm });
    const got = await y.read();
    const want = reference({ data: xs, shape: [1, 3, 32, 32] }, { data: ws, shape: [8, 3, 3, 3] }, { padding: 1 });
    expect(Math.max(...got.map((v, i) => Math.abs(v - want.data[i]!))), algorithm).toBeLessThan(1e-4);
  }
});
