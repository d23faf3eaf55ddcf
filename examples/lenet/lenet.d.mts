import type { Engine, Tensor } from "convoke";
import type { Digits } from "./drawings.mjs";

export declare class LeNet5 {
  constructor(engine: Engine, seed?: number);
  step(images: Tensor, labels: Tensor, learningRate: number): Tensor;
  classify(images: Tensor): Promise<number[]>;
  destroy(): void;
}

export declare function imageTensor(
  engine: Engine,
  digits: Pick<Digits, "images">,
  first: number,
  size: number,
): Tensor;
