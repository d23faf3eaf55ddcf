import type { Engine } from "convoke";
import type { Digits } from "./drawings.mjs";
import type { LeNet5 } from "./lenet.mjs";

export interface TrainOptions {
  epochs?: number;
  batch?: number;
  learningRate?: number;
  every?: number;
  report?: (progress: { step: number; steps: number; loss: number; accuracy: number }) => void;
}

export declare function accuracy(engine: Engine, network: LeNet5, digits: Digits, batch?: number): Promise<number>;

export declare function train(
  engine: Engine,
  digits: Digits,
  heldOut: Digits,
  options?: TrainOptions,
): Promise<{ network: LeNet5; accuracy: number; losses: number[] }>;
