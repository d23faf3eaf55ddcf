// Which cells meet in a square convolution: sizes, and for every output the products that make it. No DOM, no numbers of the maps.

export const MODES = ["zeros", "reflect", "replicate", "circular"] as const;
export type Mode = (typeof MODES)[number];

/** A convolution of square maps, with as many output channels as input channels. */
export interface Geometry {
  /** Cells along a side of the input. */
  readonly size: number;
  /** Cells along a side of the kernel. */
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: number;
  readonly mode: Mode;
  readonly transposed: boolean;
  readonly channels: number;
  readonly groups: number;
}

/** A cell of a map. In the input, rows and columns below 0 or past the end lie in the padding. */
export interface Cell {
  readonly channel: number;
  readonly row: number;
  readonly column: number;
}

/** One product of a sum: an input cell times a weight, for an output cell. */
export interface Product {
  /** Where the window reads; may lie in the padding. */
  readonly read: Cell;
  /** The cell of the input that the value comes from: none where the padding is a zero. */
  readonly source: Cell | undefined;
  /** The row and column of the weight in the kernel. */
  readonly tap: readonly [number, number];
  readonly output: Cell;
}

/** More outputs along a side than this are not drawn. */
export const MOST_OUTPUTS = 20;

/** Cells that the window covers along a side, with the gaps of the dilation. */
export function extent({ kernel, dilation }: Geometry): number {
  return dilation * (kernel - 1) + 1;
}

export function outputSize(geometry: Geometry): number {
  const { size, stride, padding, transposed } = geometry;
  return transposed
    ? (size - 1) * stride - 2 * padding + extent(geometry)
    : Math.floor((size + 2 * padding - extent(geometry)) / stride) + 1;
}

/** Why there is nothing to compute or to draw, in words. */
export function refusal(geometry: Geometry): string | undefined {
  const { size, padding, mode, transposed, channels, groups } = geometry;
  if (channels % groups !== 0) return `${groups} groups do not divide ${channels} channels.`;
  const outputs = outputSize(geometry);
  if (transposed) {
    if (outputs < 1) return `The padding cuts everything off: ${outputs} outputs would be left along a side.`;
    if (outputs > MOST_OUTPUTS) return `The output would be ${outputs} × ${outputs}, which is too large to draw here.`;
    return undefined;
  }
  const most = mode === "reflect" ? size - 1 : size;
  if ((mode === "reflect" || mode === "circular") && padding > most)
    return `With the mode “${mode}” the padding can be at most ${most} for ${size} cells.`;
  const padded = size + 2 * padding;
  if (outputs < 1) return `The window covers ${extent(geometry)} cells, but the padded input has only ${padded}.`;
  return undefined;
}

/** The input cell along one axis that a position stands for, or undefined for a padded zero. */
export function sourceOf(position: number, size: number, mode: Mode): number | undefined {
  if (position >= 0 && position < size) return position;
  switch (mode) {
    case "zeros":
      return undefined;
    case "replicate":
      return position < 0 ? 0 : size - 1;
    case "reflect":
      return position < 0 ? -position : 2 * (size - 1) - position;
    case "circular":
      return position < 0 ? position + size : position - size;
  }
}

/** One meeting of an output and a tap along one axis. */
interface Link {
  readonly output: number;
  readonly tap: number;
  readonly read: number;
  readonly source: number | undefined;
}

/** All of them along one axis, by output and then by tap: rows and columns are alike. */
function links(geometry: Geometry): Link[] {
  const { size, kernel, stride, dilation, padding, mode, transposed } = geometry;
  const outputs = outputSize(geometry);
  const found: Link[] = [];
  for (let output = 0; output < outputs; output++) {
    for (let tap = 0; tap < kernel; tap++) {
      if (transposed) {
        // An input at i lands on i · stride + tap · dilation − padding: solved for i.
        const read = (output + padding - tap * dilation) / stride;
        if (Number.isInteger(read) && read >= 0 && read < size) found.push({ output, tap, read, source: read });
      } else {
        const read = output * stride + tap * dilation - padding;
        found.push({ output, tap, read, source: sourceOf(read, size, mode) });
      }
    }
  }
  return found;
}

/** The channels of one group, on either side. */
export function groupOf({ channels, groups }: Geometry, channel: number): number[] {
  const each = channels / groups;
  const first = Math.floor(channel / each) * each;
  return Array.from({ length: each }, (_, i) => first + i);
}

function products(rows: Link[], columns: Link[], input: number, output: number): Product[] {
  return rows.flatMap((row) =>
    columns.map((column) => ({
      read: { channel: input, row: row.read, column: column.read },
      source:
        row.source === undefined || column.source === undefined
          ? undefined
          : { channel: input, row: row.source, column: column.source },
      tap: [row.tap, column.tap] as const,
      output: { channel: output, row: row.output, column: column.output },
    })),
  );
}

/** The products that make an output cell. */
export function gather(geometry: Geometry, { channel, row, column }: Cell): Product[] {
  const all = links(geometry);
  const rows = all.filter(({ output }) => output === row);
  const columns = all.filter(({ output }) => output === column);
  return groupOf(geometry, channel).flatMap((input) => products(rows, columns, input, channel));
}

/** The products that an input cell takes part in, also through the padding that repeats it. */
export function scatter(geometry: Geometry, { channel, row, column }: Cell): Product[] {
  const all = links(geometry);
  const rows = all.filter(({ source }) => source === row);
  const columns = all.filter(({ source }) => source === column);
  return groupOf(geometry, channel).flatMap((output) => products(rows, columns, channel, output));
}

/** Weights of all kernels together. */
export function parameters({ channels, groups, kernel }: Geometry): number {
  return channels * (channels / groups) * kernel ** 2;
}

/** Multiply-adds: every weight meets one side of the map once for each of its cells. */
export function multiplyAdds(geometry: Geometry): number {
  const cells = geometry.transposed ? geometry.size : outputSize(geometry);
  return parameters(geometry) * cells ** 2;
}
