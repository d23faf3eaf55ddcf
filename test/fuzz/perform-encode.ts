// Records a plan on the caller's buffers: the result must be what the reference computes, and a buffer that does not fit must be refused
// before anything is recorded.
import { bytesFor } from "../../src/base/dtype.ts";
import { elementCount } from "../../src/base/shape.ts";
import { inputsOf } from "../../src/conv/operands.ts";
import { ConvError, type ConvInputs, type ConvPlan, Tensor } from "../../src/index.ts";
import { shapeOf } from "../suite/passes.ts";
import type { Outcome } from "./call.ts";
import type { EncodeCase } from "./case.ts";
import { type Work, Wrong, attempt, makersOf, refusalOf } from "./judge.ts";
import { JUNK } from "./junk.ts";
import { type Expected, expectedOf, numbersFor } from "./oracle.ts";
import { differenceOf } from "./perform-call.ts";
import { type Poisoned, poisoned } from "./poison.ts";

const LARGER_BY = 260;

/** Makes an operand in the form of the case. */
type Given = Tensor | GPUBuffer;

function larger({ engine, made }: Work, bytes: number, usage: number): GPUBuffer {
  const buffer = engine.device.createBuffer({ size: bytes, usage });
  made.push(buffer);
  return buffer;
}

function operandOf(work: Work, one: EncodeCase, expected: Expected, name: keyof ConvInputs, at: number): Given {
  const { engine, made } = work;
  const { problem } = expected;
  const { layout, dtype } = problem;
  const values = numbersFor(expected, one.call)[name]!;
  const tensor = engine.tensor(values, shapeOf(problem, name), { layout, dtype });
  made.push(tensor);
  const kind = one.given[at % one.given.length]!;
  if (kind === "tensor") return tensor;
  if (kind === "buffer") return tensor.buffer;
  const buffer = larger(work, tensor.buffer.size + LARGER_BY, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST);
  const encoder = engine.device.createCommandEncoder();
  encoder.copyBufferToBuffer(tensor.buffer, 0, buffer, 0, tensor.buffer.size);
  engine.device.queue.submit([encoder.finish()]);
  return buffer;
}

/** Makes the faulty value in place of a buffer, or undefined to leave it out. */
function faultOf(
  work: Work,
  { fault }: EncodeCase,
  shape: readonly number[] | undefined,
  bytes: number,
  result: GPUBuffer,
): unknown {
  const { engine, other, made } = work;
  const tensorOf = (from: Work["engine"], sizes: readonly number[]): Tensor => {
    const tensor = from.empty(sizes);
    made.push(tensor);
    return tensor;
  };
  const sizes = shape ?? [Math.max(1, Math.ceil(bytes / 4))];
  switch (fault!.by) {
    case "missing":
      return undefined;
    case "too small":
      return larger(work, Math.max(4, bytes - 4), GPUBufferUsage.STORAGE);
    case "no storage":
      return larger(work, Math.max(4, bytes), GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC);
    case "the result":
      return result;
    case "destroyed": {
      const tensor = tensorOf(engine, sizes);
      tensor.destroy();
      return tensor;
    }
    case "foreign":
      return tensorOf(other, sizes);
    case "another shape":
      return tensorOf(engine, [...sizes.slice(0, -1), sizes.at(-1)! + 1]);
    case "junk":
      return JUNK[fault!.junk]!(makersOf(work));
  }
}

