import type { Plugin } from "vite";

export function strip(text: string): string;
export function wgsl(options?: { stripped?: boolean }): Plugin;
