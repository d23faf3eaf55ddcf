// What planning gains where subgroups multiply matrices, by the draft feature chromium-experimental-subgroup-matrix. hardware.ts loads this on adapters
// that have it.
import { type Kit, matrixTiles } from "../algorithms/gemm/subgroup-matrices.ts";
import type { algorithmsWith } from "../algorithms/hardware.ts";
import type { DeviceTraits, SubgroupMatrices } from "../algorithms/traits.ts";
import type { Platform } from "./adapter.ts";

/** A configuration of matrices, as an adapter lists them. */
interface Configuration {
  readonly componentType: string;
  readonly resultComponentType: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/** The description of an adapter with the draft's addition. */
export type MatrixInfo = Partial<GPUAdapterInfo> & { readonly subgroupMatrixConfigs?: Iterable<Configuration> };

/** Products with sums in float32, by the smallest subgroups: AMD's and Intel's GPUs compute them with those. */
function matricesOf({ features, adapterInfo }: GPUDevice): SubgroupMatrices | undefined {
  const { subgroupMinSize: lanes = 0, subgroupMaxSize, subgroupMatrixConfigs = [] } = adapterInfo as MatrixInfo;
  const has = (name: string): boolean => (features as ReadonlySet<string>).has(name);
  const chosen = lanes !== subgroupMaxSize;
  if (!has("chromium-experimental-subgroup-matrix") || (chosen && !has("subgroup-size-control"))) return undefined;
  const matrices = [...subgroupMatrixConfigs].flatMap(({ componentType: type, resultComponentType, M, N, K }) =>
    resultComponentType === "f32" && (type === "f32" || (type === "f16" && has("shader-f16")))
      ? [{ type, M, N, K } as const]
      : [],
  );
  return { lanes, chosen, matrices };
}

/** Adds the kernels by subgroup matrices, and the trait that they need, to a platform. */
export function withSubgroupMatrices({ traits }: Platform, list: typeof algorithmsWith, kit: Kit): Platform {
  return {
    algorithms: list(matrixTiles(kit)),
    traits: {
      ...traits,
      onDevice: (device): Partial<DeviceTraits> => ({
        ...traits.onDevice?.(device),
        subgroupMatrices: matricesOf(device),
      }),
    },
  };
}
