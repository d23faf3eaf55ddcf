// convoke/image: pixels to tensors, and tensors to pixels.
export { type FromImageOptions, fromImage } from "./from-image.ts";
export type { ImageSource, PixelData } from "./source.ts";
export { type ToImageOptions, toCanvas, toImageData } from "./to-image.ts";
export type { ColourValues } from "./values.ts";
