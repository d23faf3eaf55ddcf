import type { Engine } from "convoke";

export interface TrainOptions {
  steps?: number;
  rate?: number;
  momentum?: number;
  images?: number;
  side?: number;
  report?: (step: number, loss: number) => void;
}

export declare const HIDDEN: { kernel: number[][]; bias: number };

export declare function train(
  engine: Engine,
  options?: TrainOptions,
): Promise<{ kernel: number[][]; bias: number; losses: number[] }>;
