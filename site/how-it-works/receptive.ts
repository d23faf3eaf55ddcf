// The receptive field of a stack of layers: the input cells along a side that affect one output of the last layer.

export interface Layer {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
}

export interface Reach {
  /** Input cells along a side, from the first that matters to the last. */
  readonly field: number;
  /** Input cells between two neighbouring outputs of this layer. */
  readonly jump: number;
}

/** Returns the receptive field of each layer, from the first to the last. */
export function reaches(layers: readonly Layer[]): Reach[] {
  let field = 1;
  let jump = 1;
  return layers.map(({ kernel, stride, dilation }) => {
    field += (kernel - 1) * dilation * jump;
    jump *= stride;
    return { field, jump };
  });
}

/**
 * Returns the cells along one axis that affect one output of the last layer: the cells of the input, then of each layer's output, counted
 * from the first cell of each.
 */
export function cone(layers: readonly Layer[]): number[][] {
  const levels: number[][] = [[0]];
  for (const { kernel, stride, dilation } of layers.toReversed()) {
    const cells = new Set<number>();
    for (const cell of levels[0]!) for (let tap = 0; tap < kernel; tap++) cells.add(cell * stride + tap * dilation);
    levels.unshift([...cells].toSorted((a, b) => a - b));
  }
  return levels;
}
