// implicit-gemm: the im2col product without the columns. Each cell is loaded from the input when the product needs it, so any kernel, stride,
// dilation and grouping is one GEMM over the outputs of the whole batch (Chetlur et al., "cuDNN: efficient primitives for deep learning",
// section 3).
import { type Algorithm, type Kernels, candidatesAmong, tooManyBytes } from "../algorithm.ts";
import { packedSize } from "../gemm/pack.ts";
import { termRows } from "../gemm/weights.ts";

/** The algorithm with some kinds of kernels. */
export const implicitGemm = (...kinds: readonly Kernels[]): Algorithm => ({
  name: "implicit-gemm",

  candidates(c, device, variant) {
    const { bytes } = packedSize(termRows(c));
    const most = Math.min(device.maxWorkspaceBytes, device.maxBindingBytes);
    return bytes > most
      ? tooManyBytes("the packed weights take", bytes, device)
      : candidatesAmong(kinds, c, device, variant);
  },
});
