// Operations refuse tensors that do not match, naming the argument. test/ops/calls.ts holds what all operations refuse alike.
import { expect, it } from "vitest";
import { createEngine } from "../../src/index.ts";
import {
  activateBackward,
  add,
  concatenate,
  crossEntropy,
  crossEntropyBackward,
  dropout,
  maxoutBackward,
  multiply,
  multiplyBackward,
  preluBackward,
  softmaxBackward,
} from "../../src/ops/index.ts";
import { refusal } from "../suite/refusal.ts";

it("names the tensor that does not match", async () => {
  const engine = await createEngine({ tuning: "forget" });
  const x = engine.empty([2, 3, 4]);
  const last = engine.empty([2, 3, 4], { layout: "channels-last" });
  const flat = engine.empty([6, 4]);
  const calls: [call: () => unknown, argument: string][] = [
    [() => crossEntropy(x, last), "target.layout"],
    [() => crossEntropy(x, flat), "target.shape"],
    [() => crossEntropy(x, x, { weight: flat }), "weight.shape"],
    [() => crossEntropyBackward(x, x, { dy: flat }), "dy.shape"],
    [() => softmaxBackward(x, { output: last }), "output.layout"],
    [() => activateBackward(x, { activation: "relu", output: flat }), "output.shape"],
    [() => add(x, last), "b.layout"],
    [() => multiply(x, last), "b.layout"],
    [() => multiplyBackward(flat, x, x), "dy.shape"],
    [() => preluBackward(flat, x, engine.empty([1])), "dy.shape"],
    [() => concatenate([x, last]), "tensors[1].layout"],
    [() => concatenate([x, 1 as never]), "tensors[1]"],
    [() => maxoutBackward(x, x, { pieces: 3 }), "dy.shape"],
    [() => dropout(null as never, { seed: 1 }), "x"],
  ];
  for (const [call, argument] of calls) expect(refusal(call).argument).toBe(argument);
  engine.destroy();
});
