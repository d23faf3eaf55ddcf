// The workspace of an operation, divided up.
import { bytesFor } from "../../base/dtype.ts";
import { STORAGE_ALIGNMENT } from "../../kernel/step.ts";
import { roundUp } from "../../base/shape.ts";
import type { Range } from "../../kernel/dispatch.ts";

/** Memory of the workspace, taken piece by piece. */
export class Scratch {
  bytes = 0;

  take(size: number): Range {
    const offset = this.bytes;
    this.bytes = roundUp(offset + size, STORAGE_ALIGNMENT);
    return { operand: "workspace", offset, size };
  }

  /** So many numbers in float32. */
  numbers(count: number): Range {
    return this.take(bytesFor(count, "f32"));
  }
}
