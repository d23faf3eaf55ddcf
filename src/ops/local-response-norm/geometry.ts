// The options of local response normalisation, checked. Shared by the host and the reference.
import { checkBoolean, checkFinite, checkInteger, checkOneOf } from "../../base/validate.ts";

/** The options of `localResponseNorm` and its gradient. */
export interface LocalResponseNormOptions {
  /** Number of channels of a window. */
  size: number;
  /** Factor of the squares. Default: 1e-4. */
  alpha?: number;
  /** Exponent of the divisor. Default: 0.75. */
  beta?: number;
  /** Added to the squares. Default: 1. */
  k?: number;
  /** Whether to average the squares over `size` instead of summing them as in AlexNet's formula. Default: true. */
  average?: boolean;
  /** The side on which a window of even size has its extra channel: "before" as in PyTorch, or "after" as in ONNX. Default: "before". */
  extraChannel?: "before" | "after";
}

/** x (k + factor sum of squares)^-beta, with the sum over the existing channels from c - before to c + after. */
export interface Responses {
  readonly before: number;
  readonly after: number;
  readonly factor: number;
  readonly beta: number;
  readonly k: number;
}

export const LOCAL_RESPONSE_KEYS = ["size", "alpha", "beta", "k", "average", "extraChannel"];

/** @throws ConvError naming the invalid option */
export function responsesOf(options: LocalResponseNormOptions): Responses {
  const size = checkInteger("size", options.size, 1);
  const alpha = checkFinite("alpha", options.alpha ?? 1e-4);
  const average = checkBoolean("average", options.average ?? true);
  const extra = checkOneOf("extraChannel", options.extraChannel ?? "before", ["before", "after"]);
  const [less, more] = [Math.floor((size - 1) / 2), Math.floor(size / 2)];
  return {
    before: extra === "before" ? more : less,
    after: extra === "before" ? less : more,
    factor: average ? alpha / size : alpha,
    beta: checkFinite("beta", options.beta ?? 0.75),
    k: checkFinite("k", options.k ?? 1),
  };
}
