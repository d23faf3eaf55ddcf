// Tuning changes what "auto" chooses and nothing else: a plan computes the same bits before and after `find` and `calibrate`, and so does another
// of the same algorithm and variant.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_RATES, type Rates } from "../../src/algorithms/cost.ts";
import { lower } from "../../src/algorithms/gradients.ts";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { DEFAULT_TRAITS } from "../../src/algorithms/traits.ts";
import { type ConvPlan, type Engine, type Tensor, conv, createEngine } from "../../src/index.ts";
import { rank } from "../../src/planner/choose.ts";
import { deviceTraits } from "../../src/planner/device-traits.ts";
import { traitsOf } from "../../src/planner/gpu-classes.ts";
import { environmentOf } from "../../src/planner/tuning.ts";
import { bits } from "../suite/extremes.ts";
import { uniform } from "../suite/random.ts";

const inputShape = [1, 8, 11, 12];
const kernelShape = [12, 8, 3, 3];
const descriptor = { inputShape, kernelShape, padding: 1 };

/** The rates of an imaginary adapter, which rank other candidates first. */
const RATES = { ...DEFAULT_RATES.software, multiplyAdds: 1e8, threads: 64 };

let engine: Engine;
let x: Tensor;
let w: Tensor;
beforeAll(async () => {
  engine = await createEngine({ tuning: "forget" });
  x = engine.tensor(uniform(8 * 11 * 12, 1), inputShape);
  w = engine.tensor(uniform(12 * 8 * 9, 2), kernelShape);
});
afterAll(() => engine.destroy());

async function valuesOf(result: Tensor): Promise<Uint32Array> {
  try {
    return bits(await result.read());
  } finally {
    result.destroy();
  }
}

describe("tuning", () => {
  it("changes the bits of no plan", async () => {
    const nameOf = ({ algorithm, variant }: { algorithm: string; variant: string }) => `${algorithm} ${variant}`;
    const ways: { plan: ConvPlan; before: Uint32Array }[] = [];
    const checkOne = async ({ plan, before }: (typeof ways)[number]): Promise<void> => {
      const { algorithm, variant } = plan;
      const anew = await engine.plan("forward", descriptor, { algorithm, variant });
      const [again, made] = await Promise.all([valuesOf(plan.run({ x, w })), valuesOf(anew.run({ x, w }))]);
      anew.destroy();
      expect(again, nameOf(plan)).toEqual(before);
      expect(made, `${nameOf(plan)}, made anew`).toEqual(before);
    };
    const check = (): Promise<unknown> => Promise.all(ways.map(checkOne));
    const auto = await engine.plan("forward", descriptor);
    const eager = await valuesOf(conv(x, w, { padding: 1 }));
    expect(await valuesOf(auto.run({ x, w }))).toEqual(eager);
    const traits = deviceTraits(engine.device, traitsOf(engine.info.adapter), DEFAULT_TRAITS.maxWorkspaceBytes);
    const { ranked } = rank(algorithms, lower(auto.problem, traits), {});
    for (const { algorithm, candidate } of ranked) {
      const { variant } = candidate;
      const plan = await engine.plan("forward", descriptor, { algorithm, variant });
      ways.push({ plan, before: await valuesOf(plan.run({ x, w })) });
    }
    expect(new Set(ways.map(({ plan }) => plan.algorithm)).size).toBeGreaterThan(4);

    const [best] = await engine.find("forward", descriptor);
    // What may change is which of them "auto" takes; it gives the bits of that one.
    expect(await valuesOf(auto.run({ x, w }))).toEqual(eager);
    const tuned = await engine.plan("forward", descriptor);
    expect(nameOf(tuned)).toBe(nameOf(best!));
    const known = ways.find(({ plan }) => nameOf(plan) === nameOf(best!));
    if (known) {
      expect(await valuesOf(tuned.run({ x, w }))).toEqual(known.before);
      expect(await valuesOf(conv(x, w, { padding: 1 }))).toEqual(known.before);
    }

    await engine.calibrate();
    await check();
    const calibrations = [{ ...environmentOf(engine.info.adapter), rates: RATES }];
    expect(await engine.tuning.import({ format: 1, entries: [], calibrations })).toMatchObject({ usable: 1 });
    const names = (rates: Rates): string[] =>
      rank(algorithms, lower(auto.problem, { ...traits, rates }), {}).ranked.map(
        ({ algorithm, candidate }) => `${algorithm} ${candidate.variant}`,
      );
    expect(names(RATES)).not.toEqual(names(traits.rates));
    await check();
    for (const plan of [auto, tuned, ...ways.map((one) => one.plan)]) plan.destroy();
  });
});
