// Formats the kernels that were compiled, the slowest of each list first.
import { type Column, formatNumber, formatTable } from "../scripts/harness/table.ts";
import type { KernelTime } from "./kernels.ts";
import type { Measurement } from "./measurement.ts";
import type { ModelMeasurement } from "./models/rows.ts";

const COLUMNS: readonly Column[] = [
  { title: "compiled for", align: "left" },
  { title: "kernel", align: "left" },
  { title: "characters", align: "right" },
  { title: "parse ms", align: "right" },
  { title: "compile ms", align: "right" },
];

const timeOf = ({ parseMilliseconds, compileMilliseconds }: KernelTime): number =>
  parseMilliseconds + compileMilliseconds;

function rowsOf(name: string, kernels: readonly KernelTime[]): string[][] {
  if (kernels.length === 0) return [];
  const sum = (of: (kernel: KernelTime) => number): number => kernels.reduce((total, one) => total + of(one), 0);
  const row = (label: string, of: Omit<KernelTime, "label">): string[] => [
    ...[name, label, String(of.characters)],
    ...[formatNumber(of.parseMilliseconds), formatNumber(of.compileMilliseconds)],
  ];
  return [
    ...kernels.toSorted((a, b) => timeOf(b) - timeOf(a)).map((kernel) => row(kernel.label, kernel)),
    row(`all ${kernels.length}`, {
      characters: sum(({ characters }) => characters),
      parseMilliseconds: sum(({ parseMilliseconds }) => parseMilliseconds),
      compileMilliseconds: sum(({ compileMilliseconds }) => compileMilliseconds),
    }),
  ];
}

/** Formats the kernels of layers and models that were listed; null if none were. */
export function kernelTable(layers: readonly Measurement[], models: readonly ModelMeasurement[]): string | null {
  const rows = [
    ...layers.flatMap(({ layer: { id }, pass, result: { algorithm, kernels } }) => [
      ...rowsOf(`${id} ${pass} by ${algorithm}: first call`, kernels?.first ?? []),
      ...rowsOf(`${id} ${pass} by ${algorithm}: plan`, kernels?.plan ?? []),
    ]),
    ...models.flatMap(({ model, result }) => rowsOf(model, result?.kernels ?? [])),
  ];
  return rows.length > 0 ? formatTable(COLUMNS, rows) : null;
}
