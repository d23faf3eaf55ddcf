// The register tile of a product: it fits the matrices, the adapter, and what can be shared.
import { describe, expect, it } from "vitest";
import type { Candidate } from "../../src/algorithms/algorithm.ts";
import { THREAD_TILES, gemmTile, gemmTiles } from "../../src/algorithms/gemm/tile.ts";
import type { GemmVariant } from "../../src/algorithms/gemm/variant.ts";
import { gemmWork } from "../../src/algorithms/gemm/work.ts";
import { WORKGROUP_TILES } from "../../src/algorithms/gemm/workgroup.ts";
import { lower } from "../../src/algorithms/gradients.ts";
import { im2col } from "../../src/algorithms/im2col.ts";
import { pointwise } from "../../src/algorithms/pointwise.ts";
import { DEFAULT_TRAITS } from "../../src/algorithms/traits.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const alone = { ...SOFTWARE_TRAITS, quads: false };
const tiles = [...WORKGROUP_TILES, ...THREAD_TILES];
const large = { batch: 36, M: 64, N: 196, K: 64 };

describe("gemmTile", () => {
  it("is as large as the matrices fill", () => {
    expect(gemmTile(tiles, large, alone).name).toBe("m16n16");
    expect(gemmTile(tiles, { batch: 1, M: 1, N: 4096, K: 64 }, alone).tileM).toBe(1);
    expect(gemmTile(tiles, { batch: 144, M: 4096, N: 4, K: 64 }, alone).tileN4).toBe(1);
  });

  it("is smaller where larger ones would leave cores idle", () => {
    const { tileM, tileN4 } = gemmTile(tiles, { batch: 1, M: 64, N: 64, K: 64 }, alone);
    expect(4 * tileM * tileN4).toBeLessThan(256);
  });

  it("shares loads in quads where it can, in tiles that compile soon unless the product is large or a loop stores it", () => {
    expect(gemmTile(tiles, large, SOFTWARE_TRAITS).name).toBe("m8n16-quads");
    expect(gemmTile(tiles, { ...large, batch: 3600 }, SOFTWARE_TRAITS).name).toBe("m16n16-quads");
    expect(gemmTile(tiles, { ...large, batch: 72, storedInLoop: true }, SOFTWARE_TRAITS).name).toBe("m16n16-quads");
    expect(gemmTile(tiles, { ...large, batch: 18, storedInLoop: true }, SOFTWARE_TRAITS).name).toBe("m8n16-quads");
    // Single pixels of B cost more to load than vectors.
    expect(gemmTile(tiles, large, SOFTWARE_TRAITS, false).quads).toBe(true);
    // One block of rows is no quad: three threads of four would have nothing to do.
    expect(gemmTile(tiles, { ...large, M: 4 }, SOFTWARE_TRAITS).quads).toBe(false);
  });

  it("fills quads with the channels that there are", () => {
    for (const M of [24, 32, 40, 48, 64, 80, 96]) {
      const { tileM } = gemmTile(tiles, { batch: 1, M, N: 400, K: 144 }, SOFTWARE_TRAITS);
      expect(M % (4 * tileM), `${M} rows`).toBe(0);
    }
  });

  it("takes more sums where such tiles end closer to the edges", () => {
    expect(gemmTile(tiles, { batch: 36, M: 128, N: 36, K: 64 }, SOFTWARE_TRAITS).name).toBe("m8n20-quads");
    expect(gemmTile(tiles, { batch: 1, M: 128, N: 36, K: 24 }, SOFTWARE_TRAITS).name).toBe("m8n20-quads");
    expect(gemmTile(tiles, { batch: 1, M: 40, N: 144, K: 16 }, SOFTWARE_TRAITS).name).toBe("m10n16-quads");
    // Rows of 16 columns end as close.
    expect(gemmTile(tiles, { batch: 36, M: 128, N: 48, K: 64 }, SOFTWARE_TRAITS).name).toBe("m8n16-quads");
  });

  it("divides small products among the cores of a software adapter", () => {
    const problem = convProblem("forward", { inputShape: [1, 144, 10, 10], kernelShape: [24, 144, 1, 1] });
    const [c] = lower(problem, SOFTWARE_TRAITS).correlations;
    const list = pointwise(THREAD_TILES).candidates(c!, SOFTWARE_TRAITS) as readonly Candidate[];
    const { kernel, uniforms, workgroups } = list[0]!.plan().steps.at(-1)!;
    expect(kernel.constants["WORKGROUP_SIZE"]).toBe(16);
    expect(workgroups).toEqual([Math.ceil((uniforms["threads"] as number) / 16), 1, 1]);
    expect(workgroups[0]).toBeGreaterThan(1);
  });

  it("multiplies the columns of all channels at once in a gradient of weights, whose maps have few cells", () => {
    const problem = convProblem("backward-weights", {
      inputShape: [2, 64, 7, 7],
      kernelShape: [32, 64, 3, 3],
      stride: 2,
    });
    const [c] = lower(problem, SOFTWARE_TRAITS).correlations;
    const list = im2col(THREAD_TILES).candidates(c!, SOFTWARE_TRAITS) as readonly Candidate[];
    const { uniforms } = list[0]!.plan().steps.at(-1)!;
    expect(uniforms).toMatchObject({ sizeM: 64 * 9, sizeN: 32, innerCount: 1 });
  });

  it("keeps to the registers and the workgroup memory of a GPU, and offers several tiles to be measured there", () => {
    const many = { ...DEFAULT_TRAITS, maxSums: 64 };
    for (const device of [DEFAULT_TRAITS, many]) {
      const suited = gemmTiles(tiles, large, device);
      expect(suited.length).toBeGreaterThanOrEqual(4);
      expect(suited[0]!.workgroup).toBeDefined();
      for (const { tileM, tileN4, quads } of suited) {
        expect(4 * tileM * tileN4).toBeLessThanOrEqual(device.maxSums);
        expect(quads).toBe(false);
      }
    }
    expect(gemmTile(tiles, { ...large, M: 1024, N: 4096 }, many).name).toMatch(/8x8/);
    for (const { workgroup } of gemmTiles(tiles, large, { ...many, workgroupBytes: 0 }))
      expect(workgroup).toBeUndefined();
  });

  it("does not unroll a K-step where registers are few, and asks for small subgroups where it can", () => {
    const c = lower(
      convProblem("forward", { inputShape: [1, 64, 14, 14], kernelShape: [64, 64, 1, 1] }),
      DEFAULT_TRAITS,
    ).correlations[0]!;
    const kernelOf = (one: GemmVariant) => one.workgroup?.method.kernel(one, large.K, c, false);
    expect(kernelOf(gemmTile(tiles, large, DEFAULT_TRAITS))?.constants["COUNTED"]).toBe(true);
    const small = { ...DEFAULT_TRAITS, maxSums: 64, subgroupSize: 8 };
    for (const one of gemmTiles(tiles, large, small)) {
      const { tileM, tileN4, workgroup } = one;
      expect(kernelOf(one)?.subgroupSize ?? 8).toBe(8);
      if (workgroup && 4 * tileM * tileN4 === 64) expect(workgroup.step4).toBe(1);
    }
    // Single pixels take more addresses.
    for (const { tileM, tileN4 } of gemmTiles(tiles, large, small, false)) expect(4 * tileM * tileN4).toBeLessThan(64);
  });
});