async function record(work: Work, one: EncodeCase, expected: Expected, plan: ConvPlan): Promise<Outcome> {
  const { engine, made } = work;
  const { problem } = plan;
  const { layout, dtype } = problem;
  const buffers: Record<string, unknown> = {};
  const names = inputsOf(problem).map(({ name }) => name);
  names.forEach((name, at) => (buffers[name] = operandOf(work, one, expected, name, at)));
  const bytes = bytesFor(elementCount(plan.outputShape), dtype);
  const result = poisoned(engine, bytes);
  made.push(result.buffer);
  const kind = one.given[names.length % one.given.length]!;
  const wrapped = engine.wrap(result.buffer, plan.outputShape, { layout, dtype });
  made.push(wrapped);
  buffers[plan.resultName] = kind === "tensor" ? wrapped : result.buffer;
  let workspace: Poisoned | undefined;
  if (one.workspace !== "none" && plan.workspaceBytes > 0) {
    workspace = poisoned(engine, plan.workspaceBytes + (one.workspace === "larger" ? LARGER_BY : 0));
    made.push(workspace.buffer);
    buffers["workspace"] = workspace.buffer;
  }
  const { fault } = one;
  let [refuses, may] = [false, false];
  if (fault) {
    const places = [...names, plan.resultName, "workspace", names.includes("w") ? "dw" : "w", "bogus"];
    const name = places[fault.at % places.length]!;
    const known = (names as string[]).includes(name) || name === plan.resultName;
    const shape = known
      ? shapeOf(problem, name === plan.resultName ? "result" : (name as keyof ConvInputs))
      : undefined;
    const size = shape ? bytesFor(elementCount(shape), dtype) : plan.workspaceBytes;
    const value = faultOf(work, one, shape, size, result.buffer);
    // A buffer has at least four bytes, and junk may be a tensor of the right shape.
    const alike = fault.by === "junk" && value instanceof Tensor && value.shape.join() === shape?.join();
    const harmless = alike || (fault.by === "too small" && size <= 4);
    if (fault.by === "missing") delete buffers[name];
    else if (!harmless) buffers[name] = value;
    const absent = buffers[name] === undefined;
    if (known) {
      refuses = !harmless && !(name === plan.resultName && fault.by === "the result");
    } else if (name === "workspace") {
      // A buffer that is not needed is ignored.
      refuses = !absent && !harmless && plan.workspaceBytes > 0;
      may = plan.workspaceBytes === 0;
      if (!refuses) workspace = undefined;
    } else if (name === "bogus") {
      refuses = fault.by !== "missing" && !harmless;
    } else {
      refuses = !absent;
    }
  }
  const encoder = engine.device.createCommandEncoder();
  const recorded = await attempt(() => plan.encode(encoder, buffers));
  // Even after a refusal: an encoder with something half recorded could not finish.
  const commands = encoder.finish();
  if ("error" in recorded) {
    const refused = refusalOf(recorded);
    if (!refuses && !may) throw new Wrong(`plan.encode refused what fits: ${refused.message}`);
    engine.device.queue.submit([commands]);
    return { ended: "refused", code: refused.code };
  }
  if (refuses) throw new Wrong("plan.encode accepted buffers that do not fit");
  engine.device.queue.submit([commands]);
  const values = await wrapped.read();
  const difference = differenceOf(values, expected, one.call, plan);
  if (difference !== undefined) throw new Wrong(`${plan.algorithm} ${plan.variant}, encoded: ${difference}`);
  if (!(await result.isGuarded()) || !((await workspace?.isGuarded()) ?? true))
    throw new Wrong("wrote beyond its result or its workspace");
  return { ended: "computed", algorithm: "plan.encode" };
}

export async function performEncode(work: Work, one: EncodeCase): Promise<Outcome> {
  const present = Object.fromEntries(Object.keys(one.call.tensors).map((name) => [name, name]));
  const expected = expectedOf(one.call, { ...one.call.options, ...present });
  if (expected instanceof ConvError) return { ended: "refused", code: expected.code };
  const { pass, descriptor, constraints } = expected;
  const planned = await attempt(() => work.engine.plan(pass, descriptor, constraints));
  // Plain calls cover what may be refused.
  if ("error" in planned) return { ended: "refused", code: refusalOf(planned).code };
  const plan = planned.value;
  try {
    return await record(work, one, expected, plan);
  } finally {
    plan.destroy();
  }
}
