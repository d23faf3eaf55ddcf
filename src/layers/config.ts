// The configuration of a layer, read field by field. What breaks the format is `invalid-model`, what is not served `unsupported-model`; both
// name the layer and the field.
import { ConvError, describe } from "../base/error.ts";
import { MAX_ELEMENTS } from "../base/validate.ts";

/** A file that breaks the rules of its format. */
export function invalid(what: string, got: unknown, expected: string): never {
  throw new ConvError("invalid-model", `${what}: got ${describe(got)}, expected ${expected}`);
}

/** What is not served, without the name of the layer: the reader collects these of all layers. */
export function unserved(why: string): never {
  throw new ConvError("unsupported-model", why);
}

export type Fields = Readonly<Record<string, unknown>>;

/** Checks for a JSON object. */
export function checkFields(what: string, value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) invalid(what, value, "an object");
  return value as Fields;
}

/** Checks for a list of at most `most` items. */
export function checkList(what: string, value: unknown, most: number): readonly unknown[] {
  if (!Array.isArray(value)) invalid(what, value, "a list");
  if (value.length > most) invalid(what, `${value.length} items`, `at most ${most}`);
  // map would skip the holes of a sparse list.
  return Array.from(value);
}

/** Returns a field of an object. What it inherits, such as `constructor`, is no field. */
export function fieldOf(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** "channelsFirst" and "channels_first" are the same: TensorFlow.js writes both. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The fields of a layer. A field that is null counts as absent. */
export class Config {
  readonly fields: Fields;
  readonly #layer: string;

  constructor(layer: string, fields: Fields) {
    this.#layer = layer;
    this.fields = fields;
  }

  get(name: string): unknown {
    return fieldOf(this.fields, name) ?? undefined;
  }

  #refuse(name: string, got: unknown, expected: string): never {
    return invalid(`layer ${this.#layer}: ${name}`, got, expected);
  }

  number(name: string, initial?: number): number {
    const value = this.get(name) ?? initial;
    if (typeof value !== "number" || !Number.isFinite(Math.fround(value)))
      this.#refuse(name, value, "a finite number in the range of f32");
    return value;
  }

  optionalNumber(name: string): number | undefined {
    return this.get(name) === undefined ? undefined : this.number(name);
  }

  boolean(name: string, initial: boolean): boolean {
    const value = this.get(name) ?? initial;
    if (typeof value !== "boolean") this.#refuse(name, value, "true or false");
    return value;
  }

  #integerOf(name: string, value: unknown, least: number): number {
    if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > MAX_ELEMENTS)
      this.#refuse(name, value, `an integer of at least ${least}`);
    return value;
  }

  integer(name: string, { initial, least = 1 }: { initial?: number; least?: number } = {}): number {
    return this.#integerOf(name, this.get(name) ?? initial, least);
  }

  /** A list of integers, or one for all of `rank`. */
  integers(name: string, rank: number, { initial, least = 1 }: { initial?: number; least?: number } = {}): number[] {
    const value = this.get(name) ?? initial;
    if (!Array.isArray(value)) return Array.from({ length: rank }, () => this.#integerOf(name, value, least));
    if (value.length === 1 && rank > 1)
      return Array.from({ length: rank }, () => this.#integerOf(name, value[0], least));
    if (value.length !== rank) this.#refuse(name, value, `a number, or ${rank}`);
    return value.map((item: unknown) => this.#integerOf(name, item, least));
  }

  /** A list of any number of integers; a single one is a list of one. Where sizes may be open, null is -1. */
  list(
    name: string,
    { initial, least = 1, open = false }: { initial?: readonly number[]; least?: number; open?: boolean } = {},
  ): number[] {
    const value = this.get(name) ?? initial;
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (items.length > 8) this.#refuse(name, value, "at most 8 integers");
    return items.map((item) => this.#integerOf(name, open ? (item ?? -1) : item, least));
  }

  /** [begin, end] for each of `rank` axes; given as such, as a number for each, or as one for all. */
  pairs(name: string, rank: number, initial: number): [number, number][] {
    const value = this.get(name) ?? initial;
    // With a single axis, a list is the pair itself.
    const given = rank === 1 && Array.isArray(value) && !Array.isArray(value[0]) ? [value] : value;
    const items: readonly unknown[] = Array.isArray(given) ? given : Array.from({ length: rank }, () => given);
    if (items.length !== rank) this.#refuse(name, value, `a number, or a pair for each of ${rank} axes`);
    return items.map((item): [number, number] => {
      const pair: readonly unknown[] = Array.isArray(item) ? item : [item, item];
      if (pair.length !== 2) this.#refuse(name, value, `a number, or a pair for each of ${rank} axes`);
      return [this.#integerOf(name, pair[0], 0), this.#integerOf(name, pair[1], 0)];
    });
  }

  /** One of the names; others are not served. */
  choice<Name extends string>(name: string, names: readonly Name[], initial?: Name): Name {
    const value = this.get(name) ?? initial;
    if (typeof value !== "string") this.#refuse(name, value, `one of ${names.join(", ")}`);
    const found = names.find((one) => one === snakeCase(value));
    return found ?? unserved(`${name} ${describe(value)}`);
  }

  /** Refuses a field unless it has the value that changes nothing. */
  without(name: string, neutral?: unknown): void {
    const value = this.get(name);
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (value !== undefined && items.some((item) => item !== neutral)) unserved(`${name} ${describe(value)}`);
  }

  isChannelsFirst(): boolean {
    return this.choice("data_format", ["channels_last", "channels_first"], "channels_last") === "channels_first";
  }
}
