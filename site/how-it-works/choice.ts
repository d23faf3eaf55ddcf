// The chosen cell on either side, and the order in which the animation visits cells.
import { type Cell, type Geometry, type Product, gather, outputSize, scatter } from "./geometry.ts";

/** An output and the inputs it gathers, or an input and the outputs it scatters to. */
export interface Choice {
  readonly side: "output" | "input";
  readonly cell: Cell;
}

export function productsOf(geometry: Geometry, { side, cell }: Choice): Product[] {
  return side === "output" ? gather(geometry, cell) : scatter(geometry, cell);
}

/** Returns the cells of one side in the order of the animation. */
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
