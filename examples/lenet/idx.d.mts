import type { Digits } from "./drawings.mjs";

export declare function readIdx(bytes: ArrayBuffer | Uint8Array): { shape: number[]; data: Float32Array };
export declare function readDigits(images: ArrayBuffer | Uint8Array, labels: ArrayBuffer | Uint8Array): Digits;
