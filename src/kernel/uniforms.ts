// The uniform struct of a kernel: lays out named values in the order, alignment and types that its WGSL declares, so that no host
// depends on the order of a struct's fields.
import { roundUp } from "../base/shape.ts";
import { evaluate } from "./expression.ts";
import { type Shader, UNIFORM, labelOf, numberOf } from "./shader.ts";

/**
 * Values of a uniform struct by the names of its fields in camelCase (`strideH` for `stride_h`): a number for a scalar, a flat list of
 * numbers for a vector or an array, an object for a struct. Integers are checked to be whole.
 */
export interface Uniforms {
  readonly [name: string]: UniformValue;
}
export type UniformValue = number | readonly number[] | Uniforms;

/** The constants of a kernel (step.ts). The length of an array may name one that is a plain number. */
type Constants = Readonly<Record<string, unknown>>;

/** A type with its alignment and size in bytes (WGSL specification, section 14.4.1). */
interface Type {
  readonly align: number;
  readonly size: number;
  /** Count of numbers in a scalar, a vector or an array; undefined for a struct. */
  readonly numbers?: number;
  /** Writes a value at byte offset `at`; `path` names it in errors. */
  readonly write: (view: DataView, at: number, value: UniformValue, path: string) => void;
}

/** The declaration of a field of a struct. */
interface Field {
  /** The name of the value, in camelCase. */
  readonly key: string;
  readonly type: string;
  /** Values of the attributes `@align` and `@size`; 0 without them. */
  readonly align: number;
  readonly size: number;
}

/** The declarations of a shader file that concern uniforms. */
interface Declarations {
  readonly structs: ReadonlyMap<string, readonly Field[]>;
  /** The type of the uniform at binding 0, if this file declares it. */
  readonly uniform: string | undefined;
}

const STRUCT = /\bstruct\s+(\w+)\s*\{([^}]*)\}/g;
const FIELD = /((?:@\w+\(\w+\)\s*)*)(\w+):\s*(array<[^>]*>|\w+)/g;
const VECTOR = /^vec([234])([uif])$/;
const ARRAY = /^array<(\w+),\s*([^>]+)>$/;

/** Name of a field that only keeps a struct from being empty, and needs no value. */
const UNUSED = "unused";

const parsed = /* @__PURE__ */ new WeakMap<Shader, Declarations>();

/** The struct of a kernel's uniforms, by the values of the constants that its arrays are as long as. */
interface Layouts {
  readonly lengths: ReadonlySet<string>;
  readonly known: Map<string, Type>;
}

const layouts = /* @__PURE__ */ new Map<string, Layouts>();

/**
 * Returns the bytes of a kernel's uniform struct.
 * @throws Error if the shaders declare no uniform at binding 0, if a value is missing or of the wrong length or kind, or if a name is not
 * a field
 */
export function uniformBytes(shaders: readonly Shader[], constants: Constants, values: Uniforms): ArrayBuffer {
  try {
    const { size, write } = layoutOf(shaders, constants);
    const bytes = new ArrayBuffer(roundUp(size, 16));
    write(new DataView(bytes), 0, values, "");
    return bytes;
  } catch (cause) {
    throw new Error(`${labelOf(shaders)}: ${(cause as Error).message}`, { cause });
  }
}

/** Returns the struct of a kernel's uniforms, laid out once for all kernels of the same shaders and array lengths. */
function layoutOf(shaders: readonly Shader[], constants: Constants): Type {
  const key = shaders.map(numberOf).join();
  const same = layouts.get(key);
  const keyOf = (lengths: ReadonlySet<string>): string => [...lengths].map((name) => constants[name]).join();
  const found = same?.known.get(keyOf(same.lengths));
  if (found) return found;
  const declared = shaders.map(declarationsOf);
  const name = declared.find(({ uniform }) => uniform !== undefined)?.uniform;
  if (name === undefined) throw new Error("no uniform is declared at binding 0");
  const lengths = new Set<string>();
  const type = typeOf(name, declared, (constant) => {
    lengths.add(constant);
    return integerOf(constant, constants);
  });
  const { known } = same ?? { known: new Map<string, Type>() };
  known.set(keyOf(lengths), type);
  layouts.set(key, { lengths, known });
  return type;
}

function declarationsOf(shader: Shader): Declarations {
  let declared = parsed.get(shader);
  if (!declared) {
    const code = shader.text.replace(/\/\/.*$/gm, "");
    const structs = new Map([...code.matchAll(STRUCT)].map(([, name, body]) => [name!, fieldsOf(body!)]));
    declared = { structs, uniform: UNIFORM.exec(code)?.[1] };
    parsed.set(shader, declared);
  }
  return declared;
}

