// Kernels: what TensorFlow.js calls by name, as requests for routines. A request names the call by a text of all that its routine depends on, so that
// a second call of the same shapes computes nothing but this text.
import { elementCount } from "../base/shape.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Layout } from "../problem/problem.ts";
import type { TensorInfo } from "./backend.ts";
import type { Definition } from "./routine.ts";

/** The tensors and attributes of a call, by their names in TensorFlow.js. */
export interface KernelCall {
  readonly inputs: Readonly<Record<string, TensorInfo | null | undefined>>;
  readonly attrs: Readonly<Record<string, unknown>>;
}

/** A call that the engine may serve. */
export interface Request {
  /** A text of everything that the definition depends on, but for the name of the kernel. */
  readonly key: string;
  readonly inputs: readonly TensorInfo[];
  /** What to compile for the first call; undefined if the engine does not serve it. */
  readonly define: () => (Definition & { readonly shape: number[] }) | undefined;
}

/** Makes the request of a call. */
export type Kernel = (call: KernelCall) => Request;

type ByName<Names extends readonly string[], T> = { readonly [Name in Names[number]]: T | undefined };

/** What a kernel computes for inputs of given shapes. */
interface NamedDefinition<Names extends readonly string[]> {
  /** The inputs in the order in which they are read, as the engine takes them. */
  readonly inputs: readonly ({ readonly shape: readonly number[]; readonly layout: Layout } | undefined)[];
  readonly weights?: Names[number];
  /** The shape of the result, for TensorFlow.js. */
  readonly shape: number[];
  readonly compute: (inputs: ByName<Names, Tensor>) => Tensor;
}

/**
 * Returns a kernel.
 * @param reads the inputs, some of which a call may lack
 * @param attributes the attributes that the definition depends on
 * @param define returns what to compute for the shapes of the inputs; undefined if the engine does not serve it
 */
export function kernel<Attributes, Names extends readonly string[]>(
  reads: Names,
  attributes: readonly (keyof Attributes & string)[],
  define: (shapes: ByName<Names, readonly number[]>, attributes: Attributes) => NamedDefinition<Names> | undefined,
): Kernel {
  return ({ inputs: given, attrs }) => {
    const inputs: TensorInfo[] = [];
    let key = "";
    for (const name of reads) {
      const input = given[name];
      if (input) inputs.push(input);
      key += `${input ? input.shape.join() : "-"} `;
    }
    for (const name of attributes) key += `${String(attrs[name])} `;
    return {
      key,
      inputs,
      define: () => {
        const present = reads.filter((name) => given[name]);
        const shapes: unknown = Object.fromEntries(present.map((name) => [name, given[name]!.shape]));
        if (inputs.some(({ shape }) => elementCount(shape) === 0)) return undefined;
        const named = define(shapes as ByName<Names, readonly number[]>, attrs as Attributes);
        if (!named || elementCount(named.shape) === 0) return undefined;
        const { weights, shape, compute } = named;
        return {
          inputs: named.inputs.filter((input) => input !== undefined),
          weights: weights === undefined ? undefined : present.indexOf(weights),
          shape,
          compute: (...tensors) =>
            compute(Object.fromEntries(present.map((name, at) => [name, tensors[at]])) as ByName<Names, Tensor>),
        };
      },
    };
  };
}
