// How fft plans: lengths and their passes, twiddles, tilings, chunks under a cap, refusals.
import { describe, expect, it } from "vitest";
import type { Candidate } from "../../src/algorithms/algorithm.ts";
import { chunksOf } from "../../src/algorithms/fft/chunks.ts";
import { fft } from "../../src/algorithms/fft/fft.ts";
import { MAX_LENGTH, lengthAtLeast, passes, realPasses, storedLength } from "../../src/algorithms/fft/lengths.ts";
import { tilings, wholeTiling } from "../../src/algorithms/fft/tiling.ts";
import { roots, rowVectors, twiddleRows, twiddleStep, twiddles } from "../../src/algorithms/fft/twiddles.ts";
import { lower } from "../../src/algorithms/gradients.ts";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { DEFAULT_TRAITS, type DeviceTraits } from "../../src/algorithms/traits.ts";
import { choose } from "../../src/planner/choose.ts";
import { CLASSES } from "../../src/planner/gpu-classes.ts";
import { type Correlation, forwardCorrelation } from "../../src/problem/correlation.ts";
import { type ConvDescriptor, type ConvProblem, PASSES, convProblem, multiplyAdds } from "../../src/problem/problem.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { violations } from "../suite/law.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const product = (list: readonly { size: number }[]): number => list.reduce((all, { size }) => all * size, 1);
/** The candidates for a correlation, or the one of a name; none where it is refused. */
function offered(c: Correlation, device: DeviceTraits, variant?: string): readonly Candidate[] {
  const list = fft.candidates(c, device, variant);
  return "reason" in list ? [] : list;
}

const forward = (descriptor: ConvDescriptor) => forwardCorrelation(convProblem("forward", descriptor));

it.each(["amd", "intel", "mobile"] as const)("holds no more numbers than the registers of %s take", (gpu) => {
  const device: DeviceTraits = { ...DEFAULT_TRAITS, ...CLASSES[gpu], gpu };
  for (const side of [13, 56, 130]) {
    const c = forward({ inputShape: [4, 24, side, side], kernelShape: [24, 24, 9, 9] });
    for (const candidate of offered(c, device)) {
      const { preparation, steps } = candidate.plan();
      for (const { kernel, uniforms } of [...preparation!.steps, ...steps]) {
        const { RADIX = 0, TILE_K = 0, TILE_T = 0 } = kernel.constants as Record<string, number>;
        expect(2 * Math.max(RADIX, TILE_K * TILE_T), candidate.variant).toBeLessThanOrEqual(device.maxSums);
        if (Array.isArray(uniforms.twiddles)) expect(4 * uniforms.twiddles.length).toBeLessThan(2 ** 16);
      }
    }
  }
});

it("keeps the twiddles of every length within a uniform binding, however few numbers are held", () => {
  for (let least = 1; least <= MAX_LENGTH; least *= 1.1) {
    const length = lengthAtLeast(Math.ceil(least));
    for (const list of length === undefined ? [] : [passes(length, 8), realPasses(length, 8)]) {
      let span = length!;
      for (const { size } of list) {
        span /= size;
        expect(16 * rowVectors(size) * twiddleRows(span), `${length}`).toBeLessThanOrEqual(
          length! <= 4096 ? 2 ** 14 - 512 : 2 ** 16 - 1024,
        );
      }
    }
  }
});

