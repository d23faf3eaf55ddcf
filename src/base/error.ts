// The one error type of the library. A message always names the argument, what it got and what was expected, so that the
// reader of a console can fix the call without reading our source.

/**
 * The kind of an error. Stable: applications may branch on it.
 *
 * - `invalid-argument`: a value of the wrong type or out of range (NaN, negative, fractional, not in the list)
 * - `unknown-option`: an option name that does not exist
 * - `shape-mismatch`: shapes, ranks or layouts that do not fit each other
 * - `empty-output`: the kernel is larger than the padded input
 * - `too-large`: beyond 32-bit indexing or beyond a limit of the device
 * - `unknown-algorithm`: no algorithm of that name
 * - `unsupported`: the named algorithm or the device cannot compute the problem
 * - `destroyed`: a tensor, plan or engine used after `destroy()`
 * - `foreign-tensor`: a tensor of another engine
 * - `invalid-model`: a file that breaks the rules of its format
 * - `unsupported-model`: a model that uses what is not served
 * - `no-webgpu`, `no-adapter`, `no-device`: the environment offers no usable GPU
 * - `device-lost`, `out-of-memory`, `gpu-validation`: the GPU failed while working
 */
export type ConvErrorCode =
  | "invalid-argument"
  | "unknown-option"
  | "shape-mismatch"
  | "empty-output"
  | "too-large"
  | "unknown-algorithm"
  | "unsupported"
  | "destroyed"
  | "foreign-tensor"
  | "invalid-model"
  | "unsupported-model"
  | "no-webgpu"
  | "no-adapter"
  | "no-device"
  | "device-lost"
  | "out-of-memory"
  | "gpu-validation";

/** Everything Convoke throws or rejects with. */
export class ConvError extends Error {
  override readonly name = "ConvError";
  readonly code: ConvErrorCode;

  constructor(code: ConvErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Throws a ConvError of the usual form: "argument: got ..., expected ...". */
export function refuse(code: ConvErrorCode, argument: string, got: unknown, expected: string): never {
  throw new ConvError(code, `${argument}: got ${describe(got)}, expected ${expected}`);
}

/** Throws the error of a call on something that was destroyed. */
export function refuseDestroyed(argument: string, kind: "engine" | "model" | "plan" | "tensor"): never {
  throw new ConvError("destroyed", `${argument}: got a destroyed ${kind}, expected a live one`);
}

/** A text that `describe` returns as it is. */
class Words {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Describes a value in words of our own: `refuse` prints the text as it is, not as a quoted string. */
export const words = (text: string): unknown => new Words(text);

/** Longest text and deepest nesting of arrays that `describe` shows in full. */
const MAX_TEXT = 200;
const MAX_DEPTH = 3;

/** Renders any value in short, readable form. Long texts, long arrays and deep arrays (which may contain themselves) are cut. */
export function describe(value: unknown, depth = 0): string {
  if (value instanceof Words) return value.text;
  if (typeof value === "string")
    return value.length > MAX_TEXT
      ? `${JSON.stringify(value.slice(0, MAX_TEXT))}... ${value.length} in all`
      : JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) {
    if (depth === MAX_DEPTH) return "[...]";
    const shown = Array.from(value.slice(0, 8), (item) => describe(item, depth + 1)).join(", ");
    return `[${shown}${value.length > 8 ? `, ... ${value.length} in all` : ""}]`;
  }
  if (ArrayBuffer.isView(value)) {
    const { length } = value as unknown as { length?: number };
    return `${value.constructor.name} of ${length ?? value.byteLength} elements`;
  }
  if (typeof value === "object" && value !== null) {
    const name = value.constructor?.name;
    return name && name !== "Object"
      ? `a ${name}`
      : `an object with keys [${Object.keys(value).slice(0, 8).join(", ")}]`;
  }
  return String(value);
}
