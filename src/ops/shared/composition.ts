// What operations made of several share: tensors on the way to a result, and other shapes of the same numbers.
import { Tensor } from "../../gpu/tensor.ts";

/** The tensors that a composed operation makes. Work that was recorded on a tensor completes though it is destroyed. */
export interface Making {
  /** One that is needed on the way only. */
  readonly temporary: (tensor: Tensor) => Tensor;
  /** One that is handed to the caller; where a later step is refused it is destroyed. */
  readonly result: (tensor: Tensor) => Tensor;
}

/** Runs what makes tensors, and destroys those that nobody will ask for. */
export function composed<Made>(make: (making: Making) => Made): Made {
  const temporaries: Tensor[] = [];
  const results: Tensor[] = [];
  const kept = (list: Tensor[]) => (tensor: Tensor) => {
    list.push(tensor);
    return tensor;
  };
  try {
    return make({ temporary: kept(temporaries), result: kept(results) });
  } catch (error) {
    for (const tensor of results) tensor.destroy();
    throw error;
  } finally {
    for (const tensor of temporaries) tensor.destroy();
  }
}

/** The numbers of a tensor under another shape. It is a temporary: what plans prepare from it as weights goes with it. */
export function viewOf(tensor: Tensor, shape: readonly number[]): Tensor {
  return new Tensor(tensor.gpu, tensor.buffer, shape, tensor, false);
}

/** A tensor under another shape, instead of the one given, which is not to be used any more. */
export function renamed(tensor: Tensor, shape: readonly number[]): Tensor {
  return new Tensor(tensor.gpu, tensor.buffer, shape, tensor, true);
}

/** The named fields of options, those that are given. */
export function given<Options extends object, Key extends keyof Options>(
  options: Options,
  keys: readonly Key[],
): Pick<Options, Key> {
  const entries = keys.filter((key) => options[key] !== undefined).map((key) => [key, options[key]]);
  return Object.fromEntries(entries) as Pick<Options, Key>;
}
