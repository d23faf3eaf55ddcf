// How `npm run bench -- --suite operations` measures its rows, and the table that it prints.
import { describe, expect, it } from "vitest";
import type { BenchPage } from "../../bench/bench-page.ts";
import {
  type MeasuredOperations,
  type OperationMeasurement,
  type OperationRow,
  measureOperations,
  operationRows,
} from "../../bench/operation-rows.ts";
import {
  multiples,
  operationFailures,
  operationPeerRow,
  operationSummary,
  operationTable,
} from "../../bench/operation-table.ts";
import { OPERATIONS } from "../../bench/operations.ts";
import { parseOptions } from "../../bench/options.ts";
import type { OperationOrder, OperationResult } from "../../bench/protocol.ts";
import { ask } from "../../scripts/harness/answer.ts";

const parse = (line: string) => parseOptions(line.split(" ").filter(Boolean));

const limits = { bytesPerSecond: 8e9, flopsPerSecond: 5e10, loadsPerSecond: 1e9, callMilliseconds: 0.1 };
const good: OperationResult = {
  bytes: 8e6,
  numbers: 2e6,
  milliseconds: 2.5,
  samples: [2.4, 2.5, 2.9],
  check: { error: 1e-5, bound: 1e-4, against: "reference" },
};
const failed: OperationResult = { bytes: 0, numbers: 0, failed: "out of memory" };
const wrong: OperationResult = { ...good, check: { ...good.check!, error: 1e-3 } };
const measured = (result: OperationResult): OperationMeasurement => ({
  operation: "averagePool",
  name: "ResNet-50",
  shape: [32, 2048, 7, 7],
  result,
});

describe("the table", () => {
  const row = (result: OperationResult): string => operationTable([measured(result)], limits).split("\n")[2]!;

  it("sets a time beside that of copying its bytes and of loading its numbers", () => {
    // 8 MB in 1 ms, 2 million numbers in 2 ms.
    expect(multiples({ bytes: 8e6, numbers: 2e6, milliseconds: 2.5 }, limits)).toEqual({ copy: 2.5, loads: 1.25 });
    expect(row(good).split(/ {2,}/)).toEqual([
      "averagePool",
      "ResNet-50",
      "[32, 2048, 7, 7]",
      "2.50",
      "20.0 % !",
      "3.20",
      "2.50",
      "1.25",
      "-",
      "-",
      "4.00 %",
      "0.100",
    ]);
  });

  it("sets one of convolutions beside the roofline", () => {
    const columns = (flops: number): string[] =>
      row({ ...good, flops })
        .split(/ {2,}/)
        .slice(6, 10);
    // 100 operations a byte are more than arithmetic allows, 2 a byte more than memory does.
    expect(columns(100 * good.bytes)).toEqual(["-", "-", "320", "640 %"]);
    expect(columns(2 * good.bytes)).toEqual(["-", "-", "6.40", "40.0 %"]);
  });

  it.each([
    [wrong, "WRONG"],
    [failed, "FAILED"],
  ])("shows no time for %j", (result, word) => {
    expect(row(result)).toContain(word);
    expect(row(result)).not.toContain("2.50");
  });

  it("says what is wrong, and how many are near what the adapter can do", () => {
    const slow = { ...good, milliseconds: 10 };
    const all = [good, slow, wrong, failed, { ...good, flops: 1e6 }].map(measured);
    expect(operationFailures(all)).toEqual([
      "averagePool, ResNet-50: off by 0.001, more than the 0.0001 that rounding explains",
      "averagePool, ResNet-50: out of memory",
    ]);
    expect(operationSummary(all, limits)).toBe(
      "1 of 4 within 1.5 times the slower of copying as many bytes and loading as many numbers; " +
        "loads 1.00 G numbers/s; a call that computes nothing 0.100 ms",
    );
  });
});

describe("measureOperations", () => {
  it("asks for one after the other, and goes on where one fails", async () => {
    const asked: OperationOrder[] = [];
    const page = {
      ask: (name: string, given: OperationOrder) => {
        if (name === "rates") return Promise.resolve({ loadsPerSecond: 1e9, callMilliseconds: 0.1 });
        asked.push(given);
        return ask(Promise.resolve(asked.length === 1 ? { error: "out of memory" } : { value: good }), 1000);
      },
    } as unknown as BenchPage;
    const options = parse("--operations averagePool --layout channels-last --samples 2");
    const into = { operations: [] as OperationMeasurement[] };
    await measureOperations(page, options, into);
    expect(asked.map(({ entry, batch }) => ({ entry, batch }))).toEqual(operationRows(options));
    expect(asked[0]).toMatchObject({ layout: "channels-last", dtype: "f32", samples: 2 });
    expect(into).toMatchObject({ rates: { loadsPerSecond: 1e9 } });
    expect(into.operations.map(({ result }) => result.failed)).toEqual([
      "out of memory",
      ...into.operations.slice(1).map(() => undefined),
    ]);
    const { inputs, batch = 1 } = OPERATIONS.find(({ operation }) => operation === "averagePool")!;
    expect(into.operations[0]!.shape).toEqual([batch, ...inputs["x"]!.shape.slice(1)]);
  });

  it("asks the peers about each row, and closes their pages", async () => {
    const asked: unknown[] = [];
    let closed = 0;
    const peer = {
      ask: (name: string, given: unknown) => {
        asked.push(name === "open" ? given : { name, given });
        const value: unknown = name === "open" ? "peer 1.0" : { milliseconds: 5, samples: [5] };
        return ask(Promise.resolve({ value }), 1000);
      },
      close: () => Promise.resolve(void closed++),
    };
    const page = {
      ask: (name: string) =>
        name === "rates" ? Promise.resolve({}) : ask(Promise.resolve({ value: { ...good, milliseconds: 2.5 } }), 1000),
      openPeer: () => Promise.resolve(peer),
    } as unknown as BenchPage;
    const into: MeasuredOperations = { operations: [] };
    const options = parse("--operations globalMaxPool --peers jax,tfjs --samples 2");
    await measureOperations(page, options, into);
    const [{ entry, batch }] = operationRows(options) as [OperationRow];
    const work = { name: "operate", given: { entry, batch, samples: 2 } };
    expect(asked).toEqual(["jax", work, "tfjs", work]);
    expect(closed).toBe(2);
    expect(into.peers).toEqual({ jax: "peer 1.0", tfjs: "peer 1.0" });
    expect(into.operations[0]!.peers!.jax).toMatchObject({ milliseconds: 5, ratio: 2 });
    expect(operationPeerRow(into.operations[0]!).label).toBe("globalMaxPool (MAC of VGG-16)");
  });
});
