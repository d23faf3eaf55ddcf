/** Images of digits and their labels. */
export interface Digits {
  /** count x 28 x 28 numbers from 0 to 1. */
  images: Float32Array;
  labels: Uint8Array;
  count: number;
}

export declare const SIDE: number;
export declare const CLASSES: number;

export declare function chance(seed: number): () => number;
export declare function drawDigits(count: number, seed: number): Digits;
