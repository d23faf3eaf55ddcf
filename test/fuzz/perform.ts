// Tries a case on the engines and returns its outcome. Nothing it made stays allocated.
import type { Outcome } from "./call.ts";
import type { Case } from "./case.ts";
import { type Bench, type Work, Wrong, attempt } from "./judge.ts";
import { performCall } from "./perform-call.ts";
import { performEncode } from "./perform-encode.ts";
import { performFind } from "./perform-find.ts";
import { performOperation } from "./perform-operation.ts";
import { performTensor } from "./perform-tensor.ts";

function outcomeOf(work: Work, one: Case): Promise<Outcome> {
  switch (one.operation) {
    case "tensor":
    case "empty":
    case "wrap":
      return performTensor(work, one);
    case "encode":
      return performEncode(work, one);
    case "find":
      return performFind(work, one);
    case "operation":
      return performOperation(work, one);
    default:
      return performCall(work, one);
  }
}

export async function perform(bench: Bench, one: Case): Promise<Outcome> {
  const made: Work["made"] = [];
  const outcome = await attempt(() => outcomeOf({ ...bench, made }, one));
  for (const thing of made) thing.destroy();
  if ("error" in outcome) {
    const { error } = outcome;
    if (error instanceof Wrong) return { wrong: error.message };
    return { wrong: error instanceof Error ? `${error.name}: ${error.message}\n${error.stack}` : String(error) };
  }
  const { tensors, weights, reads } = bench.engine.memory;
  if (tensors + weights + reads > 0) return { wrong: `left ${tensors + weights + reads} bytes allocated` };
  return outcome.value;
}
