// Bands: the parts of the outputs whose samples are laid out at once, so that they take a bounded amount of memory on maps of any size.
import { type Dtype, bytesFor } from "../../base/dtype.ts";
import type { Band, Deformable } from "./geometry.ts";
import { sampleBytes } from "./input-gradient.ts";

/** Most bytes of the samples of a band, as of the columns of im2col; one row of outputs may take more. */
const BAND_BYTES = 32 * 2 ** 20;

/** The bands of a deformable convolution: as few as the memory of their samples, and of sorting them for the gradient of x, allows. */
export function bandsOf(deformable: Deformable, dtype: Dtype): Band[] {
  const { N, C, kernel, output } = deformable.problem;
  const rowSamples = kernel[1] * kernel[2] * output[2];
  const rowBytes = rowSamples * Math.max(bytesFor(C, dtype), sampleBytes(deformable));
  const most = Math.max(1, Math.floor(BAND_BYTES / rowBytes));
  const images = Math.max(1, Math.floor(most / output[1]));
  // Bands of nearly equal size need fewer plans.
  const rows = Math.ceil(output[1] / Math.ceil(output[1] / most));
  const bands: Band[] = [];
  for (let firstImage = 0; firstImage < Math.max(N, 1); firstImage += images)
    for (let firstRow = 0; firstRow < output[1]; firstRow += rows)
      bands.push({
        ...{ firstImage, images: Math.min(images, N - firstImage) },
        ...{ firstRow, rows: Math.min(rows, output[1] - firstRow) },
      });
  return bands;
}
