// The checked arguments of a cross entropy or negative log-likelihood, and of their gradients.
import { type TensorDtype, bytesFor } from "../../base/dtype.ts";
import { refuse } from "../../base/error.ts";
import { elementCount } from "../../base/shape.ts";
import { checkShape } from "../../base/validate.ts";
import { maxBindingBytes } from "../../gpu/binding-limit.ts";
import { type Tensor, checkAnyTensor, checkTensor } from "../../gpu/tensor.ts";
import { checkLike, like } from "../shared/feature-map.ts";
import { type Lines, channelAxis, linesAlong } from "../shared/geometry/axis.ts";
import { type CrossEntropyOptions, type Entropy, entropyOf } from "./geometry.ts";

/** The checked arguments. */
export interface Call {
  /** The name of the first argument: the logits, or the logarithms of probabilities. */
  readonly from: "logits" | "logProbabilities";
  readonly logits: Tensor;
  readonly target: Tensor<TensorDtype>;
  readonly weight: Tensor | undefined;
  readonly inputs: Readonly<Record<string, Tensor<TensorDtype>>>;
  readonly entropy: Entropy;
  /** The logits along their channels. */
  readonly lines: Lines;
  /** [N, ...spatial] */
  readonly losses: readonly number[];
  readonly lossShape: readonly number[];
}

export function checkCall(
  from: Call["from"],
  logits: Tensor,
  target: Tensor<TensorDtype>,
  options: CrossEntropyOptions<Tensor>,
): Call {
  const { shape, layout } = checkTensor(from, logits);
  checkShape(`${from}.shape`, shape, [2, 3, 4, 5]);
  const axis = channelAxis(shape, layout);
  const losses = shape.filter((_, at) => at !== axis);
  const entropy = entropyOf(options, { logits: shape, losses, target: checkAnyTensor("target", target).shape });
  if (entropy.indexed || from === "logProbabilities")
    checkLines("target", target, losses, `the classes of ${from}`, ["f32", "u32"]);
  else checkLike("target", target, logits, "as the logits");
  if (entropy.reduction !== "none") checkSums(from, logits, losses);
  const weight =
    options.weight === undefined
      ? undefined
      : checkLike("weight", options.weight, like(logits, [shape[axis]!]), "one for each class, like the logits");
  return {
    ...{ from, logits, target, weight, entropy, losses },
    inputs: { [from]: logits, target, ...(weight && { weight }) },
    lines: linesAlong(shape, axis),
    lossShape: entropy.reduction === "none" ? losses : [1],
  };
}

/** Refuses more losses than can be summed in one buffer: only half-precision logits of one to three classes can have that many. */
function checkSums(from: string, { gpu }: Tensor, losses: readonly number[]): void {
  const most = maxBindingBytes(gpu.device);
  if (bytesFor(2 * elementCount(losses), "f32") > most)
    refuse(
      "too-large",
      `${from}.shape`,
      losses,
      `losses of at most ${most} bytes, eight for each, or reduction "none"`,
    );
}

/** Checks that an argument is a tensor of the given shape and one of the element types, in any layout: it has no channels. */
export function checkLines<D extends TensorDtype>(
  argument: string,
  given: unknown,
  shape: readonly number[],
  reason: string,
  dtypes: readonly D[],
): Tensor<D> {
  const tensor = checkAnyTensor<D>(argument, given);
  if (!dtypes.includes(tensor.dtype))
    refuse("shape-mismatch", `${argument}.dtype`, tensor.dtype, `"${dtypes.join('" or "')}", whatever the logits are`);
  if (tensor.shape.join() !== shape.join())
    refuse("shape-mismatch", `${argument}.shape`, tensor.shape, `[${shape.join(", ")}], as ${reason}`);
  return tensor;
}
