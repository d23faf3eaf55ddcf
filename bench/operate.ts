// Computes one operation beside convolution where the benchmark runs: checks it against the reference and times its calls.
import { bytesFor } from "../src/base/dtype.ts";
import { elementCount } from "../src/base/shape.ts";
import type { Engine, Tensor } from "../src/index.ts";
import * as operations from "../src/ops/index.ts";
import * as reference from "../src/reference.ts";
import type { NdArray } from "../src/reference.ts";
import { timeCalls } from "./calls.ts";
import { compareResults } from "./operation-check.ts";
import {
  type Conditions,
  OPERATIONS,
  enginePlace,
  givenTo,
  inputShape,
  inputValues,
  referencePlace,
  resultsOf,
} from "./operations.ts";
import type { Arrays, BenchOperation, Computer, Tensors } from "./operations/entry.ts";
import type { CallRates, Check, OperationOrder, OperationResult } from "./protocol.ts";

/** Half precision errs by as many times the error of single precision. */
const OF_HALVES = 10;

/** Bytes of results by which calls may run ahead of the GPU: it frees them only when it is done with them. */
const MOST_AHEAD = 2 ** 31;

/** Samples for the time of a call that computes next to nothing. */
const CALL_SAMPLES = 3;

/** Measures what the roofline leaves out: how fast the adapter loads values, and what a call costs by itself. */
export async function measureCallRates(engine: Engine): Promise<CallRates> {
  const { loads } = await engine.calibrate();
  const x = engine.tensor([1], [1, 1, 1]);
  try {
    const milliseconds = await callTimes(
      engine,
      () => ({ y: operations.averagePool(x, { kernelSize: 1 }) }),
      CALL_SAMPLES,
    );
    return { loadsPerSecond: loads, callMilliseconds: milliseconds.milliseconds };
  } finally {
    x.destroy();
  }
}

/** Returns the results of the reference, by the names that the call gives them. */
export function referenceResults(one: BenchOperation, arrays: Arrays, conditions: Conditions): Arrays {
  return one.call(
    reference as unknown as Computer,
    arrays as unknown as Tensors,
    referencePlace(conditions),
  ) as unknown as Arrays;
}

/** Computes, checks and times an entry of the list. */
export async function measureOperation(engine: Engine, order: OperationOrder): Promise<OperationResult> {
  const one = OPERATIONS[order.entry]!;
  const tensors = givenTensors(engine, one, order);
  try {
    const arrays = await readAll(tensors);
    const place = enginePlace(order);
    const call = () => one.call(operations, tensors, place) as Tensors | void;
    const returned = call();
    const results = resultsOf(one, tensors, returned);
    const sizes = sizesOf([...Object.values(tensors), ...Object.values(results)]);
    let values: Arrays;
    try {
      values = await readAll(results);
    } finally {
      destroyAll(returned);
    }
    const check = compare(results, values, referenceResults(one, arrays, order));
    const flops = one.multiplyAdds && { flops: 2 * one.multiplyAdds * order.batch };
    return { ...sizes, ...flops, check, ...(await callTimes(engine, call, order.samples)) };
  } finally {
    destroyAll(tensors);
  }
}

/** Makes the tensors that the call takes, and no others. */
export function givenTensors(engine: Engine, one: BenchOperation, conditions: Conditions): Tensors {
  const made: Record<string, Tensor> = {};
  const { layout, dtype } = conditions;
  Object.entries(one.inputs).forEach(([name, input], at) => {
    const shape = inputShape(input, conditions);
    const values = inputValues(input, elementCount(shape), at + 1);
    made[name] = engine.tensor(values, shape, { layout, dtype: input.dtype ?? dtype });
  });
  const { given, rest } = givenTo(one, operations, made, enginePlace(conditions));
  destroyAll(rest);
  return given;
}

async function readAll(tensors: Tensors): Promise<Arrays> {
  const read = Object.entries(tensors).map(async ([name, tensor]): Promise<[string, NdArray]> => [
    name,
    { data: await tensor.read(), shape: tensor.shape },
  ]);
  return Object.fromEntries(await Promise.all(read));
}

function destroyAll(tensors: Tensors | void): void {
  for (const tensor of Object.values(tensors ?? {})) tensor.destroy();
}

function bytesOf({ shape, dtype }: Tensor): number {
  return bytesFor(elementCount(shape), dtype);
}

function sizesOf(tensors: readonly Tensor[]): Pick<OperationResult, "bytes" | "numbers"> {
  return {
    bytes: tensors.reduce((sum, tensor) => sum + bytesOf(tensor), 0),
    numbers: tensors.reduce((sum, { shape }) => sum + elementCount(shape), 0),
  };
}

/** Checks shapes and values. */
function compare(results: Tensors, values: Arrays, expected: Arrays): Check {
  for (const [name, { shape }] of Object.entries(results)) {
    const wanted = expected[name]?.shape ?? [];
    if (wanted.join() !== shape.join())
      throw new Error(`${name} is [${shape.join(", ")}], and by the reference [${wanted.join(", ")}]`);
  }
  const data = Object.fromEntries(Object.entries(values).map(([name, array]) => [name, array.data]));
  return compareResults(data, expected, (name) => (results[name]!.dtype === "f16" ? OF_HALVES : 1));
}

/** Times calls that each make new results and free the previous ones, as an application's do. */
async function callTimes(
  engine: Engine,
  call: () => Tensors | void,
  samples: number,
): Promise<{ milliseconds: number; samples: readonly number[] }> {
  let last: Tensors | void = undefined;
  let ahead = 0;
  const { queue } = engine.device;
  try {
    // The second call, after the one that was checked.
    last = call();
    await engine.settled();
    const timing = await timeCalls(
      {
        run() {
          destroyAll(last);
          last = call();
          ahead += Object.values(last ?? {}).reduce((sum, tensor) => sum + bytesOf(tensor), 0);
          if (ahead < MOST_AHEAD) return;
          ahead = 0;
          return queue.onSubmittedWorkDone() as Promise<unknown> as Promise<void>;
        },
        sync: () => queue.onSubmittedWorkDone() as Promise<unknown> as Promise<void>,
      },
      samples,
    );
    return { milliseconds: timing.seconds * 1e3, samples: timing.samples.map((seconds) => seconds * 1e3) };
  } finally {
    destroyAll(last);
  }
}
