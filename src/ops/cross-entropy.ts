// The cross entropy of logits and a target, and its gradient.
import { elementTypes } from "../algorithms/parts.ts";
import { refuse } from "../error.ts";
import type { Constant, Step } from "../plan.ts";
import { elementCount } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkOptions, checkShape } from "../validate.ts";
import { type Lines, channelAxis, linesAlong } from "./geometry/axis.ts";
import { CROSS_ENTROPY_KEYS, type CrossEntropyOptions, type Entropy, entropyOf } from "./geometry/cross-entropy.ts";
import type { OperationContext } from "./shared/context.ts";
import { checkLike } from "./shared/feature-map.ts";
import { itemsOf } from "./shared/items.ts";
import { type LineWork, lineWork } from "./shared/lines.ts";
import { type Range, dispatch, floatBits, whole } from "./shared/operation.ts";
import { pairSums } from "./shared/pair-sums.ts";

export interface CrossEntropyBackwardOptions extends CrossEntropyOptions<Tensor> {
  /** The gradient of the loss, float32 and in its shape; 1 for each number of it unless given. */
  dy?: Tensor;
}

/**
 * The cross entropy between softmax(logits) along the channels and a target, as PyTorch has it: for each element of the batch and each
 * position sum_c -weight_c t_c log softmax(logits)_c, t being the target's probabilities, or 1 for its class and 0 for the others. The mean
 * divides by the sum of the weights of the classes, or by the number of losses where the target has probabilities. Where the target is
 * neither a class nor ignored the loss is NaN.
 *
 * @param logits [N, C], [N, C, ...spatial] or [N, ...spatial, C]
 * @param target the numbers of classes, float32 [N] or [N, ...spatial]; or probabilities like the logits
 * @returns a new float32 tensor: [1], or [N, ...spatial] where `reduction` is "none"
 * @throws ConvError naming the argument that does not fit
 */
export function crossEntropy(
  context: OperationContext,
  logits: Tensor,
  target: Tensor,
  options: CrossEntropyOptions<Tensor> = {},
): Tensor {
  checkOptions("options", options, CROSS_ENTROPY_KEYS);
  const call = checkCall(context, logits, target, options);
  const { entropy, lossShape, inputs } = call;
  const y = { shape: lossShape, layout: logits.layout, dtype: "f32" } as const;
  return context.run({
    name: "crossEntropy",
    inputs,
    results: { y },
    parameters: entropy,
    recipe: () => {
      const work = lineWork(call.lines, logits.dtype);
      const each = entropy.reduction === "none";
      const pairs = pairSums(elementCount(call.losses));
      const inPairs = work.items.lanes === 4 ? "ops/store-pairs" : "ops/store-pair";
      const first = lossStep(call, work, {
        kernel: [
          each ? "ops/store-loss" : inPairs,
          work.items.lanes === 4 ? "ops/pick-four" : "ops/pick-one",
          "ops/cross-entropy",
        ],
        constants: { INDEXED: entropy.indexed, DENSE: !entropy.indexed || entropy.smoothing > 0 },
        ranges: [
          { ...whole("logits", logits), binding: 1 },
          { ...(each ? whole("y", y) : pairs.from), binding: 4 },
        ],
      });
      if (each) return { steps: [first] };
      const finish = dispatch({
        shaders: ["ops/finish-loss"],
        ranges: [pairs.sums, whole("y", y)],
        uniforms: [entropy.reduction === "mean" ? 1 : 0],
        threads: 1,
      });
      return { steps: [first, ...pairs.steps, finish], workspaceBytes: pairs.bytes };
    },
  }).y;
}

/**
 * The gradient of `crossEntropy` with respect to its logits.
 *
 * @param logits those of the loss
 * @param target that of the loss
 * @param options those of the loss, and the gradient of its result
 * @returns a new tensor like the logits
 * @throws ConvError naming the argument that does not fit
 */
export function crossEntropyBackward(
  context: OperationContext,
  logits: Tensor,
  target: Tensor,
  options: CrossEntropyBackwardOptions = {},
): Tensor {
  checkOptions("options", options, [...CROSS_ENTROPY_KEYS, "dy"]);
  const call = checkCall(context, logits, target, options);
  const { entropy, inputs } = call;
  const dy = options.dy === undefined ? undefined : checkFloats(context, "dy", options.dy, call.lossShape, "the loss");
  const { shape, layout, dtype } = logits;
  const dx = { shape, layout, dtype };
  return context.run({
    name: "crossEntropyBackward",
    inputs: { ...inputs, ...(dy && { dy }) },
    results: { dx },
    parameters: entropy,
    recipe: () => {
      const weighs = entropy.reduction === "mean" && entropy.indexed;
      const pairs = pairSums(elementCount(call.losses));
      const gradient = entropy.reduction === "none" ? "each" : "one";
      const main = lossStep(call, lineWork(call.lines, dtype), {
        kernel: [
          `ops/loss-gradient-${dy ? gradient : "none"}`,
          `ops/divisor-${weighs ? "summed" : "given"}`,
          "ops/cross-entropy-backward",
        ],
        ranges: [
          { ...whole("logits", logits), binding: 1 },
          { ...whole("dx", dx), binding: 4 },
          ...(dy ? [{ ...whole("dy", dy), binding: 5 }] : []),
          ...(weighs ? [{ ...pairs.sums, binding: 6 }] : []),
        ],
      });
      const weights = weightStep(call, pairs.from);
      return weighs ? { steps: [weights, ...pairs.steps, main], workspaceBytes: pairs.bytes } : { steps: [main] };
    },
  }).dx;
}