describe("lengths", () => {
  const all = Array.from({ length: MAX_LENGTH }, (_, at) => at + 1);
  const used = [...new Set(all.map((least) => lengthAtLeast(least)!))];

  it("are few: 1 to 8 times a power of two, at most a quarter beyond what is asked for", () => {
    expect(used).toHaveLength(8 + 4 * 11);
    for (const length of used) expect([1, 3, 5, 7]).toContain(length / (length & -length));
    expect(all.filter((least) => lengthAtLeast(least)! < least || lengthAtLeast(least)! > least * 1.25)).toEqual([]);
    expect(lengthAtLeast(MAX_LENGTH + 1)).toBeUndefined();
  });

  it("have passes", () => {
    for (const length of used) expect(product(passes(length)), `${length}`).toBe(length);
  });

  it("take one pass up to 8 and at powers of two up to 32, two up to 1024", () => {
    for (const length of [2, 3, 4, 5, 6, 7, 8, 10, 16, 24, 32]) expect(passes(length), `${length}`).toHaveLength(1);
    for (const length of [40, 64, 96, 112, 256, 640, 1024]) expect(passes(length), `${length}`).toHaveLength(2);
    expect(passes(2048)).toHaveLength(3);
    expect(passes(1)).toEqual([]);
  });

  it("store about half of a real spectrum, in any radix of the first pass", () => {
    for (const length of used) {
      const [first] = realPasses(length);
      expect(product(realPasses(length))).toBe(length);
      expect(storedLength(length)).toBe((length / first!.size) * (Math.floor(first!.size / 2) + 1));
    }
    expect(storedLength(1)).toBe(1);
    expect(storedLength(16)).toBe(9);
    expect(storedLength(640)).toBe(340);
    expect(storedLength(96)).toBe(51);
  });

  it("have tables of twiddles that a uniform binding holds", () => {
    for (const length of used) {
      let span = length;
      for (const { size } of realPasses(length)) {
        span /= size;
        expect(16 * span * rowVectors(size), `${length}`).toBeLessThanOrEqual(65_536 - 256);
      }
    }
  });
});

describe("twiddles", () => {
  it("are roots of unity, exact at the quarters", () => {
    expect(roots(4).map((value) => value + 0)).toEqual([1, 0, 0, -1, -1, 0, 0, 1]);
    for (const size of [3, 5, 7, 24, 32]) {
      roots(size).forEach((value, at) => {
        const angle = (2 * Math.PI * Math.floor(at / 2)) / size;
        const exact = at % 2 === 0 ? Math.cos(angle) : -Math.sin(angle);
        expect(Math.abs(value - exact)).toBeLessThanOrEqual(2 ** -24);
      });
    }
  });

  it("have a row for each position: single powers, then multiples of the step", () => {
    const [radix, span] = [12, 5];
    const step = twiddleStep(radix);
    const table = twiddles(radix, span);
    const row = rowVectors(radix) * 4;
    expect(table).toHaveLength(twiddleRows(span) * row);
    const powers = [1, 2, 3, 4, 8];
    expect(step).toBe(4);
    for (let l = 0; l < span; l++) {
      powers.forEach((power, at) => {
        const angle = (2 * Math.PI * power * l) / (radix * span);
        const [re, im] = table.slice(l * row + 2 * at);
        expect(Math.hypot(re! - Math.cos(angle), im! + Math.sin(angle))).toBeLessThan(2 ** -23);
      });
    }
  });

  it("have a single row where no pass follows", () => {
    expect(twiddles(16, 1)).toHaveLength(rowVectors(16) * 4);
  });
});

