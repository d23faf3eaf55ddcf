// Large allocations: 64 MiB of tensors, or with `npm run test:soak` 1 GiB and then more until the GPU runs out or a cap is reached. They are
// counted, small problems still work beside them, and all memory is freed.
import { describe, expect, inject, it } from "vitest";
import { MIN_POOL } from "../../src/gpu/memory.ts";
import { type Engine, type Tensor, conv } from "../../src/index.ts";
import { onCountedDevice } from "../suite/counting.ts";
import { INPUT, KERNEL, PADDING_1 } from "../suite/worked.ts";

const SOAK = inject("soak");
const MIB = 2 ** 20;
const [COUNT, BYTES] = SOAK ? [8, 128 * MIB] : [8, 8 * MIB];

/** Stop allocating here: software adapters use the machine's memory, so take at most half of it and at most 6 GiB. */
const { deviceMemory = 4 } = navigator as Navigator & { deviceMemory?: number };
const MOST = Math.min(6, deviceMemory / 2) * 1024 * MIB;

/** What is in use. */
const used = ({ memory }: Engine): object => ({ ...memory, pool: 0, total: 0, peak: 0 });

async function expectRight(engine: Engine): Promise<void> {
  const x = engine.tensor(INPUT, [1, 1, 5, 5]);
  const w = engine.tensor(KERNEL, [1, 1, 3, 3]);
  const y = conv(x, w, { padding: 1, algorithm: "im2col" });
  expect([...(await y.read())]).toEqual(PADDING_1);
  for (const tensor of [x, w, y]) tensor.destroy();
}

describe("large allocations", { timeout: 600_000 }, () => {
  it(`of ${(COUNT * BYTES) / MIB} MiB in tensors are counted, keep their values and are freed`, async () => {
    await onCountedDevice(async (engine, { live }) => {
      await expectRight(engine);
      const before = used(engine);
      const { tensors: held } = engine.memory;
      const values = new Float32Array(BYTES / 4);
      const tensors = Array.from({ length: COUNT }, (_, at) => {
        values.fill(at + 1);
        return engine.tensor(values, [values.length]);
      });
      expect(engine.memory.tensors - held).toBe(COUNT * BYTES);
      expect(live().bytes).toBe(engine.memory.total);
      await expectRight(engine);
      for (const at of [0, COUNT - 1]) {
        const read = await tensors[at]!.read();
        expect([read[0], read.at(-1), read.length]).toEqual([at + 1, at + 1, values.length]);
      }
      for (const tensor of tensors) tensor.destroy();
      expect(used(engine)).toEqual(before);
      expect(engine.memory.pool).toBeLessThanOrEqual(MIN_POOL);
      expect(engine.memory.peak).toBeGreaterThanOrEqual(COUNT * BYTES);
      expect(live().bytes).toBe(engine.memory.total);
      await expectRight(engine);
    });
  });

  it.skipIf(!SOAK)("that fail are reported as out of memory, and freed memory can be used again", async () => {
    await onCountedDevice(async (engine, { live }) => {
      await expectRight(engine);
      const before = used(engine);
      const tensors: Tensor[] = [];
      const probe = engine.tensor([1], [1]);
      let reported: { code?: string } | undefined;
      while (!reported && tensors.length * 128 * MIB < MOST) {
        try {
          tensors.push(engine.empty([32 * MIB]));
          await probe.read();
        } catch (error) {
          reported = error as { code?: string };
        }
      }
      console.info(`${tensors.length * 128} MiB held, then ${reported ? reported.code : "stopped at the cap"}`);
      if (reported) expect(reported.code).toBe("out-of-memory");
      else expect(engine.memory.tensors).toBeGreaterThanOrEqual(MOST);
      for (const tensor of [...tensors, probe]) tensor.destroy();
      expect(used(engine)).toEqual({ ...before, workspace: engine.memory.workspace });
      expect(live().bytes).toBe(engine.memory.total);
      await expectRight(engine);
    });
  });
});
