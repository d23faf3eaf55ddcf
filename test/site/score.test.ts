// The one-button test of the benchmark page, without a GPU: its score, its links, and which sizes it dares to run.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { problemOf } from "../../bench/layer.ts";
import { Refusal } from "../../site/benchmark/checks.ts";
import { parseReport } from "../../site/benchmark/load.ts";
import { rowOf } from "../../site/benchmark/measure.ts";
import type { Prepared } from "../../site/benchmark/prepare.ts";
import { type Row, flopsPerSecond } from "../../site/benchmark/rows.ts";
import { CONTESTS, SCALES, type Scale, contestJob } from "../../site/benchmark/score/contests.ts";
import {
  type TestResult,
  carriesResult,
  decodeResult,
  encodeResult,
  reportOf,
} from "../../site/benchmark/score/link.ts";
import { firstScale, mayGrow } from "../../site/benchmark/score/measure-contest.ts";
import { sampledCheck } from "../../site/benchmark/score/sampled-check.ts";
import { REFERENCE, SCORE_LAYERS, scoreOf } from "../../site/benchmark/score/score.ts";
import { conv } from "../../src/reference.ts";

const RESULTS = path.join(import.meta.dirname, "../../bench/results");

/** A row of a contest with a time. */
function rowAt(id: string, scale: Scale, milliseconds: number): Row {
  const contest = CONTESTS.find((one) => one.id === id)!;
  const samples = [milliseconds * 0.95, milliseconds, milliseconds * 1.1];
  const row = rowOf(contestJob(contest, scale));
  return { ...row, chosen: "winograd", variant: "f4x3", milliseconds, samples, firstMilliseconds: 512 };
}

const measured = (id: string, row: Row, scale: Scale = 1) => ({
  ...{ contest: CONTESTS.find((one) => one.id === id)!, scale, row },
});

const RESULT: TestResult = {
  made: "2026-11-28T12:00:00",
  adapter: "an adapter, näher <b>nichts</b>",
  browser: "Chrome 156 on Linux",
  roofline: { flopsPerSecond: 1e12, bytesPerSecond: 2.5e11 },
  measured: [
    measured("L1", rowAt("L1", 1, 12)),
    measured("L2", rowAt("L2", 2, 40), 2),
    measured("fft", { ...rowOf(contestJob(CONTESTS.at(-3)!, 0.5)), refused: "not here" }, 0.5),
  ],
};

const coded = (value: unknown): string => `#result=${Buffer.from(JSON.stringify(value)).toString("base64url")}`;

describe("the score", () => {
  it("is how many times as fast as the reference machine, at whatever size", () => {
    const rows = Object.entries(REFERENCE.speeds).map(([id, speed], at) => {
      const scale: Scale = at % 2 === 0 ? 1 : 2;
      const { flops } = rowAt(id, scale, 1);
      return rowAt(id, scale, flops / (3 * speed * 1e6));
    });
    expect(scoreOf(rows)).toEqual({ times: expect.closeTo(3, 6), layers: SCORE_LAYERS });
    expect(scoreOf(rows.slice(2))!.layers).toBe(SCORE_LAYERS - 2);
    expect(scoreOf(rows.map((row) => ({ ...row, check: { error: 2, bound: 1, against: "reference" } })))).toBe(
      undefined,
    );
    expect(scoreOf(rows.map((row) => ({ ...row, algorithm: "direct" })))).toBe(undefined);
  });

  it("of this repository's machines can be told from their files", () => {
    for (const file of readdirSync(RESULTS).filter((name) => name.endsWith(".json"))) {
      const { rows } = parseReport(readFileSync(path.join(RESULTS, file), "utf8"));
      const { times, layers } = scoreOf(rows)!;
      expect(layers, file).toBe(SCORE_LAYERS);
      expect(times, file).toBeGreaterThan(0.5);
      expect(times, file).toBeLessThan(10);
    }
  });
});

