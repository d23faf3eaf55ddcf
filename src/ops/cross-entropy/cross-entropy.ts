// The cross entropy of logits and a target, and its gradient.
import { checkTensor } from "../../gpu/tensor.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import { refuse } from "../../base/error.ts";
import type { Constant, Step } from "../../kernel/step.ts";
import { elementCount } from "../../base/shape.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions, checkShape } from "../../base/validate.ts";
import { type Lines, channelAxis, linesAlong } from "../shared/geometry/axis.ts";
import { CROSS_ENTROPY_KEYS, type CrossEntropyOptions, type Entropy, entropyOf } from "./geometry.ts";
import { checkLike } from "../shared/feature-map.ts";
import { itemsOf } from "../shared/items.ts";
import { type LineWork, lineWork } from "../shared/lines.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { run, floatBits, whole } from "../../gpu/operation.ts";
import { pairSums } from "../shared/pair-sums.ts";
import storePairsShader from "../../../shaders/ops/cross-entropy/store-pairs.wgsl";
import storePairShader from "../../../shaders/ops/cross-entropy/store-pair.wgsl";
import storeLossShader from "../../../shaders/ops/cross-entropy/store-loss.wgsl";
import pickFourShader from "../../../shaders/ops/cross-entropy/pick-four.wgsl";
import pickOneShader from "../../../shaders/ops/cross-entropy/pick-one.wgsl";
import crossEntropyShader from "../../../shaders/ops/cross-entropy/cross-entropy.wgsl";
import finishLossShader from "../../../shaders/ops/cross-entropy/finish-loss.wgsl";
import crossEntropyBackwardShader from "../../../shaders/ops/cross-entropy/cross-entropy-backward.wgsl";
import entropyShader from "../../../shaders/ops/cross-entropy/entropy.wgsl";
import targetClassesShader from "../../../shaders/ops/cross-entropy/target-classes.wgsl";
import targetProbabilitiesShader from "../../../shaders/ops/cross-entropy/target-probabilities.wgsl";
import classWeightsShader from "../../../shaders/ops/cross-entropy/class-weights.wgsl";
import noClassWeightsShader from "../../../shaders/ops/cross-entropy/no-class-weights.wgsl";
import linesShader from "../../../shaders/ops/shared/lines.wgsl";
import lineWeightsShader from "../../../shaders/ops/cross-entropy/line-weights.wgsl";

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
  logits: Tensor,
  target: Tensor,
  options: CrossEntropyOptions<Tensor> = {},
): Tensor {
  checkOptions("options", options, CROSS_ENTROPY_KEYS);
  const call = checkCall(logits, target, options);
  const { entropy, lossShape, inputs } = call;
  const y = { shape: lossShape, layout: logits.layout, dtype: "f32" } as const;
  return run({
    name: "crossEntropy",
    inputs,
    results: { y },
    parameters: entropy,
    recipe: () => {
      const work = lineWork(call.lines, logits.dtype);
      const each = entropy.reduction === "none";
      const pairs = pairSums(elementCount(call.losses));
      const inPairs = work.items.lanes === 4 ? storePairsShader : storePairShader;
      const first = lossStep(call, work, {
        kernel: [
          each ? storeLossShader : inPairs,
          work.items.lanes === 4 ? pickFourShader : pickOneShader,
          crossEntropyShader,
        ],
        constants: { INDEXED: entropy.indexed, DENSE: !entropy.indexed || entropy.smoothing > 0 },
        ranges: [
          { ...whole("logits", logits), binding: 1 },
          { ...(each ? whole("y", y) : pairs.from), binding: 4 },
        ],
      });
      if (each) return { steps: [first] };
      const finish = dispatch({
        shaders: [finishLossShader],
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
  logits: Tensor,
  target: Tensor,
  options: CrossEntropyBackwardOptions = {},
): Tensor {
  checkOptions("options", options, [...CROSS_ENTROPY_KEYS, "dy"]);
  const call = checkCall(logits, target, options);
  const { entropy, inputs } = call;
  const dy = options.dy === undefined ? undefined : checkFloats("dy", options.dy, call.lossShape, "the loss");
  const { shape, layout, dtype } = logits;
  const dx = { shape, layout, dtype };
  return run({
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
          crossEntropyBackwardShader,
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
  logits: Tensor,
  target: Tensor,
  options: CrossEntropyOptions<Tensor>,
): Call {
  const { shape, layout, dtype } = checkTensor("logits", logits);
  checkShape("logits.shape", shape, [2, 3, 4, 5]);
  const axis = channelAxis(shape, layout);
  const losses = shape.filter((_, at) => at !== axis);
  const entropy = entropyOf(options, { logits: shape, losses, target: checkTensor("target", target).shape });
  if (entropy.indexed) checkFloats("target", target, losses, "the classes of the logits");
  else checkLike("target", target, logits, "as the logits");
  if (entropy.reduction !== "none") checkPairs(losses);
  const perClass = { shape: [shape[axis]!], layout, dtype };
  const weight =
    options.weight === undefined
      ? undefined
      : checkLike("weight", options.weight, perClass, "one for each class, like the logits");
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
  argument: string,
  given: unknown,
  shape: readonly number[],
  reason: string,
): Tensor {
  const tensor = checkTensor(argument, given);
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
      entropyShader,
      indexed ? targetClassesShader : targetProbabilitiesShader,
      weight ? classWeightsShader : noClassWeightsShader,
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
      shaders: [linesShader],
      constants: { THREADS: 1, ALONG: false },
      words: [count, call.lines.size, 1, 0],
      threads: count,
      count,
    },
    { kernel: [lineWeightsShader], ranges: [{ ...pairs, binding: 4 }] },
  );
}
