// Steps on the buffers of a placement instead of operands.
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

/** Returns a step that binds named buffers where the given one binds operands. */
export function placedStep(step: Step<string>, operands: Cells, { placeOf }: Places): Step<string> {
  const bindings = step.bindings.map((binding) => {
    const { buffer, offset } = placeOf(operands[binding.operand]!);
    return { ...binding, operand: buffer, offset: offset + binding.offset };
  });
  return { ...step, bindings };
}