describe("links", () => {
  it("carry the whole result", () => {
    const hash = encodeResult(RESULT);
    expect(carriesResult(hash)).toBe(true);
    const read = decodeResult(hash);
    expect(encodeResult(read)).toBe(hash);
    expect(read).toMatchObject({ made: RESULT.made, adapter: RESULT.adapter, roofline: RESULT.roofline });
    expect(read.measured[1]!.row).toMatchObject({
      milliseconds: 40,
      samples: [38, 40, 44],
      what: rowAt("L2", 2, 1).what,
    });
    expect(flopsPerSecond(read.measured[0]!.row as Row & { milliseconds: number })).toBe(
      rowAt("L1", 1, 1).flops / 12e-3,
    );
    expect(read.measured[2]!.row.refused).toBe("not here");
    expect(scoreOf(read.measured.map(({ row }) => row))!.layers).toBe(2);
  });

  it("are short enough with every row", () => {
    const all = CONTESTS.map(({ id }) => measured(id, rowAt(id, 1, 12.34567)));
    expect(encodeResult({ ...RESULT, measured: all }).length).toBeLessThan(2500);
  });

  it("carry what files take", () => {
    expect(parseReport(JSON.stringify(reportOf(RESULT))).rows).toHaveLength(3);
  });

  const valid = { v: 1, d: "2026", a: "a", b: "b", r: [["L1", 1, 12, 11, 13, 500, "direct", "v"]] };
  it.each([
    ["no base64", "#result=%%%", /incomplete/],
    ["no JSON", "#result=abcd", /incomplete/],
    ["too long", `#result=${"A".repeat(20_000)}`, /longer than/],
    ["a list", coded([1]), /an object/],
    ["another version", coded({ ...valid, v: 2 }), /version/],
    ["no texts", coded({ ...valid, a: { toString: "x" } }), /its adapter/],
    ["a long text", coded({ ...valid, a: "a".repeat(500) }), /its adapter/],
    ["too many rows", coded({ ...valid, r: Array.from({ length: 20 }, () => valid.r[0]) }), /its rows/],
    ["a row twice", coded({ ...valid, r: [valid.r[0], valid.r[0]] }), /twice/],
    ["an unknown row", coded({ ...valid, r: [["constructor", 1, 12, 11, 13, 500, "", ""]] }), /contest/],
    ["an unknown size", coded({ ...valid, r: [["L1", 4096, 12, 11, 13, 500, "", ""]] }), /a size/],
    ["no time", coded({ ...valid, r: [["L1", 1, 0, 0, 0, 500, "", ""]] }), /a time/],
    ["a negative time", coded({ ...valid, r: [["L1", 1, -1, -1, -1, 500, "", ""]] }), /row 1/],
    ["an endless time", coded({ ...valid, r: [["L1", 1, 1e300, 1e300, 1e300, 500, "", ""]] }), /a time/],
    ["times without order", coded({ ...valid, r: [["L1", 1, 12, 13, 11, 500, "", ""]] }), /ordered/],
    ["a half roofline", coded({ ...valid, p: [1] }), /roofline/],
  ])("are refused with %s", (_, hash, message) => {
    expect(() => decodeResult(hash)).toThrow(Refusal);
    expect(() => decodeResult(hash)).toThrow(message);
  });

  it("are refused however they are cut or changed, and nothing else happens", () => {
    const hash = encodeResult(RESULT);
    for (let at = "#result=".length; at < hash.length; at += 3) {
      for (const broken of [
        hash.slice(0, at),
        `${hash.slice(0, at)}!${hash.slice(at + 1)}`,
        `${hash.slice(0, at)}AAAA`,
      ])
        expect(() => decodeResult(broken), broken).toThrow(Refusal);
    }
  });
});

describe("sizes", () => {
  it("grow only while the next run stays under 100 ms", () => {
    expect([0.1, 4.9, 6, 24, 26, 200].map(mayGrow)).toEqual([true, true, false, false, false, false]);
  });

  it("start small on a weak adapter, and at the layer's own on a strong one", () => {
    const starts = (peak: number): Scale[] => CONTESTS.map((contest) => firstScale(contest, peak));
    expect(starts(1e13).filter((scale) => scale !== 1)).toEqual([]);
    const weak = starts(0);
    for (const [at, contest] of CONTESTS.entries()) {
      expect(Math.min(...contestJob(contest, weak[at]!).layer.input)).toBeGreaterThanOrEqual(4);
      const before = SCALES[SCALES.indexOf(weak[at]!) - 1];
      if (before) expect(Math.min(...contestJob(contest, before).layer.input)).toBeLessThan(4);
    }
    // By 2 % of its peak of 50 GFLOP/s an adapter computes the first layer at half its size in 58 ms.
    expect(firstScale(CONTESTS[0]!, 5e10)).toBe(0.5);
  });
});

describe("the sampled check", () => {
  it.each(["L5", "L8", "L13", "L9"])(
    "finds the sums of the reference right, and a wrong one among them: %s",
    async (id) => {
      const job = contestJob(
        CONTESTS.find((one) => one.id === id)!,
        0.125,
      );
      const { layer } = job;
      const shapes = {
        x: [1, layer.channels, ...layer.input],
        w: [layer.outputs, layer.channels / layer.groups, ...layer.kernel],
      };
      const made = (shape: readonly number[], seed: number): Float32Array =>
        Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, at) => Math.sin(seed * at));
      const [x, w] = [made(shapes.x, 1.3), made(shapes.w, 2.7)];
      const { stride, padding, groups } = layer;
      const descriptor = { inputShape: shapes.x, kernelShape: shapes.w, stride, padding, groups };
      const problem = problemOf("forward", descriptor);
      const y = Float32Array.from(
        conv({ data: x, shape: shapes.x }, { data: w, shape: shapes.w }, { stride, padding, groups }).data,
      );
      const operands = [
        { name: "x", shape: shapes.x, values: x },
        { name: "w", shape: shapes.w, values: w },
      ] as const;
      const prepared: Prepared = { problem, descriptor, operands, inputs: {}, free: () => {} };
      const signal = new AbortController().signal;
      const right = await sampledCheck(prepared, y, 1, signal);
      expect(right.error).toBeLessThanOrEqual(right.bound);
      y[0]! += 0.5;
      const wrong = await sampledCheck(prepared, y, 1, signal);
      expect(wrong.error).toBeGreaterThan(wrong.bound);
    },
  );
});
