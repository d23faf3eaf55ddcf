// Performs a call of a convolution on an engine and returns its outcome: it must compute what the reference computes, or throw a ConvError.
import { bytesFor } from "../../src/base/dtype.ts";
import { describe } from "../../src/base/error.ts";
import { elementCount } from "../../src/base/shape.ts";
import * as convoke from "../../src/index.ts";
import { ConvError, type ConvInputs, type ConvPlan, type Tensor } from "../../src/index.ts";
import { type ConvProblem } from "../../src/problem/problem.ts";
import { sumLength } from "../../src/problem/sum-length.ts";
import { errorBounds } from "../suite/bounds.ts";
import { NO_SPREAD } from "../suite/error-spread.ts";
import { type Operands, reference, shapeOf } from "../suite/passes.ts";
import { type Call, ARGUMENTS, type Outcome, PLANNED } from "./call.ts";
import { type Thrown, type Work, Wrong, attempt, makersOf, refusalOf } from "./judge.ts";
import { JUNK, optionPath, spoil } from "./junk.ts";
import { type Expected, describedAs, expectedOf, numbersFor } from "./oracle.ts";
import { poisoned } from "./poison.ts";

/** The most elements of a call; junk can make it larger, and then it is not made. */
const MOST_ELEMENTS = 2 ** 22;

/** Magnitudes beyond which sums leave the range of float32 or half, where the bound does not hold. */
const LARGEST = { f32: 1e6, f16: 100 };

const CONVOLUTIONS: Readonly<Record<Call["operation"], unknown>> = convoke;

/** Makes the call by its function, which throws refusals at once. */
function callDirectly({ operation }: Call, tensors: Record<string, unknown>, options: unknown): Tensor {
  const named = CONVOLUTIONS[operation] as (...list: unknown[]) => Tensor;
  return named(...ARGUMENTS[operation].map((name) => tensors[name]), options);
}

/** A running call. */
interface CallWork extends Work {
  readonly call: Call;
}

/** Makes the tensors of the operation and of its options, by the names that the call gives them. */
function tensorsOf({ engine, call, made }: CallWork, expected: Expected | ConvError): Record<string, Tensor> {
  const { layout, dtype, operation, shapes, tensors } = call;
  const numbers: Operands = expected instanceof ConvError ? {} : numbersFor(expected, call);
  const result: Record<string, Tensor> = {};
  const make = (name: string, shape: readonly number[], values: ArrayLike<number> | undefined): void => {
    const fits = values?.length === elementCount(shape);
    result[name] = fits ? engine.tensor(values, shape, { layout, dtype }) : engine.empty(shape, { layout, dtype });
    made.push(result[name]);
  };
  ARGUMENTS[operation].forEach((name, at) => {
    make(name, shapes[at]!, expected instanceof ConvError ? undefined : numbers[expected.names[at]!]);
  });
  for (const [name, shape] of Object.entries(tensors)) make(name, shape, numbers[name as keyof Operands]);
  return result;
}

/** Whether junk replaces a tensor. */
function spoilsTensor({ spoiled }: Call): boolean {
  if (!spoiled) return false;
  const path = optionPath(spoiled);
  return !path || ["bias", "residual", "output", "preActivation"].includes(path[0] ?? "");
}

/** Whether a valid problem may be refused, because its constraints exclude what not every algorithm or adapter supports. */
function mayRefuse({ constraints }: Expected, { code }: ConvError): boolean {
  const { algorithm, maxWorkspaceBytes } = constraints;
  if (code === "unknown-algorithm" || code === "unsupported")
    return (algorithm !== undefined && algorithm !== "auto") || maxWorkspaceBytes !== undefined;
  return false;
}

/** Checks that a plan satisfies its constraints. */
function checkPlan(
  { algorithm, variant, workspaceBytes, preparedBytes, errorGrowth, errorSpread }: ConvPlan,
  expected: Expected,
): void {
  const { constraints } = expected;
  const named = constraints.algorithm !== undefined && constraints.algorithm !== "auto";
  if (named && algorithm !== constraints.algorithm) throw new Wrong(`planned ${algorithm}, not the one named`);
  if (constraints.variant !== undefined && variant !== constraints.variant)
    throw new Wrong(`planned the variant ${variant}, not the one named`);
  if (!named && errorGrowth > (constraints.maxErrorGrowth ?? 256))
    throw new Wrong(`planned ${algorithm} ${variant}, whose error growth ${errorGrowth} is over maxErrorGrowth`);
  if (Math.max(...errorSpread) > (constraints.maxErrorSpread ?? Infinity))
    throw new Wrong(`planned ${algorithm} ${variant}, whose errors spread over ${errorSpread.join()} cells`);
  if (workspaceBytes + preparedBytes > (constraints.maxWorkspaceBytes ?? Infinity))
    throw new Wrong(
      `planned ${algorithm} ${variant} with ${workspaceBytes} + ${preparedBytes} bytes beside its tensors`,
    );
}

