// The codes that a refusal may have: those of the documented list (src/error.ts) that blame the call, and not the environment or the GPU.
import type { ConvErrorCode } from "../../src/base/error.ts";

/** Every code, and whether a call that is refused may have it. Checked against the type by the compiler, against the words by a test. */
export const CODES: Readonly<Record<ConvErrorCode, boolean>> = {
  "invalid-argument": true,
  "unknown-option": true,
  "shape-mismatch": true,
  "empty-output": true,
  "too-large": true,
  "unknown-algorithm": true,
  unsupported: true,
  destroyed: true,
  "foreign-tensor": true,
  "no-webgpu": false,
  "no-adapter": false,
  "no-device": false,
  "device-lost": false,
  "out-of-memory": false,
  "gpu-validation": false,
};

/** The form of a refusal's message: the argument, what it got and what was expected. */
export const MESSAGE = /^[^:]+: got .+, expected ./s;
