import type { Alias } from "vite";

export declare const sourceAlias: Alias[];
