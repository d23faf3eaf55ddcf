// Writes ONNX files, for tests of what a file may not be.

/** A field of a message: its number and its value. A text or bytes have a length before them, a number is a varint. */
export type FieldOf = readonly [number: number, value: number | bigint | string | Uint8Array];

export function varint(value: number | bigint): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return bytes;
}

export function message(...fields: readonly FieldOf[]): Uint8Array<ArrayBuffer> {
  const bytes = fields.flatMap(([number, value]) => {
    if (typeof value === "number" || typeof value === "bigint") return [...varint(number * 8), ...varint(value)];
    const body = typeof value === "string" ? new TextEncoder().encode(value) : value;
    return [...varint(number * 8 + 2), ...varint(body.length), ...body];
  });
  return Uint8Array.from(bytes);
}

interface NodeSpec {
  readonly operator: string;
  readonly inputs?: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, number | string | readonly number[]>>;
}

export function node({ operator, inputs = [], outputs, name = "", domain = "", attributes = {} }: NodeSpec): FieldOf {
  const given = Object.entries(attributes).map(([key, value]): FieldOf => {
    const fields: FieldOf[] =
      typeof value === "number"
        ? [
            [3, value],
            [20, 2],
          ]
        : typeof value === "string"
          ? [
              [4, value],
              [20, 3],
            ]
          : [...value.map((one): FieldOf => [8, one]), [20, 7]];
    return [5, message([1, key], ...fields)];
  });
  const names = [...inputs.map((one): FieldOf => [1, one]), ...outputs.map((one): FieldOf => [2, one])];
  return [1, message(...names, [3, name], [4, operator], ...given, [7, domain])];
}

type Size = number | string;

function valueInfo(field: number, name: string, shape: readonly Size[] | undefined, type: number): FieldOf {
  const dims = shape?.map((size): FieldOf => [1, message(typeof size === "number" ? [1, size] : [2, size])]);
  const described = message([1, type], ...(dims ? [[2, message(...dims)] as const] : []));
  return [field, message([1, name], [2, message([1, described])])];
}

export const input = (name: string, shape?: readonly Size[], type = 1): FieldOf => valueInfo(11, name, shape, type);
export const output = (name: string, shape?: readonly Size[], type = 1): FieldOf => valueInfo(12, name, shape, type);

/** @param fields of a TensorProto beside its name, its shape and its type */
export function tensor(name: string, shape: readonly number[], type: number, ...fields: readonly FieldOf[]): FieldOf {
  return [5, message(...shape.map((size): FieldOf => [1, size]), [2, type], [8, name], ...fields)];
}

export const floats = (name: string, shape: readonly number[], numbers: readonly number[]): FieldOf =>
  tensor(name, shape, 1, [9, new Uint8Array(Float32Array.from(numbers).buffer)]);

export const longs = (name: string, numbers: readonly (number | bigint)[]): FieldOf =>
  tensor(name, [numbers.length], 7, [9, new Uint8Array(BigInt64Array.from(numbers, BigInt).buffer)]);

/** A file with a graph of these fields. */
export function model(fields: readonly FieldOf[], opset: number | null = 13): Uint8Array<ArrayBuffer> {
  const sets: FieldOf[] = opset === null ? [] : [[8, message([1, ""], [2, opset])]];
  return message([1, 8], [7, message(...fields)], ...sets);
}
