// Models of one or a few operators and what they compute: test/golden/onnx/generate.py makes them.
import goldens from "../golden/onnx/goldens.json";

export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export interface GoldenModel {
  readonly name: string;
  readonly operators: readonly string[];
  readonly model: Uint8Array<ArrayBuffer>;
  readonly inputs: Readonly<Record<string, GoldenTensor>>;
  readonly outputs: Readonly<Record<string, GoldenTensor>>;
  readonly tolerance: number;
}

/** JSON has no infinities: they are texts. */
const tensor = ({ shape, data }: { shape: number[]; data: (number | string)[] }): GoldenTensor => ({
  shape,
  data: Float64Array.from(data, Number),
});

const tensors = (given: object): Record<string, GoldenTensor> =>
  Object.fromEntries(Object.entries(given).map(([name, one]) => [name, tensor(one as Parameters<typeof tensor>[0])]));

export const models: readonly GoldenModel[] = goldens.map(({ model, inputs, outputs, ...rest }) => ({
  ...rest,
  model: Uint8Array.from(atob(model), (character) => character.charCodeAt(0)),
  inputs: tensors(inputs),
  outputs: tensors(outputs),
}));

/** The largest difference of two results, relative to the largest number of the expected one, or Infinity where one is not finite. */
export function differenceOf(got: ArrayLike<number>, expected: Float64Array): number {
  if (got.length !== expected.length) return Infinity;
  const largest = expected.reduce(
    (most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most),
    1,
  );
  return expected.reduce((worst, value, at) => {
    const difference = Object.is(value, got[at]) || value === got[at] ? 0 : Math.abs(value - got[at]!) / largest;
    return Math.max(worst, Number.isNaN(difference) ? Infinity : difference);
  }, 0);
}
