// The ways to compute a batch of matrix products: how it is divided into tiles, and what loads their operands.
import type { Shader } from "../../kernel/shader.ts";
import type { Kernel, Step } from "../../kernel/step.ts";
import type { Correlation } from "../../problem/correlation.ts";
import type { Algorithm, ErrorBound, Variant } from "../algorithm.ts";
import type { Work } from "../cost.ts";
import type { DeviceTraits } from "../traits.ts";

/** How a product is divided: a thread tile of rows of A and vectors of four columns of B, which may be part of a workgroup tile. */
export interface GemmVariant extends Variant {
  readonly tileM: number;
  readonly tileN4: number;
  /** Whether four threads, on different rows, share their loads of B. */
  readonly quads: boolean;
  /** Threads of a workgroup without a tile, if not as many as in other kernels. */
  readonly group?: number;
  /** How A and B are bound as textures; undefined if they are storage. */
  readonly textures?: TextureMethod;
  /** The tile that a workgroup loads through its memory; without it each thread loads its own. */
  readonly workgroup?: WorkgroupTile;
}

/** An algorithm on lists of tiles of the GEMM: gradients of weights are other products (inner-product.ts) on the same. */
export interface TiledAlgorithm extends Algorithm {
  readonly tiles: readonly (readonly GemmVariant[])[];
}

/** A workgroup tile of rows of A and vectors of four columns of B, and its K-step in vectors of four terms. */
export interface WorkgroupTile {
  readonly sideM: number;
  readonly sideN4: number;
  readonly step4: number;
  /** Threads of a workgroup. */
  readonly threads: number;
  readonly method: WorkgroupMethod;
}

/** How products are computed on workgroup tiles (workgroup.ts): apart from this, so that only adapters that have such tiles load it. */
export interface WorkgroupMethod {
  /** The method as a device needs it; undefined if the device cannot run the tile. */
  on(variant: GemmVariant, device: DeviceTraits): WorkgroupMethod | undefined;
  /** Whether the tile fits the registers, for a number of sums, and the workgroup memory of the device. */
  fits(variant: GemmVariant, mostSums: number, device: DeviceTraits): boolean;
  /** The shaders, their aliases and constants, for sums of K terms. */
  kernel(
    variant: GemmVariant,
    K: number,
    c: Correlation,
    rowsFirst: boolean,
  ): Pick<Kernel, "shaders" | "constants" | "aliases" | "subgroupSize">;
  /** The snippet that stores an output C in whole vectors. */
  readonly storeVectors: Shader;
  /** The work of a batch of products that takes a number of tiles. */
  work(products: Products, variant: GemmVariant, tiles: number): Work;
  /** The error of sums of K terms. */
  error(c: Correlation, K: number): ErrorBound;
}

/** How A and B are bound as textures (textures.ts): apart from this, so that only adapters that gain by it load it. */
export interface TextureMethod {
  /** The method as a device allows it; undefined if it does not. */
  on(device: DeviceTraits): TextureMethod | undefined;
  /** Bytes of the textures of a batch of products, in the order of their bindings; undefined if A or B cannot be one. */
  bytes(products: Products): readonly number[] | undefined;
  /** A product that loads A and B from storage as one that loads them from textures. */
  bind(step: Step): Step;
}

/** A batch of products of M x K with K x N matrices. */
export interface Products {
  readonly batch: number;
  readonly M: number;
  readonly N: number;
  readonly K: number;
  /** Whether a loop stores the sums of a thread tile. */
  readonly storedInLoop?: boolean;
  /** On adapters that gain by textures: the bytes that A and B take as such, where they can be, and the most that both may take. */
  readonly textures?: { readonly a: number | undefined; readonly b: number | undefined; readonly room: number };
}
