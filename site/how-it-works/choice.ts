// A chosen cell of either side, and the order in which the animation goes through the cells.
import { type Cell, type Geometry, type Product, gather, outputSize, scatter } from "./geometry.ts";

/** An output and what it gathers, or an input and where it scatters. */
export interface Choice {
  readonly side: "output" | "input";
  readonly cell: Cell;
}

export function productsOf(geometry: Geometry, { side, cell }: Choice): Product[] {
  return side === "output" ? gather(geometry, cell) : scatter(geometry, cell);
}

/** The cells of one side in the order in which they are gone through. */
export function placeAt(geometry: Geometry, side: Choice["side"], index: number): Cell {
  const along = side === "output" ? outputSize(geometry) : geometry.size;
  return {
    channel: Math.floor(index / along ** 2),
    row: Math.floor(index / along) % along,
    column: index % along,
  };
}

export function indexOf(geometry: Geometry, { side, cell }: Choice): number {
  const along = side === "output" ? outputSize(geometry) : geometry.size;
  return (cell.channel * along + cell.row) * along + cell.column;
}

export function cellCount(geometry: Geometry, side: Choice["side"]): number {
  return geometry.channels * (side === "output" ? outputSize(geometry) : geometry.size) ** 2;
}