describe("tilings", () => {
  it("cover the outputs of each axis, and see all their cells", () => {
    const problem = forward({
      inputShape: [2, 3, 30, 41],
      kernelShape: [4, 3, 5, 6],
      stride: [2, 3],
      dilation: [1, 2],
      padding: 3,
    });
    const all = [...tilings(problem), wholeTiling(problem)!];
    expect(all.length).toBeGreaterThan(3);
    for (const tiling of all) {
      tiling.forEach(({ length, outputs, tiles }, axis) => {
        expect(outputs * tiles).toBeGreaterThanOrEqual(problem.output[axis]!);
        expect(outputs * (tiles - 1)).toBeLessThan(problem.output[axis]!);
        const extent = (problem.kernel[axis]! - 1) * problem.dilation[axis]! + 1;
        expect(length).toBeGreaterThanOrEqual((outputs - 1) * problem.stride[axis]! + extent);
      });
    }
  });

  it("prefer tiles where the kernel is small against the map, and the whole map where it is not", () => {
    const of = (size: number, kernel: number): string =>
      offered(forward({ inputShape: [1, 32, size, size], kernelShape: [32, 32, kernel, kernel] }), DEFAULT_TRAITS)[0]!
        .variant;
    expect(of(64, 5)).toMatch(/^tiles /);
    expect(of(20, 15)).toBe("whole");
  });

  it("share lengths among maps of similar sizes, and with them the spectra of the weights", () => {
    const forms = new Set<string>();
    for (let size = 20; size <= 66; size += 2) {
      const problem = forward({ inputShape: [1, 16, size, size], kernelShape: [16, 16, 5, 5], padding: 2 });
      const { preparation } = offered(problem, SOFTWARE_TRAITS)[0]!.plan();
      forms.add(JSON.stringify(preparation!.steps));
    }
    expect(forms.size).toBeLessThanOrEqual(10);
  });

  it("are named by what they are, so that a name means the same at other rates", () => {
    const problem = forward({ inputShape: [1, 8, 61, 64], kernelShape: [8, 8, 5, 5] });
    const slow = {
      ...DEFAULT_TRAITS,
      rates: { ...DEFAULT_TRAITS.rates, multiplyAdds: DEFAULT_TRAITS.rates.multiplyAdds / 50 },
    };
    const steps = (name: string, device = DEFAULT_TRAITS) => offered(problem, device, name)[0]!.plan().steps;
    for (const { variant } of offered(problem, DEFAULT_TRAITS)) expect(steps(variant, slow)).toEqual(steps(variant));
    expect(steps("tiles 4x2")).not.toEqual(steps("tiles 2x4"));
    for (const name of ["tiled", "tiles", "tiles ", "tiles 0", "tiles 99", "tiles 1x2x2x2", "tiles 2x2 "])
      expect(offered(problem, DEFAULT_TRAITS, name)).toEqual([]);
  });
});

describe("kernels in parts", () => {
  const long = (taps: number, cells: number, rest: Partial<ConvDescriptor> = {}) =>
    forward({ inputShape: [1, 1, cells], kernelShape: [1, 1, taps], ...rest });

  it("are as long as the step between tiles, which the input's tiles continue", () => {
    const problem = long(88_200, 220_500, { padding: 88_199 });
    const all = tilings(problem);
    expect(all.length).toBeGreaterThan(0);
    for (const [, , { length, outputs, tiles, parts, part }] of all) {
      expect(parts).toBe(Math.ceil(88_200 / part));
      expect(part).toBe(outputs);
      expect(outputs * tiles).toBeGreaterThanOrEqual(problem.output[2]);
      expect(length).toBeGreaterThanOrEqual(part + outputs - 1);
    }
  });

  it("serve any length, in every pass, with work that grows as n log n", () => {
    const descriptor = { inputShape: [1, 1, 400_000], kernelShape: [1, 1, 150_000] };
    const sums = (problem: ConvProblem) => 2 * multiplyAdds(problem);
    for (const pass of PASSES) {
      const problem = convProblem(pass, descriptor);
      const [first] = candidatesOf(fft, problem, SOFTWARE_TRAITS);
      expect(first!.variant, pass).toMatch(/^tiles \d+\/\d+$/);
      const work = first!.work.reduce((sum, one) => sum + one.multiplyAdds, 0);
      expect(work, pass).toBeLessThan(sums(problem) / 200);
      expect(choose(algorithms, lower(problem, SOFTWARE_TRAITS), {}).chosen.algorithm, pass).toBe("fft");
    }
  });

  it("keep to the transforms that fit, in one part", () => {
    for (const taps of [7, 500, 4000]) {
      for (const [, , { parts }] of tilings(long(taps, 60_000))) expect(parts).toBe(1);
    }
  });

  it("name the parts after the tiles of their axis", () => {
    const problem = forward({ inputShape: [1, 2, 30, 40], kernelShape: [2, 2, 9, 31] });
    const named = (name: string) => offered(problem, DEFAULT_TRAITS, name)[0];
    expect(named("tiles 5x2/7")).toMatchObject({
      variant: "tiles 5x2/7",
      error: { spread: [0, expect.any(Number), 39] },
    });
    expect(named("tiles 6/3x2/7")!.plan().steps).not.toEqual(named("tiles 6x2/7")!.plan().steps);
    for (const name of ["tiles 5/x2", "tiles /2", "tiles 5/2/2", "tiles 5x2/"]) expect(named(name)).toBeUndefined();
  });

  it("keep the law in chunks of any size", () => {
    const problem = convProblem("forward", {
      inputShape: [3, 4, 30, 40],
      kernelShape: [8, 2, 9, 21],
      groups: 2,
      padding: [4, 10],
    });
    const counts = [2048, 400, 300].map((kib) => {
      const maxWorkspaceBytes = kib * 1024;
      const device = { ...DEFAULT_TRAITS, maxWorkspaceBytes, maxBindingBytes: maxWorkspaceBytes / 4 };
      const [candidate] = candidatesOf(fft, problem, device, "tiles 6/2x4/3");
      expect([...violations(candidate!, device)]).toEqual([]);
      return candidate!.dispatches;
    });
    expect(new Set(counts).size).toBe(3);
  });
});

