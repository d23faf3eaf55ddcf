// The geometry of a square convolution: sizes, and the products of every output. No DOM, no values.

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

/** A cell of a map. In the input, rows and columns below 0 or past the end are padding. */
export interface Cell {
  readonly channel: number;
  readonly row: number;
  readonly column: number;
}

/** One product of an output's sum: an input cell times a weight. */
export interface Product {
  /** The cell the window reads, possibly in the padding. */
  readonly read: Cell;
  /** The cell of the input that the value comes from; undefined if it is a padded zero. */
  readonly source: Cell | undefined;
  /** The row and column of the weight in the kernel. */
  readonly tap: readonly [number, number];
  readonly output: Cell;
}

/** The most outputs along a side to draw. */
export const MOST_OUTPUTS = 20;

/** Counts the cells that the dilated window spans along a side. */
export function extent({ kernel, dilation }: Geometry): number {
  return dilation * (kernel - 1) + 1;
}

export function outputSize(geometry: Geometry): number {
  const { size, stride, padding, transposed } = geometry;
  return transposed
    ? (size - 1) * stride - 2 * padding + extent(geometry)
    : Math.floor((size + 2 * padding - extent(geometry)) / stride) + 1;
}

/** Says why there is nothing to compute or draw. */
export function refusal(geometry: Geometry): string | undefined {
  const { size, padding, transposed, channels, groups } = geometry;
  if (channels % groups !== 0) return `${groups} groups do not divide ${channels} channels.`;
  const outputs = outputSize(geometry);
  if (transposed) {
    if (outputs < 1) return `The padding cuts everything off: ${outputs} outputs would be left along a side.`;
    if (outputs > MOST_OUTPUTS) return `The output would be ${outputs} × ${outputs}, which is too large to draw here.`;
    return undefined;
  }
  const padded = size + 2 * padding;
  if (outputs < 1) return `The window covers ${extent(geometry)} cells, but the padded input has only ${padded}.`;
  return undefined;
}

/** Returns the input cell of a position along one axis, or undefined for a padded zero. */
export function sourceOf(position: number, size: number, mode: Mode): number | undefined {
  if (position >= 0 && position < size) return position;
  switch (mode) {
    case "zeros":
      return undefined;
    case "replicate":
      return position < 0 ? 0 : size - 1;
    case "circular":
      return remainder(position, size);
    case "reflect": {
      const cell = remainder(position, Math.max(1, 2 * (size - 1)));
      return Math.min(cell, 2 * (size - 1) - cell);
    }
  }
}

/** The remainder of a division that rounds down. */
function remainder(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

/** One meeting of an output and a tap along one axis. */
interface Link {
  readonly output: number;
  readonly tap: number;
  readonly read: number;
  readonly source: number | undefined;
}

/** Returns the meetings along one axis, by output and then by tap; rows and columns are alike. */
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

/** Returns the channels of one group, on either side. */
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

/** Returns the products of an output cell. */
export function gather(geometry: Geometry, { channel, row, column }: Cell): Product[] {
  const all = links(geometry);
  const rows = all.filter(({ output }) => output === row);
  const columns = all.filter(({ output }) => output === column);
  return groupOf(geometry, channel).flatMap((input) => products(rows, columns, input, channel));
}

/** Returns the products that contain an input cell, also by way of padding that repeats it. */
export function scatter(geometry: Geometry, { channel, row, column }: Cell): Product[] {
  const all = links(geometry);
  const rows = all.filter(({ source }) => source === row);
  const columns = all.filter(({ source }) => source === column);
  return groupOf(geometry, channel).flatMap((output) => products(rows, columns, channel, output));
}

/** Counts the weights of all kernels. */
export function parameters({ channels, groups, kernel }: Geometry): number {
  return channels * (channels / groups) * kernel ** 2;
}

/** Counts the multiply-adds: each weight is used once for each cell of the side it moves over. */
export function multiplyAdds(geometry: Geometry): number {
  const cells = geometry.transposed ? geometry.size : outputSize(geometry);
  return parameters(geometry) * cells ** 2;
}
