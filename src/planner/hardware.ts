// The platform of an adapter that is a GPU, in a module of its own, which platform.ts loads for such adapters alone.
import { halfError } from "../algorithms/gemm/halves.ts";
import { tile } from "../algorithms/gemm/workgroup.ts";
import { algorithms, algorithmsWith } from "../algorithms/hardware.ts";
import type { AdapterDescription } from "../gpu/adapter.ts";
import type { Platform } from "./adapter.ts";
import { traitsOf } from "./gpu-classes.ts";
import type { MatrixInfo } from "./subgroup-matrices.ts";

export function hardware(adapter: AdapterDescription): Platform {
  return { algorithms, traits: traitsOf(adapter) };
}

/** The platform with the kernels of a draft feature, if the adapter says that it has it. */
export async function withDrafts(platform: Platform, { subgroupMatrixConfigs = [] }: MatrixInfo): Promise<Platform> {
  if ([...subgroupMatrixConfigs].length === 0) return platform;
  const { withSubgroupMatrices } = await import("./subgroup-matrices.ts");
  return withSubgroupMatrices(platform, algorithmsWith, { tile, halfError });
}