describe("memory", () => {
  const problem = forward({ inputShape: [4, 16, 64, 64], kernelShape: [24, 8, 7, 7], groups: 2, padding: 3 });

  it.each([256, 64, 16, 8, 4].map((mib) => mib * 2 ** 20))("plans within %d bytes or refuses", (maxWorkspaceBytes) => {
    const gpu = { ...DEFAULT_TRAITS, maxWorkspaceBytes, maxBindingBytes: 2 ** 22 };
    const candidates = offered(problem, gpu);
    expect(candidates).not.toEqual([]);
    for (const candidate of candidates) {
      const plan = candidate.plan();
      expect(plan.workspaceBytes + plan.preparation!.bytes).toBeLessThanOrEqual(maxWorkspaceBytes);
      for (const { bindings } of [...plan.preparation!.steps, ...plan.steps]) {
        for (const { operand, offset, size } of bindings) {
          expect(offset % 256).toBe(0);
          if (operand === "x" || operand === "y" || operand === "w") continue;
          expect(size).toBeLessThanOrEqual(gpu.maxBindingBytes);
        }
      }
    }
  });

  it("splits groups, then output channels, then tiles", () => {
    const tiling = wholeTiling(problem)!;
    const chunks = (maxBindingBytes: number) => {
      const verdict = chunksOf(problem, tiling, { ...DEFAULT_TRAITS, maxBindingBytes });
      if (!("slices" in verdict)) throw new Error(`refused: ${JSON.stringify(verdict)}`);
      return verdict;
    };
    expect(chunks(2 ** 27)).toMatchObject({ slices: [{ groups: 2, outputs: 12 }], ranges: [{ first: 0, count: 4 }] });
    expect(chunks(2 ** 22).slices.map(({ groups }) => groups)).toEqual([1, 1]);
    expect(chunks(2 ** 20).slices.length).toBeGreaterThan(2);
  });

  it("refuses with numbers", () => {
    const verdict = fft.candidates(problem, { ...DEFAULT_TRAITS, maxWorkspaceBytes: 1000 });
    expect(verdict).toMatchObject({ reason: expect.stringMatching(/take at least \d+ bytes, more than the 1000 /) });
    // A stride beyond the longest transform: even of one output.
    const far = forward({ inputShape: [1, 1, 80_000], kernelShape: [1, 1, 20_000], stride: 20_000 });
    expect(fft.candidates(far, DEFAULT_TRAITS)).toMatchObject({ reason: expect.stringContaining("20000 cells") });
  });
});
