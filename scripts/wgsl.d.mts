import type { Plugin } from "vite";

export function wgsl(options?: { minified?: boolean }): Plugin;
