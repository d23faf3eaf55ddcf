// CPU reference of the product of two tensors, the second broadcast over the first, and of its gradients, in float64.
import { RANKS } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { checkBroadcasts, otherPlaces } from "../shared/geometry/broadcast.ts";

function checkPair(a: NdArray, b: NdArray): { a: Float64NdArray; b: Float64NdArray; places: number[] } {
  const [one, other] = [checkNdArray("a", a, RANKS), checkNdArray("b", b, RANKS)];
  checkBroadcasts("b", other.shape, one.shape);
  return { a: one, b: other, places: otherPlaces(one.shape, other.shape) };
}

/** `multiply` of convoke/ops, in float64: a * b. */
export function multiply(a: NdArray, b: NdArray): Float64NdArray {
  const pair = checkPair(a, b);
  return { data: pair.a.data.map((v, at) => v * pair.b.data[pair.places[at]!]!), shape: pair.a.shape };
}

/** `multiplyBackward` of convoke/ops, in float64. */
export function multiplyBackward(dy: NdArray, a: NdArray, b: NdArray): { da: Float64NdArray; db: Float64NdArray } {
  const pair = checkPair(a, b);
  const gradient = checkNdArray("dy", dy, RANKS);
  checkShapeIs("dy", gradient.shape, pair.a.shape);
  const db = new Float64Array(pair.b.data.length);
  gradient.data.forEach((v, at) => (db[pair.places[at]!]! += v * pair.a.data[at]!));
  return {
    da: { data: gradient.data.map((v, at) => v * pair.b.data[pair.places[at]!]!), shape: pair.a.shape },
    db: { data: db, shape: pair.b.shape },
  };
}
