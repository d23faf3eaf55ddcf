// Scales, shifts and what else there is one of for each parameter of a normalisation: among the arguments, and in kernels.
import type { Dtype } from "../../dtype.ts";
import { refuse } from "../../error.ts";
import type { Tensor } from "../../tensor.ts";
import type { OperationContext } from "./context.ts";
import { type Range, whole } from "./operation.ts";

/** A scale or a shift: its memory and its type. */
export interface Parameter {
  readonly range: Range;
  readonly dtype: Dtype;
}

/** A scale, a shift or whatever else there is one of for each parameter, as dispatches bind it. */
export function parameter(operand: string, tensor: Tensor | undefined): Parameter | undefined {
  return tensor && { range: whole(operand, tensor), dtype: tensor.dtype };
}

/** A tensor of a given shape among the arguments, float32 or of the type of x; its layout says nothing. */
export function checkParameter(
  context: OperationContext,
  argument: string,
  given: unknown,
  shape: readonly number[],
  dtype: Dtype,
): Tensor {
  const tensor = context.check(argument, given);
  if (tensor.shape.join() !== shape.join())
    refuse("shape-mismatch", `${argument}.shape`, tensor.shape, `[${shape.join(", ")}]`);
  if (tensor.dtype !== dtype && tensor.dtype !== "f32")
    refuse(
      "shape-mismatch",
      `${argument}.dtype`,
      tensor.dtype,
      dtype === "f32" ? `"f32"` : `"f32" or "${dtype}", as x has`,
    );
  return tensor;
}

/** The scale and the shift among the options, where they are given. */
export function checkAffine(
  context: OperationContext,
  { scale, shift }: { scale?: Tensor; shift?: Tensor },
  shape: readonly number[],
  dtype: Dtype,
): { scale?: Tensor; shift?: Tensor } {
  const checked = {
    ...(scale !== undefined && { scale: checkParameter(context, "scale", scale, shape, dtype) }),
    ...(shift !== undefined && { shift: checkParameter(context, "shift", shift, shape, dtype) }),
  };
  if (checked.scale && checked.shift && checked.scale.dtype !== checked.shift.dtype)
    refuse("shape-mismatch", "shift.dtype", checked.shift.dtype, `"${checked.scale.dtype}", as scale has`);
  return checked;
}

/** The binding of a scale in every kernel; those of a shift and a bias follow. */
const SCALE_BINDING = 8;

/** Ranges at the bindings from 1, and the parameters at theirs. */
export function bound(
  ranges: readonly (Range | undefined)[],
  ...parameters: readonly (Parameter | undefined)[]
): (Range | undefined)[] {
  const holes = Array.from({ length: SCALE_BINDING - 1 - ranges.length }, () => undefined);
  return [...ranges, ...holes, ...parameters.map((one) => one?.range)];
}
