// Taking samples, on a clock that only the work itself moves.
import { describe, expect, it } from "vitest";
import { MOST_SPREAD, Sampler, spread, timeTogether } from "../../src/gpu/samples.ts";

const LENGTH = 0.03;

/** Work whose runs take the seconds that `each` says for every sample in turn, and a log of the samples taken. */
function worker(name: string, log: string[], each: (sample: number) => number): Sampler {
  let sample = 0;
  return new Sampler(
    async (count) => {
      log.push(name);
      return count * each(sample++);
    },
    () => LENGTH,
  );
}

describe("a sampler", () => {
  it("repeats short work until a sample lasts", async () => {
    const counts: number[] = [];
    const sampler = new Sampler(
      async (count) => {
        counts.push(count);
        return count * 1e-4 + 1e-3;
      },
      () => LENGTH,
    );
    // The cost of the submission is shared by the runs.
    expect(await sampler.take()).toBeLessThan(1.2e-4);
    expect(counts.at(-1)! * 1e-4).toBeGreaterThanOrEqual(LENGTH / 2);
    expect(await sampler.take()).toBeGreaterThan(1e-4);
    expect(counts.at(-1)).toBe(counts.at(-2));
  });

  it("warms up until the median settles", async () => {
    const taken: string[] = [];
    const cold = [0.129, 0.129, 0.1, 0.07, 0.05];
    const sampler = worker("a", taken, (sample) => cold[sample] ?? 0.05);
    const { seconds, samples } = await sampler.warmUp();
    expect(seconds).toBe(0.05);
    expect(samples.every((one) => one === 0.05)).toBe(true);
  });

  it("takes no longer to warm up than work that is steady needs, or a second", async () => {
    const [steady, restless, slow]: string[][] = [[], [], []];
    await worker("a", steady!, () => 0.05).warmUp();
    expect(steady).toHaveLength(4);
    await worker("a", restless!, (sample) => 0.05 * 1.3 ** (sample % 7)).warmUp();
    expect(restless!.length).toBeLessThan(20);
    await worker("a", slow!, () => 2).warmUp();
    expect(slow).toHaveLength(1);
  });

  it("gives up on work that stays slow, but not on work that gets faster", async () => {
    const [slow, cold]: string[][] = [[], []];
    await worker("a", slow!, () => 0.1).warmUp(0.05);
    expect(slow).toHaveLength(2);
    const { seconds } = await worker("a", cold!, (sample) => Math.max(0.04, 0.2 * 0.7 ** sample)).warmUp(0.05);
    expect(seconds).toBe(0.04);
  });

  it("takes the fastest of cold samples as well", async () => {
    const samples = [0.05, 0.04, 0.06];
    expect(await worker("a", [], (sample) => samples[sample]!).fastest(3)).toBe(0.04);
  });
});

describe("timing together", () => {
  it("takes the samples in turns, each round in the other order, once all are warm", async () => {
    const log: string[] = [];
    const [a, b] = await timeTogether([worker("a", log, () => 0.05), worker("b", log, () => 0.06)], 4);
    expect(log.join("")).toBe("aaaabbbbabbaabba");
    expect([a!.seconds, b!.seconds]).toEqual([0.05, 0.06]);
    expect(a!.samples).toHaveLength(4);
  });

  it("lets a slow phase of the machine fall on all alike", async () => {
    // The whole machine is three times slower during rounds 2 and 3 of 5.
    const log: string[] = [];
    const factor = (): number => (log.length > 10 && log.length <= 14 ? 3 : 1);
    const [a, b] = await timeTogether(
      [worker("a", log, () => 0.05 * factor()), worker("b", log, () => 0.06 * factor())],
      5,
    );
    expect(a!.seconds).toBe(0.05);
    expect(b!.seconds).toBe(0.06);
  });

  it("measures again what differs too much, and only that", async () => {
    const log: string[] = [];
    // Restless for the first set of samples after four to warm up.
    const restless = worker("b", log, (sample) => (sample > 4 && sample < 7 ? 0.08 : 0.05));
    const [a, b] = await timeTogether([worker("a", log, () => 0.05), restless], 5);
    expect(log.filter((one) => one === "a")).toHaveLength(4 + 5);
    expect(log.filter((one) => one === "b")).toHaveLength(4 + 5 + 5);
    expect(spread(a!.samples)).toBe(0);
    expect(spread(b!.samples)).toBe(0);
  });

  it("gives up after three sets, keeps the steadiest, and its spread tells", async () => {
    const log: string[] = [];
    const sizes = [0.5, 0.2, 0.4];
    const restless = worker("a", log, (sample) => {
      const turn = Math.floor((sample - 4) / 5);
      return sample < 4 || sample % 2 === 0 ? 0.05 : 0.05 * (1 + sizes[turn]!);
    });
    const [timing] = await timeTogether([restless], 5);
    expect(log).toHaveLength(4 + 3 * 5);
    expect(spread(timing!.samples)).toBeCloseTo(0.2, 1);
    expect(spread(timing!.samples)).toBeGreaterThan(MOST_SPREAD);
  });

  it("takes one sample of work beyond the limit", async () => {
    const log: string[] = [];
    const [a, b] = await timeTogether([worker("a", log, () => 0.05), worker("b", log, () => 0.5)], 5, 0.1);
    expect(a!.samples).toHaveLength(5);
    expect(b!.samples).toHaveLength(1);
  });
});
