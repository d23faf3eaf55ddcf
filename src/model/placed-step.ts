// Steps on the buffers of a placement instead of operands.
import { writableBindings } from "../kernel/access.ts";
import type { Step } from "../kernel/step.ts";
import type { Cell, Cells } from "./recording.ts";

/** Where a cell lies. */
export interface CellPlace {
  /** The name of a buffer. */
  readonly buffer: string;
  readonly offset: number;
}

/** Where cells lie. */
export interface Places {
  placeOf(this: void, cell: Cell): CellPlace;
}

/**
 * Returns a step that binds named buffers where the given one binds operands. What it only reads of a buffer that it writes is bound as writable
 * too, since WebGPU has one access for all of a buffer.
 */
export function placedStep(step: Step<string>, operands: Cells, { placeOf }: Places): Step<string> {
  const bindings = step.bindings.map((binding) => {
    const { buffer, offset } = placeOf(operands[binding.operand]!);
    return { ...binding, operand: buffer, offset: offset + binding.offset };
  });
  const writable = writableBindings(step.kernel);
  const written = new Set(bindings.filter(({ binding }) => writable.has(binding)).map(({ operand }) => operand));
  const beside = bindings.filter(
    ({ binding, operand, texture }) => !writable.has(binding) && written.has(operand) && !texture,
  );
  if (beside.length === 0) return { ...step, bindings };
  const readWrite = [...(step.kernel.readWrite ?? []), ...beside.map(({ binding }) => binding)];
  return { ...step, bindings, kernel: { ...step.kernel, readWrite } };
}
