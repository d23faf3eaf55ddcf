// The example of a room: its files hold what was written, and every sample of the result is the sum over the impulse response.
import { afterAll, beforeAll, expect, it } from "vitest";
import { reverb } from "../../examples/reverb/reverb.mjs";
import { fromWav, melody, noise, room, toWav } from "../../examples/reverb/sound.mjs";
import { type Engine, createEngine } from "../../src/index.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.destroy());

it("writes files that it reads again", () => {
  const channels = [noise(100, 1), melody(0.01).subarray(0, 100)];
  const read = fromWav(toWav(channels));
  expect(read).toHaveLength(2);
  for (const [channel, samples] of read.entries()) {
    expect(samples).toHaveLength(100);
    samples.forEach((value, at) =>
      expect(Math.abs(value - channels[channel]![at]!)).toBeLessThanOrEqual(0.51 / 32_767),
    );
  }
  expect(() => fromWav(toWav(channels).subarray(0, 40))).toThrow("without samples");
});

it.each([1, 2])("puts %d channels into a stereo room and frees what it used", async (channels) => {
  const dry = Array.from({ length: channels }, (_, channel) => melody(0.02).map((value) => value / (1 + channel)));
  const hall = room(0.01);
  const wet = await reverb(engine, dry, hall, { wet: 0.5 });
  const exact = hall.map((taps, channel) => {
    const own = dry[channel % channels]!;
    return Float64Array.from({ length: own.length + taps.length - 1 }, (_, at) => {
      const echoes = taps.reduce((sum, tap, echo) => sum + tap * (own[at - echo] ?? 0), 0);
      return 0.5 * (own[at] ?? 0) + 0.5 * echoes;
    });
  });
  const peak = Math.max(...exact.map((samples) => samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0)));
  wet.forEach((samples, channel) => {
    expect(samples).toHaveLength(exact[channel]!.length);
    const worst = samples.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - (0.9 * exact[channel]![at]!) / peak)),
      0,
    );
    expect(worst).toBeLessThan(1e-4);
  });
  expect(engine.memory.tensors).toBe(0);
});
