// The uniform struct of a kernel: lays out named values in the order, alignment and types that its WGSL declares, so that no host
// depends on the order of a struct's fields.
import { roundUp } from "../base/shape.ts";
import { evaluate } from "./expression.ts";
import type { Shader } from "./shader.ts";

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

/** Alignment and size in bytes (WGSL specification, section 14.4.1). */
interface Extent {
  readonly align: number;
  readonly size: number;
}

type Type = Extent &
  (
    | { readonly kind: "number"; readonly scalar: string }
    | { readonly kind: "vector" | "array"; readonly element: Type; readonly length: number; readonly stride: number }
    | { readonly kind: "struct"; readonly name: string; readonly members: readonly Member[] }
  );

interface Member {
  /** The name of the value, in camelCase. */
  readonly key: string;
  readonly offset: number;
  readonly type: Type;
}

/** The declaration of a field of a struct. */
interface Field {
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
const UNIFORM = /@group\(0\)\s*@binding\(0\)\s*var<uniform>\s*\w+:\s*(\w+);/;
const FIELD = /((?:@\w+\(\w+\)\s*)*)(\w+):\s*(array<[^>]*>|\w+)/g;
const SCALAR = /^[uif]32$/;
const VECTOR = /^vec([234])([uif])$/;
const ARRAY = /^array<(\w+),\s*([^>]+)>$/;

/** Name of a field that only keeps a struct from being empty, and needs no value. */
const UNUSED = "unused";

const parsed = /* @__PURE__ */ new WeakMap<Shader, Declarations>();

/**
 * Returns the bytes of a kernel's uniform struct.
 * @throws Error if the shaders declare no uniform at binding 0, if a value is missing or of the wrong length or kind, or if a name is not
 * a field
 */
export function uniformBytes(shaders: readonly Shader[], constants: Constants, values: Uniforms): ArrayBuffer {
  const declared = shaders.map(declarationsOf);
  const name = declared.find(({ uniform }) => uniform !== undefined)?.uniform;
  try {
    if (name === undefined) throw new Error("no uniform is declared at binding 0");
    const type = typeOf(name, declared, constants);
    const bytes = new ArrayBuffer(roundUp(type.size, 16));
    write(new DataView(bytes), 0, type, values, "");
    return bytes;
  } catch (cause) {
    throw new Error(`${shaders.at(-1)?.name}: ${(cause as Error).message}`, { cause });
  }
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
  return [...body.matchAll(FIELD)].map(([, attributes, name, type]) => ({
    key: camelCase(name!),
    type: type!,
    align: Number(/@align\((\d+)\)/.exec(attributes!)?.[1] ?? 0),
    size: Number(/@size\((\d+)\)/.exec(attributes!)?.[1] ?? 0),
  }));
}

/** `strideH` for `stride_h`. */
function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Resolves the name of a WGSL type, among them the structs that the shaders declare. */
function typeOf(name: string, declared: readonly Declarations[], constants: Constants): Type {
  if (SCALAR.test(name)) return { kind: "number", scalar: name, align: 4, size: 4 };
  const [, count, letter] = VECTOR.exec(name) ?? [];
  if (count) {
    const element = typeOf(`${letter}32`, declared, constants);
    const length = Number(count);
    return { kind: "vector", element, length, stride: 4, align: length === 2 ? 8 : 16, size: 4 * length };
  }
  const [, elementName, expression] = ARRAY.exec(name) ?? [];
  if (elementName) {
    const element = typeOf(elementName, declared, constants);
    const stride = roundUp(element.size, element.align);
    const length = evaluate(expression!, (constant) => integerOf(constant, constants));
    return { kind: "array", element, length, stride, align: element.align, size: stride * length };
  }
  const fields = declared.find(({ structs }) => structs.has(name))?.structs.get(name);
  if (!fields) throw new Error(`the type ${name} of a uniform is not known`);
  let end = 0;
  let align = 4;
  const members = fields.map((field): Member => {
    const type = typeOf(field.type, declared, constants);
    const own = Math.max(field.align, type.align);
    const offset = roundUp(end, own);
    end = offset + Math.max(field.size, type.size);
    align = Math.max(align, own);
    return { key: field.key, offset, type };
  });
  return { kind: "struct", name, members, align, size: roundUp(end, align) };
}

function integerOf(name: string, constants: Constants): number {
  const value = constants[name];
  if (typeof value !== "number") throw new Error(`the array length ${name} is not a constant of the kernel`);
  return value;
}

/** Writes a value at byte offset `at`; `path` names it in errors. */
function write(view: DataView, at: number, type: Type, value: UniformValue, path: string): void {
  if (type.kind === "number") writeNumber(view, at, type.scalar, value, path);
  else if (type.kind === "struct") writeStruct(view, at, type, value, path);
  else {
    const length = numbersIn(type);
    if (!isList(value)) throw new Error(`${path} takes a list of ${length} numbers`);
    if (value.length !== length) throw new Error(`${path} takes ${length} numbers, got ${value.length}`);
    const each = numbersIn(type.element);
    for (let index = 0; index < type.length; index++) {
      const element = each > 1 ? value.slice(index * each, (index + 1) * each) : value[index]!;
      write(view, at + index * type.stride, type.element, element, path);
    }
  }
}

/** Count of numbers in a scalar, a vector, or an array of either. */
function numbersIn(type: Type): number {
  return type.kind === "vector" || type.kind === "array" ? type.length * numbersIn(type.element) : 1;
}

function writeNumber(view: DataView, at: number, scalar: string, value: UniformValue, path: string): void {
  if (typeof value !== "number") throw new Error(`${path} takes one number`);
  if (scalar === "f32") view.setFloat32(at, value, true);
  else if (!Number.isInteger(value)) throw new Error(`${path} takes an integer, got ${value}`);
  else if (scalar === "i32") view.setInt32(at, value, true);
  else view.setUint32(at, value, true);
}

function writeStruct(
  view: DataView,
  at: number,
  type: Type & { kind: "struct" },
  value: UniformValue,
  path: string,
): void {
  if (typeof value === "number" || isList(value)) throw new Error(`${path} takes the fields of ${type.name}`);
  const prefix = path && `${path}.`;
  for (const { key, offset, type: own } of type.members) {
    const given = value[key];
    if (given !== undefined) write(view, at + offset, own, given, prefix + key);
    else if (key !== UNUSED) throw new Error(`the uniform ${prefix}${key} is missing`);
  }
  const unknown = Object.keys(value).find((name) => type.members.every(({ key }) => key !== name));
  if (unknown !== undefined) throw new Error(`${type.name} has no field for the uniform ${prefix}${unknown}`);
}

function isList(value: UniformValue): value is readonly number[] {
  return Array.isArray(value);
}