function fieldsOf(body: string): Field[] {
  return [...body.matchAll(FIELD)].map(([, attributes, name, type]) => {
    const valueOf = (attribute: string): number =>
      Number(new RegExp(`@${attribute}\\((\\d+)`).exec(attributes!)?.[1] ?? 0);
    return { key: camelCase(name!), type: type!, align: valueOf("align"), size: valueOf("size") };
  });
}

/** `strideH` for `stride_h`. */
function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The methods of a DataView that write scalars. */
const SETTERS: Readonly<Record<string, "setUint32" | "setInt32" | "setFloat32">> = {
  u32: "setUint32",
  i32: "setInt32",
  f32: "setFloat32",
};

/** Resolves the name of a WGSL type, among them the structs that the shaders declare. */
function typeOf(name: string, declared: readonly Declarations[], lengthOf: (constant: string) => number): Type {
  const setter = SETTERS[name];
  if (setter) return scalarType(setter);
  const [, count, letter] = VECTOR.exec(name) ?? [];
  if (count) {
    const length = Number(count);
    return listType(scalarType(SETTERS[`${letter}32`]!), length, length === 2 ? 8 : 16, 4 * length);
  }
  const [, elementName, expression] = ARRAY.exec(name) ?? [];
  if (elementName) {
    const element = typeOf(elementName, declared, lengthOf);
    const length = evaluate(expression!, lengthOf);
    return listType(element, length, element.align, roundUp(element.size, element.align) * length);
  }
  const fields = declared.find(({ structs }) => structs.has(name))?.structs.get(name);
  if (!fields) throw new Error(`the type ${name} of a uniform is not known`);
  return structType(
    name,
    fields.map((field) => ({ ...field, of: typeOf(field.type, declared, lengthOf) })),
  );
}

function integerOf(name: string, constants: Constants): number {
  const value = constants[name];
  if (typeof value !== "number") throw new Error(`the array length ${name} is not a constant of the kernel`);
  return value;
}

function scalarType(setter: "setUint32" | "setInt32" | "setFloat32"): Type {
  return {
    ...{ align: 4, size: 4, numbers: 1 },
    write(view, at, value, path) {
      if (typeof value !== "number") throw new Error(`${path} takes one number`);
      if (setter !== "setFloat32" && !Number.isInteger(value))
        throw new Error(`${path} takes an integer, got ${value}`);
      view[setter](at, value, true);
    },
  };
}

/** The type of a vector or an array. */
function listType(element: Type, length: number, align: number, size: number): Type {
  const each = element.numbers!;
  const numbers = length * each;
  return {
    ...{ align, size, numbers },
    write(view, at, value, path) {
      if (!isList(value) || value.length !== numbers)
        throw new Error(`${path} takes a list of ${numbers} numbers${isList(value) ? `, got ${value.length}` : ""}`);
      for (let index = 0; index < length; index++) {
        const part = each > 1 ? value.slice(index * each, (index + 1) * each) : value[index]!;
        element.write(view, at + (index * size) / length, part, path);
      }
    },
  };
}

function structType(name: string, fields: readonly (Field & { readonly of: Type })[]): Type {
  let end = 0;
  let align = 4;
  const members = fields.map(({ key, of, ...own }) => {
    const aligned = Math.max(own.align, of.align);
    const offset = roundUp(end, aligned);
    end = offset + Math.max(own.size, of.size);
    align = Math.max(align, aligned);
    return { key, offset, write: of.write };
  });
  return {
    ...{ align, size: roundUp(end, align) },
    write(view, at, value, path) {
      if (typeof value === "number" || isList(value)) throw new Error(`${path} takes the fields of ${name}`);
      const prefix = path && `${path}.`;
      let found = 0;
      for (const { key, offset, write } of members) {
        const given = value[key];
        if (Object.hasOwn(value, key)) found++;
        if (given !== undefined) write(view, at + offset, given, prefix + key);
        else if (key !== UNUSED) throw new Error(`the uniform ${prefix}${key} is missing`);
      }
      const given = Object.keys(value);
      if (given.length === found) return;
      const unknown = given.find((key) => members.every((member) => member.key !== key));
      throw new Error(`${name} has no field for the uniform ${prefix}${unknown}`);
    },
  };
}

function isList(value: UniformValue): value is readonly number[] {
  return Array.isArray(value);
}