/** What was asked for, checked. */
interface Call {
  readonly logits: Tensor;
  readonly target: Tensor;
  readonly weight: Tensor | undefined;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly entropy: Entropy;
  /** The logits along their channels. */
  readonly lines: Lines;
  /** [N, ...spatial] */
  readonly losses: readonly number[];
  readonly lossShape: readonly number[];
}

function checkCall(
  context: OperationContext,
  logits: Tensor,
  target: Tensor,
  options: CrossEntropyOptions<Tensor>,
): Call {
  const { shape, layout, dtype } = context.check("logits", logits);
  checkShape("logits.shape", shape, [2, 3, 4, 5]);
  const axis = channelAxis(shape, layout);
  const losses = shape.filter((_, at) => at !== axis);
  const entropy = entropyOf(options, { logits: shape, losses, target: context.check("target", target).shape });
  if (entropy.indexed) checkFloats(context, "target", target, losses, "the classes of the logits");
  else checkLike(context, "target", target, logits, "as the logits");
  if (entropy.reduction !== "none") checkPairs(context, losses);
  const perClass = { shape: [shape[axis]!], layout, dtype };
  const weight =
    options.weight === undefined
      ? undefined
      : checkLike(context, "weight", options.weight, perClass, "one for each class, like the logits");
  return {
    ...{ logits, target, weight, entropy, losses },
    inputs: { logits, target, ...(weight && { weight }) },
    lines: linesAlong(shape, axis),
    lossShape: entropy.reduction === "none" ? losses : [1],
  };
}

/** Refuses more losses than can be summed in one buffer, which only halves of one to three classes come to. */
function checkPairs({ gpu }: OperationContext, losses: readonly number[]): void {
  const { bytes } = pairSums(elementCount(losses));
  const most = gpu.device.limits.maxStorageBufferBindingSize;
  if (bytes > most)
    refuse("too-large", "logits.shape", losses, `losses of at most ${most} bytes, eight for each, or reduction "none"`);
}

/** A float32 tensor of a shape, whatever its layout: what it has one number for has no channels. */
function checkFloats(
  context: OperationContext,
  argument: string,
  given: unknown,
  shape: readonly number[],
  reason: string,
): Tensor {
  const tensor = context.check(argument, given);
  if (tensor.dtype !== "f32")
    refuse("shape-mismatch", `${argument}.dtype`, tensor.dtype, `"f32", whatever the logits are`);
  if (tensor.shape.join() !== shape.join())
    refuse("shape-mismatch", `${argument}.shape`, tensor.shape, `[${shape.join(", ")}], as ${reason}`);
  return tensor;
}

/** A step over the lines, with what finds the target and the weights. */
function lossStep(
  { entropy, lines, losses, target, weight, logits }: Call,
  work: LineWork,
  { kernel, constants, ranges }: { kernel: string[]; constants?: Record<string, Constant>; ranges: Range[] },
): Step<string> {
  const { reduction, smoothing, ignored, indexed } = entropy;
  const divisor = reduction === "mean" ? elementCount(losses) : 1;
  return dispatch({
    shaders: [
      ...work.shaders,
      "ops/entropy",
      indexed ? "ops/target-classes" : "ops/target-probabilities",
      weight ? "ops/class-weights" : "ops/no-class-weights",
      ...kernel,
    ],
    constants: { ...work.constants, ...constants },
    aliases: { ...work.aliases, ...(weight && { E: elementTypes(logits.dtype).one }) },
    ranges: [
      ...ranges,
      { ...whole("target", target), binding: 2 },
      ...(weight ? [{ ...whole("weight", weight), binding: 3 }] : []),
    ],
    uniforms: [...work.words, ...[1 - smoothing, smoothing / lines.size, ignored, Number.NaN, divisor].map(floatBits)],
    threads: work.threads,
  });
}

/** The step that writes what each line counts in the mean. */
function weightStep(call: Call, pairs: Range): Step<string> {
  const count = elementCount(call.losses);
  const items = itemsOf("f32", 1);
  const oneByOne = { items, aliases: { ...items.aliases, W: items.aliases.L } };
  return lossStep(
    call,
    {
      ...oneByOne,
      shaders: ["ops/lines"],
      constants: { THREADS: 1, ALONG: false },
      words: [count, call.lines.size, 1, 0],
      threads: count,
      count,
    },
    { kernel: ["ops/line-weights"], ranges: [{ ...pairs, binding: 4 }] },
  );
}
