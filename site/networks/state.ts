// The choices on the page, in the hash of the address.
import type { NetworkName } from "../../bench/networks.ts";
import { NAMES } from "./catalogue.ts";

export const BANKS = ["gabor", "random"] as const;
export type Bank = (typeof BANKS)[number];

export interface State {
  readonly network: NetworkName;
  readonly bank: Bank;
  readonly seed: number;
  /** The number of filters to show, at most those of the network's first layer. */
  readonly filters: number;
}

export const MOST_FILTERS = 64;
export const LARGEST_SEED = 999_999;

const INITIAL: State = { network: "alexnet", bank: "gabor", seed: 1, filters: 32 };

function integer(text: string | null, otherwise: number, most: number): number {
  const value = Number(text ?? Number.NaN);
  return Number.isInteger(value) && value >= 1 && value <= most ? value : otherwise;
}

/** Parses a hash. Missing or invalid fields take their defaults. */
export function parseHash(hash: string): State {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  return {
    network: NAMES.find((name) => name === given.get("network")) ?? INITIAL.network,
    bank: BANKS.find((name) => name === given.get("bank")) ?? INITIAL.bank,
    seed: integer(given.get("seed"), INITIAL.seed, LARGEST_SEED),
    filters: integer(given.get("filters"), INITIAL.filters, MOST_FILTERS),
  };
}

export function hashOf({ network, bank, seed, filters }: State): string {
  return `#network=${network}&bank=${bank}&seed=${seed}&filters=${filters}`;
}
