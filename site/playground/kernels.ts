// The kernels that the playground offers. Positions count from the middle cell, x to the right and y down.

/** The parameters of formulas: sizes in cells, the angle in degrees counterclockwise, the frequency in waves per cell. */
export interface Parameters {
  readonly rows: number;
  readonly columns: number;
  readonly angle: number;
  readonly frequency: number;
  readonly spread: number;
}

export type Knob = "angle" | "frequency" | "spread";

export interface Filter {
  readonly name: string;
  readonly title: string;
  /** The initial parameters; a fixed filter has only its size. */
  readonly start: Partial<Parameters> & Pick<Parameters, "rows" | "columns">;
  /** Whether its size is fixed. */
  readonly fixed: boolean;
  readonly knobs: readonly Knob[];
  /** Whether results lie around zero, so that they are shown around grey. */
  readonly signed: boolean;
  readonly cells: (parameters: Parameters) => number[];
}

export const MAX_SIZE = 15;

/** Computes each cell, row by row, from its position relative to the middle. */
function fill({ rows, columns }: Parameters, value: (x: number, y: number) => number): number[] {
  const [middleX, middleY] = [(columns - 1) / 2, (rows - 1) / 2];
  return Array.from({ length: rows * columns }, (_, at) =>
    value((at % columns) - middleX, Math.floor(at / columns) - middleY),
  );
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const scaled = (values: readonly number[], by: number): number[] => values.map((value) => value * by);

/** Divides by the sum, so that an even area keeps its brightness; if the sum is zero, by the sum of the positive cells. */
export function normalised(cells: readonly number[]): number[] {
  const sum = total(cells);
  const size = total(cells.map(Math.abs));
  if (size === 0) return [...cells];
  return scaled(cells, 1 / (Math.abs(sum) > 1e-6 * size ? sum : size / 2));
}

const identity = (parameters: Parameters): number[] => fill(parameters, (x, y) => (x === 0 && y === 0 ? 1 : 0));

const bell = (parameters: Parameters): number[] =>
  fill(parameters, (x, y) => Math.exp(-(x * x + y * y) / (2 * parameters.spread ** 2)));

/** Draws an antialiased line through the middle. */
function motion(parameters: Parameters): number[] {
  const angle = (parameters.angle * Math.PI) / 180;
  const away = (x: number, y: number): number => Math.abs(x * Math.sin(angle) + y * Math.cos(angle));
  return normalised(fill(parameters, (x, y) => Math.max(0, 1 - away(x, y))));
}

/** Returns a wave under a Gaussian, minus the part that would respond to an even area. */
function gabor(parameters: Parameters): number[] {
  const angle = (parameters.angle * Math.PI) / 180;
  const under = bell(parameters);
  const wave = fill(parameters, (x, y) =>
    Math.cos(2 * Math.PI * parameters.frequency * (x * Math.cos(angle) - y * Math.sin(angle))),
  );
  const even = total(under.map((value, at) => value * wave[at]!)) / total(under);
  const cells = under.map((value, at) => value * (wave[at]! - even));
  const size = total(cells.map(Math.abs));
  return size < 1e-9 ? cells.map(() => 0) : scaled(cells, 2 / size);
}

function laplacianOfGaussian(parameters: Parameters): number[] {
  const under = bell(parameters);
  const bowl = fill(parameters, (x, y) => (x * x + y * y) / parameters.spread ** 2 - 2);
  const even = total(under.map((value, at) => value * bowl[at]!)) / total(under);
  const cells = under.map((value, at) => value * (bowl[at]! - even));
  const size = total(cells.map(Math.abs));
  return size < 1e-9 ? cells.map(() => 0) : scaled(cells, 2 / size);
}

function fixed(name: string, title: string, signed: boolean, rows: readonly (readonly number[])[]): Filter {
  const start = { rows: rows.length, columns: rows[0]!.length };
  return { name, title, start, fixed: true, knobs: [], signed, cells: () => rows.flat() };
}

function formula(
  name: string,
  title: string,
  start: Filter["start"],
  cells: Filter["cells"],
  { knobs = [], signed = false }: Partial<Pick<Filter, "knobs" | "signed">> = {},
): Filter {
  return { name, title, start, fixed: false, knobs, signed, cells };
}

const square = (size: number): Pick<Parameters, "rows" | "columns"> => ({ rows: size, columns: size });

/** The filters by group, in the order of the list. */
export const FILTERS: Readonly<Record<string, readonly Filter[]>> = {
  Plain: [formula("identity", "Identity", square(3), identity)],
  Blur: [
    formula("box", "Box blur", square(5), (parameters) =>
      fill(parameters, () => 1 / (parameters.rows * parameters.columns)),
    ),
    formula("gaussian", "Gaussian blur", { ...square(7), spread: 1.5 }, (parameters) => normalised(bell(parameters)), {
      knobs: ["spread"],
    }),
    formula("motion", "Motion blur", { ...square(11), angle: 30 }, motion, { knobs: ["angle"] }),
  ],
  Sharpen: [
    fixed("sharpen", "Sharpen", false, [
      [0, -1, 0],
      [-1, 5, -1],
      [0, -1, 0],
    ]),
    formula(
      "unsharp",
      "Unsharp mask",
      { ...square(9), spread: 2 },
      (parameters) => {
        const blurred = normalised(bell(parameters));
        return identity(parameters).map((value, at) => 2.5 * value - 1.5 * blurred[at]!);
      },
      { knobs: ["spread"] },
    ),
  ],
  Edges: [
    fixed("sobel-x", "Sobel, across", true, [
      [-1, 0, 1],
      [-2, 0, 2],
      [-1, 0, 1],
    ]),
    fixed("sobel-y", "Sobel, down", true, [
      [-1, -2, -1],
      [0, 0, 0],
      [1, 2, 1],
    ]),
    fixed("laplacian", "Laplacian", true, [
      [0, 1, 0],
      [1, -4, 1],
      [0, 1, 0],
    ]),
    formula("log", "Laplacian of Gaussian", { ...square(9), spread: 1.4 }, laplacianOfGaussian, {
      knobs: ["spread"],
      signed: true,
    }),
    fixed("outline", "Outline", false, [
      [-1, -1, -1],
      [-1, 8, -1],
      [-1, -1, -1],
    ]),
  ],
  Texture: [
    fixed("emboss", "Emboss", false, [
      [-2, -1, 0],
      [-1, 1, 1],
      [0, 1, 2],
    ]),
    formula("gabor", "Gabor", { ...square(15), angle: 0, frequency: 0.15, spread: 3 }, gabor, {
      knobs: ["angle", "frequency", "spread"],
      signed: true,
    }),
  ],
};

export function filterNamed(name: string): Filter | undefined {
  return Object.values(FILTERS)
    .flat()
    .find((filter) => filter.name === name);
}

/** Resizes a grid around its middle: new cells are zero, cells outside are dropped. */
export function resized(
  cells: readonly number[],
  from: Pick<Parameters, "rows" | "columns">,
  to: Pick<Parameters, "rows" | "columns">,
): number[] {
  const down = (from.rows - to.rows) / 2;
  const right = (from.columns - to.columns) / 2;
  return Array.from({ length: to.rows * to.columns }, (_, at) => {
    const [row, column] = [Math.floor(at / to.columns) + down, (at % to.columns) + right];
    const inside = row >= 0 && row < from.rows && column >= 0 && column < from.columns;
    return inside ? cells[row * from.columns + column]! : 0;
  });
}

/** Rotates a grid by a quarter turn, counterclockwise. */
export function turned(cells: readonly number[], { rows, columns }: Pick<Parameters, "rows" | "columns">): number[] {
  return Array.from({ length: cells.length }, (_, at) => {
    const [row, column] = [Math.floor(at / rows), at % rows];
    return cells[column * columns + (columns - 1 - row)]!;
  });
}
