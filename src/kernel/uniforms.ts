// The uniform struct of a kernel: lays out named values in the order, alignment and types that its WGSL declares.
import type { Constant } from "./step.ts";
import type { Shader } from "./shader.ts";

/**
 * Values of a uniform struct, by the names of its fields in camelCase (`strideH` is `stride_h`): numbers of scalars, lists of numbers of
 * vectors and arrays, objects of structs.
 */
export interface Uniforms {
  readonly [name: string]: UniformValue;
}
export type UniformValue = number | readonly number[] | Uniforms;

interface Field {
  readonly name: string;
  readonly type: string;
  readonly align: number;
  readonly size: number;
}

/** What a shader file declares. */
interface Declarations {
  readonly structs: ReadonlyMap<string, readonly Field[]>;
  /** The type of the uniform at binding 0, where this file declares it. */
  readonly uniform: string | undefined;
}

/** Alignment and size of a type in the uniform address space, in bytes (WGSL specification, sections 14.4.1 and 14.4.5). */
interface Extent {
  readonly align: number;
  readonly size: number;
}

const STRUCT = /\bstruct\s+(\w+)\s*\{([^}]*)\}/g;
const UNIFORM = /@group\(0\)\s*@binding\(0\)\s*var<uniform>\s*\w+:\s*(\w+);/;
const FIELD = /((?:@\w+\(\w+\)\s*)*)(\w+):\s*((?:array<[^>]*>|\w+))/g;
const VECTOR = /^vec([234])([uif])$/;
const ARRAY = /^array<(\w+),\s*(\w+)>$/;

/** A field that only keeps a struct from being empty: it needs no value. */
const UNUSED = "unused";

const declarations = new WeakMap<Shader, Declarations>();

function declarationsOf(shader: Shader): Declarations {
  let declared = declarations.get(shader);
  if (!declared) {
    const code = shader.text.replace(/\/\/.*$/gm, "");
    const structs = new Map<string, readonly Field[]>();
    for (const [, name, body] of code.matchAll(STRUCT)) structs.set(name!, fieldsOf(body!));
    declared = { structs, uniform: UNIFORM.exec(code)?.[1] };
    declarations.set(shader, declared);
  }
  return declared;
}

function fieldsOf(body: string): Field[] {
  return [...body.matchAll(FIELD)].map(([, attributes, name, type]) => ({
    name: name!,
    type: type!,
    align: Number(/@align\((\d+)\)/.exec(attributes!)?.[1] ?? 1),
    size: Number(/@size\((\d+)\)/.exec(attributes!)?.[1] ?? 0),
  }));
}

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;

/** `strideH` for `stride_h`. */
function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * The bytes of a kernel's uniform struct.
 * @throws Error where the shaders declare no uniform at binding 0, a value is missing or too long, or a name is not a field
 */
export function uniformBytes(
  shaders: readonly Shader[],
  constants: Readonly<Record<string, Constant>>,
  values: Uniforms | readonly number[],
): ArrayBuffer {
  if (Array.isArray(values)) {
    // MIGRATION: positional words, until every kernel has names.
    const words = new Int32Array(roundUp((values as readonly number[]).length, 4));
    words.set(values as readonly number[]);
    return words.buffer;
  }
  const declared = shaders.map(declarationsOf);
  const type = declared.find(({ uniform }) => uniform !== undefined)?.uniform;
  const label = shaders.at(-1)?.name;
  if (type === undefined) throw new Error(`${label} declares no uniform at binding 0`);

  const structOf = (name: string): readonly Field[] | undefined =>
    declared.find(({ structs }) => structs.has(name))?.structs.get(name);

  const lengthOf = (length: string): number => {
    const value = /^\d/.test(length) ? parseInt(length, 10) : constants[length];
    if (typeof value !== "number") throw new Error(`${label}: the array length ${length} is not a constant of the kernel`);
    return value;
  };

  const extentOf = (name: string): Extent => {
    const vector = VECTOR.exec(name);
    if (vector) return { align: vector[1] === "2" ? 8 : 16, size: 4 * Number(vector[1]) };
    const array = ARRAY.exec(name);
    if (array) return { align: 16, size: roundUp(extentOf(array[1]!).size, 16) * lengthOf(array[2]!) };
    const fields = structOf(name);
    if (!fields) return { align: 4, size: 4 };
    let end = 0;
    for (const field of fields) end = roundUp(end, alignOf(field)) + sizeOf(field);
    return { align: 16, size: roundUp(end, 16) };
  };
  const alignOf = (field: Field): number => Math.max(field.align, extentOf(field.type).align);
  const sizeOf = (field: Field): number => field.size || extentOf(field.type).size;

  const bytes = new ArrayBuffer(roundUp(extentOf(type).size, 16));
  const view = new DataView(bytes);

  const putNumber = (at: number, scalar: string, value: number): void => {
    if (scalar === "f32" || scalar === "f") view.setFloat32(at, value, true);
    else if (scalar === "i32" || scalar === "i") view.setInt32(at, value, true);
    else view.setUint32(at, value, true);
  };

  const putList = (at: number, name: string, path: string, list: readonly number[]): void => {
    const vector = VECTOR.exec(name);
    if (vector) {
      if (list.length !== Number(vector[1])) throw new Error(`${label}: ${path} takes ${vector[1]} numbers, got ${list.length}`);
      list.forEach((value, index) => putNumber(at + 4 * index, vector[2]!, value));
      return;
    }
    const [, element, length] = ARRAY.exec(name) ?? [];
    if (!element) throw new Error(`${label}: ${path} takes one number, got a list`);
    const each = VECTOR.exec(element) ? Number(VECTOR.exec(element)![1]) : 1;
    if (list.length !== each * lengthOf(length!))
      throw new Error(`${label}: ${path} takes ${each * lengthOf(length!)} numbers, got ${list.length}`);
    const stride = roundUp(extentOf(element).size, 16);
    for (let index = 0; index < list.length; index += each) {
      const place = at + (index / each) * stride;
      if (each > 1) putList(place, element, path, list.slice(index, index + each));
      else putNumber(place, element, list[index]!);
    }
  };

  const putStruct = (at: number, name: string, path: string, given: Uniforms): void => {
    const fields = structOf(name);
    if (!fields) throw new Error(`${label}: ${path} takes one number, got an object`);
    const known = new Set<string>();
    let end = at;
    for (const field of fields) {
      const place = roundUp(end - at, alignOf(field)) + at;
      end = place + sizeOf(field);
      const key = camelCase(field.name);
      known.add(key);
      const value = given[key];
      if (value === undefined) {
        if (field.name === UNUSED) continue;
        throw new Error(`${label}: the uniform ${path}${key} is missing`);
      }
      if (typeof value === "number") {
        if (structOf(field.type) || VECTOR.test(field.type) || ARRAY.test(field.type))
          throw new Error(`${label}: ${path}${key} is of type ${field.type}, got one number`);
        putNumber(place, field.type, value);
      } else if (Array.isArray(value)) putList(place, field.type, path + key, value as readonly number[]);
      else putStruct(place, field.type, `${path}${key}.`, value as Uniforms);
    }
    const unknown = Object.keys(given).find((key) => !known.has(key));
    if (unknown !== undefined) throw new Error(`${label}: the struct ${name} has no field for the uniform ${path}${unknown}`);
  };

  putStruct(0, type, "", values as Uniforms);
  return bytes;
}
