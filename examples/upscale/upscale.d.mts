import type { Engine } from "convoke";
import type { ImageSource } from "convoke/image";
import type { LayersInput, TiledProgress } from "convoke/layers";

export interface UpscaleOptions {
  /** The files of the network. */
  network: LayersInput;
  progress?: (progress: TiledProgress) => void;
  signal?: AbortSignal;
}

/** Returns the pixels of a photo twice as large, four bytes a pixel. */
export declare function upscale(
  engine: Engine,
  photo: ImageSource & { width: number; height: number },
  options: UpscaleOptions,
): Promise<{ data: Uint8ClampedArray<ArrayBuffer>; width: number; height: number }>;
