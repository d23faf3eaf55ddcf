// What other engines compile for the same layers. They run on the GPU that is not there, and their pipelines are recorded.
import path from "node:path";
import { operandsOf } from "../../bench/operands.ts";
import type { Peer, PeerEngine } from "../../bench/peers/adapter.ts";
import type { PeerName } from "../../bench/peers/names.ts";
import { peers } from "../../bench/peers/registry.ts";
import { installPackages } from "../../bench/peers/server.ts";
import { record } from "./recorder.ts";
import { type Inspected, formatKernels } from "./report.ts";
import type { Work } from "./work.ts";

/** The workgroup size of a kernel whose source gives it in numbers. */
function workgroupSizeOf(code: string): number | undefined {
  const [, sizes] = /@workgroup_size\(\s*([\d,\s]+)\)/.exec(code) ?? [];
  return sizes?.split(",").reduce((product, size) => product * (Number(size) || 1), 1);
}

/**
 * Opens peers, whose packages are installed if they are missing.
 * @param root the project's folder
 * @param own the engine's device, on which nothing is recorded
 * @returns what reports the kernels of their second call for a problem, so that nothing is in it that only the first call does
 */
export async function openPeers(
  root: string,
  own: GPUDevice,
  names: readonly PeerName[],
): Promise<(work: Work) => Promise<string>> {
  if (names.length === 0) return () => Promise.resolve("");
  installPackages(path.join(root, "bench", "peers"));
  const take = record(own);
  // jax-js asks which browser it is in.
  if (!navigator.userAgent) Object.defineProperty(navigator, "userAgent", { value: "Node", configurable: true });
  const opened: { name: PeerName; peer: Peer; engine: PeerEngine }[] = [];
  for (const name of names) opened.push({ name, peer: peers[name], engine: await peers[name].open("/files") });
  return async ({ problem, pass }) => {
    if (!pass) return "";
    const parts: string[] = [];
    for (const { name, peer, engine } of opened) {
      const supported = peer.supports(problem, pass);
      if (supported !== true) {
        parts.push(`${name}: ${supported}`);
        continue;
      }
      const runner = await engine.prepare({ pass, problem, operands: operandsOf(problem) });
      await runner.run();
      take();
      await runner.run();
      await runner.sync();
      const kernels: Inspected[] = take().map(({ code, workgroups, ...rest }) => {
        const size = workgroupSizeOf(code);
        return { ...rest, sourceBytes: Buffer.byteLength(code), ...(size && { threads: size * workgroups }) };
      });
      runner.dispose();
      parts.push(`${name}\n${formatKernels(kernels)}`);
    }
    return parts.join("\n\n");
  };
}
