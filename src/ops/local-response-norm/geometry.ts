// The numbers of local response normalisation, checked: what the engine and the reference share.
import { checkBoolean, checkFinite, checkInteger, checkOneOf } from "../../base/validate.ts";

export interface LocalResponseNormOptions {
  /** Channels of a window. */
  size: number;
  /** 1e-4 unless given. */
  alpha?: number;
  /** 0.75 unless given. */
  beta?: number;
  /** 1 unless given. */
  k?: number;
  /** Whether the squares are averaged over `size`, or else summed as in AlexNet's formula; true unless given. */
  average?: boolean;
  /** On which side of a channel a window of even size has one more: "before" unless given, as PyTorch; "after" is ONNX. */
  extraChannel?: "before" | "after";
}

/** x (k + factor sum of squares)^-beta, over the channels from c - before to c + after that there are. */
export interface Responses {
  readonly before: number;
  readonly after: number;
  readonly factor: number;
  readonly beta: number;
  readonly k: number;
}

export const LOCAL_RESPONSE_KEYS = ["size", "alpha", "beta", "k", "average", "extraChannel"];

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
