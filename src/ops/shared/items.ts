// Items, the units of elementwise kernels: four elements where contiguous ones divide by four, else one.
import type { Dtype } from "../../base/dtype.ts";
import { elementTypes } from "../../kernel/element-types.ts";

/** Elements of an item, and its types: V in storage, L in arithmetic. */
export interface Items {
  readonly lanes: 4 | 1;
  readonly aliases: { readonly V: string; readonly L: string };
}

/** @param together number of contiguous elements that may be grouped into items */
export function itemsOf(dtype: Dtype, together: number): Items {
  const { one, four } = elementTypes(dtype);
  return together % 4 === 0
    ? { lanes: 4, aliases: { V: four, L: "vec4f" } }
    : { lanes: 1, aliases: { V: one, L: "f32" } };
}
