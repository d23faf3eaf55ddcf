// Scales, shifts and what else there is one of for each parameter of a normalisation: among the arguments, and in kernels.
import { checkTensor } from "../../gpu/tensor.ts";
import type { Dtype } from "../../base/dtype.ts";
import { refuse } from "../../base/error.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import type { Range } from "../../kernel/dispatch.ts";
import { whole } from "../../gpu/operation.ts";

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
  argument: string,
  given: unknown,
  shape: readonly number[],
  dtype: Dtype,
): Tensor {
  const tensor = checkTensor(argument, given);
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
  { scale, shift }: { scale?: Tensor; shift?: Tensor },
  shape: readonly number[],
  dtype: Dtype,
): { scale?: Tensor; shift?: Tensor } {
  const checked = {
    ...(scale !== undefined && { scale: checkParameter("scale", scale, shape, dtype) }),
    ...(shift !== undefined && { shift: checkParameter("shift", shift, shape, dtype) }),
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