/** Records the plan on a result and a workspace that held NaN, with guards behind them. */
async function encoded({ engine, made }: Work, plan: ConvPlan, inputs: ConvInputs): Promise<Tensor> {
  const { problem } = plan;
  const bytes = bytesFor(elementCount(plan.outputShape), problem.dtype);
  const result = poisoned(engine, bytes);
  const workspace = plan.workspaceBytes > 0 ? poisoned(engine, plan.workspaceBytes) : undefined;
  made.push(result.buffer, ...(workspace ? [workspace.buffer] : []));
  const encoder = engine.device.createCommandEncoder();
  plan.encode(encoder, {
    ...inputs,
    [plan.resultName]: result.buffer,
    ...(workspace && { workspace: workspace.buffer }),
  });
  engine.device.queue.submit([encoder.finish()]);
  const { layout, dtype } = problem;
  const values = engine.wrap(result.buffer, plan.outputShape, { layout, dtype });
  made.push(values);
  if (!(await result.isGuarded()) || !((await workspace?.isGuarded()) ?? true))
    throw new Wrong("wrote beyond its result or its workspace");
  return values;
}

/** Returns the result of a valid call, or the refusal. */
async function resultOf(
  work: CallWork,
  plan: ConvPlan | undefined,
  expected: Expected,
  tensors: Record<string, unknown>,
  options: unknown,
): Promise<{ readonly value: Tensor } | Thrown> {
  const { call } = work;
  const given = ARGUMENTS[call.operation].map((name) => tensors[name]);
  if (call.way === "eager" || !plan) {
    try {
      return { value: callDirectly(call, tensors, options) };
    } catch (error) {
      return { error };
    }
  }
  const fields = (options ?? {}) as Record<string, Tensor | undefined>;
  const inputs: Record<string, unknown> = {};
  expected.names.forEach((name, at) => (inputs[name] = given[at]));
  for (const name of ["bias", "residual", "output", "preActivation"] as const)
    if (fields[name] !== undefined) inputs[name] = fields[name];
  return attempt(() =>
    call.way === "encode" ? encoded(work, plan, inputs as ConvInputs) : plan.run(inputs as ConvInputs),
  );
}

/** Describes the first element that differs from the reference by more than its bound. */
export function differenceOf(
  values: Float32Array,
  expected: Expected,
  call: Call,
  plan: Pick<ConvPlan, "errorGrowth" | "errorSpread" | "errorNorm"> | undefined,
): string | undefined {
  // Numbers reach shaders as float32.
  const problem: ConvProblem = { ...expected.problem, paddingValue: Math.fround(expected.problem.paddingValue) };
  const sizes = [
    problem.paddingValue,
    problem.epilogue.activation.parameter,
    problem.activationGradient?.activation.parameter,
  ];
  if (sizes.some((size) => Math.abs(size ?? 0) > LARGEST[problem.dtype])) return undefined;
  const operands = numbersFor(expected, call);
  const wanted = reference(problem, operands);
  const bounds = errorBounds(
    problem,
    operands,
    plan?.errorGrowth ?? 1,
    plan?.errorSpread ?? NO_SPREAD,
    plan?.errorNorm,
  );
  // Subnormal products may be flushed to 0.
  const subnormal = 2 * (sumLength(problem) + 2) * 2 ** -126;
  // Written so that NaN counts as wrong.
  const wrong = wanted.findIndex((value, at) => !(Math.abs(value - values[at]!) <= bounds[at]! + subnormal));
  if (wrong < 0) return undefined;
  return `element ${wrong} of ${wanted.length} is ${values[wrong]}, not ${wanted[wrong]} +- ${bounds[wrong]}`;
}

/** Returns the plan of a call that has one, or the refusal. */
async function planOf(
  { engine, call }: CallWork,
  expected: Expected,
): Promise<{ value: ConvPlan | undefined } | Thrown> {
  if (call.operation === "convBackwardBias") return { value: undefined };
  const { pass, descriptor, constraints } = expected;
  return attempt(() => engine.plan(pass, descriptor, constraints));
}

