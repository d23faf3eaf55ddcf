// implicit-gemm: the im2col product without the columns. Each cell is loaded from the input when the product needs it, so any kernel, stride,
// dilation and grouping is one GEMM over the outputs of the whole batch (Chetlur et al., "cuDNN: efficient primitives for deep learning",
// section 3).
import { type Algorithm, tooManyBytes } from "../algorithm.ts";
import { packedSize } from "../gemm/pack.ts";
import { termRows } from "../gemm/weights.ts";
import { splitName } from "./splits.ts";
import { threadTiles } from "./thread-tiles.ts";
import { workgroupTiles } from "./workgroup-tiles.ts";

export const implicitGemm: Algorithm = {
  name: "implicit-gemm",

  candidates(c, device, variant) {
    const { bytes } = packedSize(termRows(c));
    const most = Math.min(device.maxWorkspaceBytes, device.maxBindingBytes);
    if (bytes > most) return tooManyBytes("the packed weights take", bytes, device);
    if (variant !== undefined) {
      const named = splitName(variant);
      return [...workgroupTiles(c, device, named), ...threadTiles(c, device, named)];
    }
    const tiled = device.workgroupBytes > 0 ? workgroupTiles(c, device) : [];
    return tiled.length > 0 ? tiled : threadTiles(c, device);
  },
};
