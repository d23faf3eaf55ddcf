// The MobileNet v2 that the benchmark page makes: the shapes and the work of the published network.
import { expect, it } from "vitest";
import { MOBILENET_INPUT, makeMobilenet } from "../../site/benchmark/models/mobilenet.ts";
import { readLayers } from "../../src/layers/index.ts";

it("is MobileNet v2, the same each time", async () => {
  const { signal } = new AbortController();
  const files = await makeMobilenet(signal);
  const source = await readLayers(files);
  const { name, shape } = MOBILENET_INPUT;
  const graph = source.graph({ [name]: [...shape] });
  expect([...graph.outputs.values()].map((output) => output.shape)).toEqual([[1, 1000]]);
  const count = (operator: string): number => graph.nodes.filter((node) => node.operator === operator).length;
  // 35 full and 17 depthwise convolutions, 10 of whose blocks have a shortcut.
  expect(count("conv")).toBe(52);
  expect(count("add")).toBe(10);
  // 3.47 million parameters, without the statistics that are folded.
  const parameters = (files.weights as ArrayBuffer).byteLength / 4;
  expect(parameters).toBeGreaterThan(3.45e6);
  expect(parameters).toBeLessThan(3.5e6);
  const again = await makeMobilenet(signal);
  expect(Buffer.from(again.weights as ArrayBuffer).equals(Buffer.from(files.weights as ArrayBuffer))).toBe(true);
});