async function compute(
  work: CallWork,
  expected: Expected,
  tensors: Record<string, unknown>,
  options: unknown,
): Promise<Outcome> {
  const { call, made } = work;
  const planned = await planOf(work, expected);
  const plan = "value" in planned ? planned.value : undefined;
  try {
    const result = await resultOf(work, plan, expected, tensors, options);
    if ("error" in result) {
      const refused = refusalOf(result);
      if (!spoilsTensor(call) && !("error" in planned && mayRefuse(expected, refused)))
        throw new Wrong(`refused what it should compute: ${refused.message}`);
      return { ended: "refused", code: refused.code };
    }
    made.push(result.value);
    if ("error" in planned) throw new Wrong(`computed what engine.plan refuses: ${refusalOf(planned).message}`);
    if (plan) checkPlan(plan, expected);
    const shape = shapeOf(expected.problem, "result");
    const wanted = call.operation === "convBackwardBias" ? [elementCount(shape)] : shape;
    if (!spoilsTensor(call) && result.value.shape.join() !== wanted.join())
      throw new Wrong(`has the shape ${describe(result.value.shape)}, not ${describe(wanted)}`);
    const values = await result.value.read();
    // Nothing is known of junk that fits as a tensor.
    const difference = spoilsTensor(call) ? undefined : differenceOf(values, expected, call, plan);
    if (difference !== undefined) throw new Wrong(`${plan?.algorithm} ${plan?.variant}: ${difference}`);
    return { ended: "computed", algorithm: plan?.algorithm ?? call.operation };
  } finally {
    plan?.destroy();
  }
}

/** A call that must be refused: at once where it is eager, as a rejection where it is planned. */
async function refuse(
  work: CallWork,
  tensors: Record<string, unknown>,
  options: unknown,
  reason: ConvError,
): Promise<Outcome> {
  const { call, engine, made } = work;
  let result: { value: unknown } | Thrown;
  const described =
    call.way === "eager" || !(call.operation in PLANNED)
      ? { error: undefined }
      : await attempt(() => describedAs(call, options));
  if ("value" in described) {
    const { pass, descriptor, constraints } = described.value;
    const given: { promise?: Promise<ConvPlan> } = {};
    try {
      given.promise = engine.plan(pass, descriptor, constraints);
    } catch (error) {
      throw new Wrong(`engine.plan threw ${String(error)} instead of rejecting`);
    }
    result = await attempt(() => given.promise!);
    if ("value" in result) {
      (result.value as ConvPlan).destroy();
      // Tensors of other shapes are refused when the plan runs.
      if (call.shapes.length > 0 && reason.message.endsWith("does not fit"))
        return { ended: "refused", code: "planned" };
    }
  } else {
    try {
      const tensor = callDirectly(call, tensors, options);
      made.push(tensor);
      result = { value: tensor };
    } catch (error) {
      result = { error };
    }
  }
  if ("value" in result) throw new Wrong(`accepted what the reference refuses (${reason.message})`);
  return { ended: "refused", code: refusalOf(result).code };
}

/** Performs a call and returns its outcome. */
export async function performCall(bench: Work, call: Call): Promise<Outcome> {
  const work: CallWork = { ...bench, call };
  const { spoiled } = call;
  const junk = spoiled && JUNK[spoiled.by]!(makersOf(work));
  // The expected outcome depends on which tensors are among the options, not on their values.
  const present = Object.fromEntries(Object.keys(call.tensors).map((name) => [name, name]));
  const expected = expectedOf(call, spoil({ ...call.options, ...present }, call, junk));
  if (!(expected instanceof ConvError)) {
    const { problem, names } = expected;
    const counts = [...names, "result" as const].map((name) => elementCount(shapeOf(problem, name)));
    if (Math.max(...counts) > MOST_ELEMENTS) return { ended: "refused", code: "too large to try" };
  }
  const tensors: Record<string, unknown> = tensorsOf(work, expected);
  const options = spoil(
    { ...call.options, ...Object.fromEntries(Object.keys(call.tensors).map((name) => [name, tensors[name]])) },
    call,
    junk,
  );
  if (spoiled && !optionPath(spoiled)) tensors[spoiled.at] = junk;
  if (expected instanceof ConvError) return refuse(work, tensors, options, expected);
  return compute(work, expected, tensors, options);
}
