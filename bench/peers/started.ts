// The one peer of a page: started once, then run, checked and timed in the same way for all peers.
import { type Engine, createEngine } from "../../src/index.ts";
import { type Calls, timeCalls } from "../calls.ts";
import type { Check } from "../protocol.ts";
import type { Peer, PeerEngine } from "./adapter.ts";
import type { PeerName } from "./names.ts";
import manifest from "./package.json";
import type { PeerResult } from "./protocol.ts";
import { peers } from "./registry.ts";

export interface Started {
  readonly peer: Peer;
  readonly engine: PeerEngine;
  /** Computes the expected result, on a device of its own. */
  readonly judge: Engine;
}

let started: Started | undefined;
const errors: string[] = [];

/**
 * Loads and starts a peer.
 * @param files the address of the packages' own files
 * @returns its package and version
 */
export async function start(name: PeerName, files: string): Promise<string> {
  const peer = peers[name];
  const engine = await peer.open(files);
  engine.device?.addEventListener("uncapturederror", (event) => errors.push(event.error.message));
  started = { peer, engine, judge: await createEngine({ tuning: "forget" }) };
  const versions: Record<string, string> = manifest.dependencies;
  return `${peer.package} ${versions[peer.package]}`;
}

/** Returns the peer that runs here. */
export function startedPeer(): Started {
  if (!started) throw new Error("no peer is open");
  return started;
}

/** Forgets errors of the device until now. */
export function forgetErrors(): void {
  errors.length = 0;
}

/** Throws the first error of the device since the last that was thrown or forgotten. */
export function throwErrors(): void {
  if (errors.length > 0) throw new Error(errors.splice(0)[0]);
}

/** Runs, checks and times; a wrong result gets no time. */
export async function judged(
  runner: Calls,
  begun: number,
  samples: number,
  judge: () => Promise<Check>,
): Promise<PeerResult> {
  await runner.run();
  await runner.sync();
  const firstMilliseconds = performance.now() - begun;
  const checked = await judge();
  throwErrors();
  if (!(checked.error <= checked.bound)) return { firstMilliseconds, check: checked };
  const timing = await timeCalls(runner, samples);
  throwErrors();
  return {
    firstMilliseconds,
    check: checked,
    milliseconds: timing.seconds * 1e3,
    samples: timing.samples.map((seconds) => seconds * 1e3),
  };
}
