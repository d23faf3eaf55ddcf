import type { Plugin } from "vite";

export function markPure(code: string): string;
export function pure(): Plugin;
