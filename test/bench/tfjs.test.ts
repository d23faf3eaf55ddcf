// The parts of `npm run bench -- --suite tfjs` that need neither a browser nor the packages of the programs.
import { describe, expect, it } from "vitest";
import type { BenchPage } from "../../bench/bench-page.ts";
import { parseOptions } from "../../bench/options.ts";
import { PROGRAMS } from "../../bench/tfjs/list.ts";
import { type MeasuredAdapter, adapterWork, measureAdapter } from "../../bench/tfjs/rows.ts";
import { adapterFailures, adapterNotes, adapterSummary, adapterTable } from "../../bench/tfjs/table.ts";

const parse = (line: string) => parseOptions(["--suite", "tfjs", ...line.split(" ").filter(Boolean)]);

/** Stands in for a page of TensorFlow.js: a third of the time with the adapter, and a value that differs by `error`. */
function standIn(error = 0) {
  const log: string[] = [];
  let opened = 0;
  const openPeer = () => {
    const name = opened++ === 0 ? "without" : "with";
    let calls = { served: 0, passedOn: 0 };
    const timing = { milliseconds: name === "with" ? 10 : 30, samples: [1], firstMilliseconds: 50 };
    const answers: Record<string, (order: never) => unknown> = {
      open: () => "tfjs 4",
      adapt: () => null,
      adapterCalls: () => calls,
      hostTime: () => (name === "with" ? 20 : 40),
      measure: ({ layer: { groups = 1 } }: { layer: { groups?: number } }) => {
        if (groups === 32) return { unsupported: "it has no groups" };
        if (name === "with") calls = { served: calls.served + 2, passedOn: calls.passedOn };
        return { ...timing, check: { error: 1, bound: 4, against: "reference" } };
      },
      program: ({ program }: { program: string }) => {
        if (program === "mobilenet-v2") throw new Error("no network");
        if (name === "with") calls = { served: calls.served + 1, passedOn: calls.passedOn + 1 };
        return { ...timing, values: [name === "with" ? 1 + error : 1] };
      },
    };
    return Promise.resolve({
      async ask(question: string, order: never): Promise<unknown> {
        log.push(`${name} ${question}`);
        return answers[question]!(order);
      },
      async close(): Promise<void> {
        log.push(`${name} closed`);
      },
    });
  };
  return { log, page: { browser: "none", openPeer } as unknown as BenchPage };
}

async function measured(line: string, error?: number): Promise<{ report: MeasuredAdapter; log: string[] }> {
  const { log, page } = standIn(error);
  const report: MeasuredAdapter = { adapter: [] };
  await measureAdapter(page, { ...parse(line), samples: 1 }, report);
  return { report, log };
}

describe("--suite tfjs", () => {
  it("has the layers and the programs, or those named", () => {
    const all = adapterWork(parse(""));
    expect(all.filter((work) => "program" in work)).toHaveLength(PROGRAMS.length);
    expect(all.length).toBeGreaterThan(PROGRAMS.length + 15);
    expect(adapterWork(parse("--layers L1,L2bd --models training"))).toEqual([
      expect.objectContaining({ row: expect.objectContaining({ pass: "forward" }) }),
      expect.objectContaining({ row: expect.objectContaining({ pass: "backward-data" }) }),
      { program: "training" },
    ]);
    expect(adapterWork(parse("--models training"))).toHaveLength(1);
  });

  it("refuses what does not go with it", () => {
    expect(() => parse("--models ppocr-cls")).toThrow(
      "there are default-model, esrgan-slim-x4, mobilenet-v2, training",
    );
    expect(() => parse("--peers tfjs")).toThrow("--peers cannot go with --suite tfjs");
    expect(() => parse("--pass forward")).toThrow("--pass cannot go with --suite tfjs");
    expect(() => parse("--browser node")).toThrow("--browser node cannot go with --suite tfjs");
  });

  it("asks two pages in turns, and imports the adapter into one", async () => {
    const { report, log } = await measured("--layers L1,L14 --models default-model");
    expect(log.filter((line) => line.endsWith("adapt"))).toEqual(["with adapt"]);
    const work = log.filter((line) => /measure|program|hostTime|closed/.test(line));
    expect(work).toEqual(
      ["measure", "measure", "program", "hostTime", "closed"].flatMap((what) => [`without ${what}`, `with ${what}`]),
    );
    expect(report.peers).toEqual({ tfjs: "tfjs 4" });
    expect(report.adapter[0]).toMatchObject({
      row: "L1 forward",
      layer: "L1",
      with: { calls: { served: 2, passedOn: 0 } },
    });
    expect(report.adapter[2]).toMatchObject({ row: "default-model", error: 0 });
    expect(adapterFailures(report.adapter)).toEqual([]);
    expect(adapterNotes(report.adapter)).toEqual(["TensorFlow.js on L14 forward: it has no groups"]);
    expect(adapterTable(report.adapter)).toMatch(/L1 forward .* 3\.00 .* 2\/2 .* 25\.0 %\n/);
    expect(adapterTable(report.adapter)).not.toContain("L14");
    expect(adapterSummary(report)).toEqual([
      "layers L1 to L15, times as fast: geometric mean 3.00, least 3.00 (1 layers)",
      "a call of Conv2D on the CPU: 40.0 us, 20.0 with the adapter",
    ]);
  });

  it("fails where results differ, a page fails, or the adapter computed nothing", async () => {
    const { report } = await measured("--models default-model,mobilenet-v2", 0.01);
    expect(adapterFailures(report.adapter)).toEqual([
      expect.stringContaining("default-model: off by 0.01"),
      "mobilenet-v2, with the adapter: no network",
    ]);
    const [first] = report.adapter;
    const idle = { ...first!, error: 0, with: { ...first!.with, calls: { served: 0, passedOn: 3 } } };
    expect(adapterFailures([idle])).toEqual(["default-model: the adapter computed nothing of it"]);
  });
});
