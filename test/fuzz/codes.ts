// The codes of a refusal: those of the documented list (src/base/error.ts) that blame the call, not a model, the environment or the GPU.
import type { ConvErrorCode } from "../../src/base/error.ts";

/** Whether a refusal may have a code. The compiler checks the list against the type, a test checks it against the documentation. */
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
  "invalid-model": false,
  "unsupported-model": false,
  "no-webgpu": false,
  "no-adapter": false,
  "no-device": false,
  "device-lost": false,
  "out-of-memory": false,
  "gpu-validation": false,
};

/** The form of a refusal's message: the argument, what it got and what was expected. */
export const MESSAGE = /^[^:]+: got .+, expected ./s;
