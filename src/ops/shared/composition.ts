// Frees the tensors that an operation composed of other operations creates.
import type { Tensor } from "../../gpu/tensor.ts";

/** The tensors that a composed operation creates. Recorded work completes even if the tensors that it uses are destroyed. */
export interface Composition {
  /** Marks a tensor that is destroyed when the operation returns or throws. */
  readonly temporary: (tensor: Tensor) => Tensor;
  /** Marks a tensor that is returned to the caller; it is destroyed if the operation throws later. */
  readonly result: (tensor: Tensor) => Tensor;
}

/** Runs a composed operation, then destroys its temporaries, and if it throws also its results. */
export function compose<Result>(operation: (composition: Composition) => Result): Result {
  const temporaries: Tensor[] = [];
  const results: Tensor[] = [];
  const collect = (list: Tensor[]) => (tensor: Tensor) => {
    list.push(tensor);
    return tensor;
  };
  try {
    return operation({ temporary: collect(temporaries), result: collect(results) });
  } catch (error) {
    for (const tensor of results) tensor.destroy();
    throw error;
  } finally {
    for (const tensor of temporaries) tensor.destroy();
  }
}
