// The operators of graphs: `conv` and the functions of convoke/ops, by their names.
import type { Operator } from "./operator.ts";

export const operators: Readonly<Record<string, Operator>> = {};
