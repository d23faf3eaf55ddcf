import type { Engine, Tensor } from "convoke";
import type * as reference from "convoke/reference";

export interface Backend<T> {
  operations: unknown;
  array: (data: Float32Array, shape: readonly number[]) => T;
  free: (tensor: T) => void;
}

export type Network = (parts: Parts<unknown>, image: unknown) => unknown;

export declare function onEngine(engine: Engine): Backend<Tensor>;
export declare function onReference(operations: typeof reference): Backend<reference.NdArray>;

export declare class Parts<T> {
  constructor(backend: Backend<T>);
  run(network: Network, image: T): T;
  destroy(): void;
}
