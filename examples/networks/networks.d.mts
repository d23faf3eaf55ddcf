import type { Network } from "./parts.mjs";

export declare const NETWORKS: Readonly<
  Record<string, { make: (options?: { width?: number; classes?: number }) => Network; side: number }>
>;
