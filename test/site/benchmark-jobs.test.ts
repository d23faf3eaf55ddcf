// What the benchmark page runs: the selection in its address, the jobs of a selection, the time left.
import { describe, expect, it } from "vitest";
import { BENCH_PASSES, descriptorOf, problemOf } from "../../bench/layer.ts";
import { SUITES } from "../../bench/suites.ts";
import { multiplyAddsOf, termsOf } from "../../site/benchmark/bound.ts";
import { groupsOf, jobsOf } from "../../site/benchmark/jobs.ts";
import { shapeOf } from "../../site/benchmark/prepare.ts";
import {
  DEFAULT_SELECTION,
  type Selection,
  decodeSelection,
  encodeSelection,
  layerIds,
} from "../../site/benchmark/selection.ts";
import { SWEEPS, sweepJobs } from "../../site/benchmark/sweeps.ts";
import { roughly, secondsLeft } from "../../site/benchmark/time-left.ts";
import { multiplyAdds, tensorShape } from "../../src/problem/problem.ts";
import { sumLength } from "../../src/problem/sum-length.ts";

describe("the hash of a selection", () => {
  it("restores the selection", () => {
    const selection: Selection = {
      ...{ suite: "deepbench", layers: ["deepbench-2", "deepbench-7"], passes: ["own", "backward-weights"] },
      ...{ algorithms: ["direct", "fft"], dtypes: ["f32", "f16"], layouts: ["channels-last"], batch: 8 },
      peers: ["jax", "tfjs"],
    };
    expect(decodeSelection(`#${encodeSelection(selection)}`)).toEqual(selection);
    expect(decodeSelection(encodeSelection(DEFAULT_SELECTION))).toEqual(DEFAULT_SELECTION);
    const all = { ...selection, layers: layerIds("deepbench") };
    expect(encodeSelection(all)).toContain("layers=all");
    expect(decodeSelection(encodeSelection(all))).toEqual(all);
    const none = { ...selection, layers: [], algorithms: [] };
    expect(decodeSelection(encodeSelection(none))).toEqual(none);
    expect(encodeSelection(DEFAULT_SELECTION)).not.toContain("peers");
  });

  it("that is empty or invalid gives the default", () => {
    expect(decodeSelection("")).toEqual(DEFAULT_SELECTION);
    expect(decodeSelection("#suite=__proto__&batch=-3")).toEqual(DEFAULT_SELECTION);
    expect(decodeSelection("#%%%")).toEqual(DEFAULT_SELECTION);
    expect(decodeSelection("#layers=L8,<b>,L8&algorithms=fft,nope")).toMatchObject({
      layers: ["L8"],
      algorithms: ["fft"],
    });
    expect(decodeSelection("#suite=alexnet").layers).toEqual(layerIds("alexnet"));
  });
});

describe("jobs", () => {
  it("on the same data are measured beside each other", () => {
    const selection = { ...DEFAULT_SELECTION, layers: ["L12", "L14"], algorithms: ["auto", "direct"] };
    const jobs = jobsOf({ ...selection, passes: ["own", "forward"] });
    const groups = groupsOf(jobs);
    expect(groups.flat()).toEqual(jobs);
    expect(
      groups.map((group) => group.map(({ layer, pass, algorithm }) => `${layer.id} ${pass} ${algorithm}`)),
    ).toEqual(["L12 transposed", "L12 forward", "L14 forward"].map((data) => [`${data} auto`, `${data} direct`]));
  });

  it("cover every algorithm and layer once", () => {
    const jobs = jobsOf({
      ...DEFAULT_SELECTION,
      layers: ["L12", "L14"],
      passes: ["own", "forward"],
      algorithms: ["direct", "fft"],
    });
    expect(jobs.map(({ layer, pass, algorithm }) => `${layer.id} ${pass} ${algorithm}`)).toEqual([
      "L12 transposed direct",
      "L12 transposed fft",
      "L12 forward direct",
      "L12 forward fft",
      "L14 forward direct",
      "L14 forward fft",
    ]);
    expect(jobsOf({ ...DEFAULT_SELECTION, dtypes: [] })).toEqual([]);
  });

  it("have the library's descriptor for every pass of every layer", () => {
    for (const layer of Object.values(SUITES).flat()) {
      for (const pass of BENCH_PASSES) {
        for (const layout of ["channels-first", "channels-last"] as const) {
          const problem = problemOf(pass, descriptorOf(layer, pass, { batch: 2, layout, dtype: "f32" }));
          for (const operand of ["x", "w", "y"] as const)
            expect(shapeOf(problem, operand)).toEqual(tensorShape(problem, operand));
          expect(multiplyAddsOf(problem)).toBe(multiplyAdds(problem));
          expect(termsOf(problem)).toBe(sumLength(problem));
        }
      }
    }
  });

  it("of sweeps grow in size", () => {
    for (const sweep of SWEEPS) {
      for (const scale of ["small", "medium", "large"] as const) {
        const sizes = [...new Set(sweepJobs(sweep, scale).map(({ layer }) => Number(layer.id)))];
        expect(sizes.length).toBeGreaterThan(2);
        expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
      }
    }
  });
});

describe("the time left", () => {
  it("is extrapolated from the finished jobs", () => {
    expect(secondsLeft(10, 4, 12)).toBe(30);
    expect(secondsLeft(10, 4, 0)).toBe(0);
    expect(secondsLeft(0, 0, 12)).toBeUndefined();
    expect(secondsLeft(5, 0, 12)).toBeUndefined();
  });

  it("is rounded to its accuracy", () => {
    expect(roughly(undefined)).toBe("time left not known yet");
    expect(roughly(0.3)).toBe("less than a second left");
    expect(roughly(41.2)).toBe("about 42 s left");
    expect(roughly(300)).toBe("about 5 min left");
    expect(roughly(7200)).toBe("about 2 h left");
  });
});
