// Small calls that are submitted together compute what they would one by one, whatever is done between them: on the engine's own device.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Engine, type Tensor, conv, createEngine } from "../../src/index.ts";
import { add, sgd } from "../../src/ops/index.ts";
import { expectNoLeaks } from "../suite/leaks.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ tuning: "forget" });
});
afterAll(() => engine.destroy());
expectNoLeaks(() => engine);

const filled = (value: number): Tensor => engine.tensor(new Float32Array(64).fill(value), [1, 1, 8, 8]);
const first = async (tensor: Tensor): Promise<number> => (await tensor.read())[0]!;

/** Makes the calls known, so that the later ones need no error scopes. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    using x = filled(1);
    using y = add(x, x);
    using z = conv(y, x, { padding: [4, 4] });
    await Promise.all([y.read(), z.read()]);
  }
}

it("with writes, new tensors and destroyed ones between them", async () => {
  await settle();
  using sum = filled(0);
  using one = filled(0);
  const kept: Tensor[] = [];
  let last = add(sum, one);
  for (let turn = 1; turn <= 40; turn++) {
    if (turn % 7 === 0) one.write(new Float32Array(64).fill(turn));
    if (turn % 5 === 0) kept.push(filled(turn));
    const next = add(last, one);
    last.destroy();
    last = next;
  }
  // 7 seven times, then 14, 21, 28 and 35 six times.
  expect(await first(last)).toBe(7 * (7 + 14 + 21 + 28) + 35 * 6);
  expect(await Promise.all(kept.map(first))).toEqual([5, 10, 15, 20, 25, 30, 35, 40]);
  for (const tensor of [last, ...kept]) tensor.destroy();
});

it("with numbers that change from call to call", async () => {
  using w = filled(100);
  using dw = filled(1);
  for (let round = 0; round < 2; round++) for (let rate = 1; rate <= 8; rate++) sgd(w, dw, { learningRate: rate });
  for (let turn = 0; turn < 8; turn++) sgd(w, dw, { learningRate: 0.5 });
  expect(await first(w)).toBe(100 - 72 - 4);
});

it("with the caller's own work on their buffers between them", async () => {
  await settle();
  const { device } = engine;
  const { queue } = device;
  using one = filled(1);
  let sum = add(one, one);
  for (let turn = 0; turn < 9; turn++) {
    const next = add(sum, one);
    sum.destroy();
    sum = next;
  }
  using copy = engine.empty([1, 1, 8, 8]);
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(sum.buffer, 0, copy.buffer, 0, 256);
  queue.submit([encoder.finish()]);
  using twice = add(copy, copy);
  queue.writeBuffer(copy.buffer, 0, new Float32Array(64).fill(7));
  using later = add(copy, one);
  expect(await Promise.all([copy, twice, later].map(first))).toEqual([7, 22, 8]);
  sum.destroy();
});

it("with the end of the caller's buffer behind them", async () => {
  await settle();
  using one = filled(1);
  const doomed = filled(3);
  const sums = Array.from({ length: 5 }, () => add(doomed, one));
  doomed.buffer.destroy();
  expect(await Promise.all(sums.map(first))).toEqual([4, 4, 4, 4, 4]);
  for (const tensor of [doomed, ...sums]) tensor.destroy();
});