describe("gemmWork", () => {
  const tile = { name: "", tileM: 8, tileN4: 4, quads: false };

  it("counts what tiles compute and load, beyond the edges too", () => {
    const { threads, multiplyAdds, bytes } = gemmWork({ batch: 2, M: 9, N: 17, K: 5 }, tile);
    expect(threads).toBe(2 * 2 * 2);
    expect(multiplyAdds).toBe(8 * 2 * 8 * 16 * 4);
    expect(bytes).toBe(2 * 4 * (9 * 5 + 5 * 17 + 9 * 17));
  });

  it("counts what a workgroup loads once, and what its threads load of that", () => {
    const products = { batch: 1, M: 33, N: 32, K: 9 };
    const shared = WORKGROUP_TILES.find(({ name }) => name === "32x32-4x4k8")!;
    const { threads, multiplyAdds, loads, workgroupLoads, barriers } = gemmWork(products, shared);
    expect(threads).toBe(2 * 64);
    expect(multiplyAdds).toBe(64 * 32 * 16);
    // Two K-steps of eight terms each: the tiles are loaded once and stored once, and read by every thread.
    expect(loads).toBe(2 * 64 * 16 + 4 * 33 * 32);
    expect(workgroupLoads).toBe(2 * 64 * 16 + 2 * 64 * 8 * 16);
    expect(barriers).toBe(2 * 2);
  });

  it("counts whole quads of blocks of rows, which load a quarter of B each", () => {
    const products = { batch: 1, M: 32, N: 16, K: 4 };
    const [own, shared] = [gemmWork(products, tile), gemmWork(products, { ...tile, quads: true })];
    expect(own.loads - shared.loads).toBe(4 * (64 - 16));
    expect(shared.threads).toBe(own.threads);
    expect(gemmWork({ ...products, M: 33 }, { ...tile, quads: true }).threads).toBe(8);
  });
});
