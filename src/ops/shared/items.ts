// Items: how elementwise kernels take elements, four at a time where the elements that lie together divide by four, else one by one.
import type { Dtype } from "../../base/dtype.ts";
import { elementTypes } from "../../kernel/element-types.ts";

/** Elements of an item, and its types: V in storage, L in arithmetic. */
export interface Items {
  readonly lanes: 4 | 1;
  readonly aliases: { readonly V: string; readonly L: string };
}

/** @param together number of elements that lie together and are treated alike, wherever an item begins */
export function itemsOf(dtype: Dtype, together: number): Items {
  const { one, four } = elementTypes(dtype);
  return together % 4 === 0
    ? { lanes: 4, aliases: { V: four, L: "vec4f" } }
    : { lanes: 1, aliases: { V: one, L: "f32" } };
}
