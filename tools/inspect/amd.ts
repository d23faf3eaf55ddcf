// Reads AMD's assembly as RADV prints it: basic blocks under labels, branches to them.
import { type Hot, type Instruction, type Loop, hottest } from "./counts.ts";

/** Numbers of 32 bits that a lane moves by a load of this name: buffer_load_dwordx4, buffer_load_b128, ds_read2_b64. */
function numbersOf(name: string): number {
  const vector = /dword(?:x(\d))?$/.exec(name);
  if (vector) return Number(vector[1] ?? 1);
  if (/ubyte|sbyte|[ui]8\b/.test(name)) return 0.25;
  if (/short|d16/.test(name)) return 0.5;
  const bits = Number(/_[bui](\d+)$/.exec(name)?.[1] ?? 32);
  const pairs = /(?:read2|load_2addr|read2st64|load_2addr_stride64)_/.test(name) ? 2 : 1;
  return (pairs * bits) / 32;
}

const FMA = /^v_(?:dual_)?(?:fma|fmac|fmaak|fmamk|mad_f|mac_f|pk_fma|fma_mix|mad_mix|dot)/;

function instructionOf(text: string): Instruction | undefined {
  const name = /^[a-z][a-z0-9_]*/.exec(text)?.[0];
  if (name === undefined) return undefined;
  // GFX11 issues two operations by one instruction: v_dual_fmac_f32 ... :: v_dual_mul_f32 ...
  if (FMA.test(name) || (name.startsWith("v_dual_") && text.includes("fma")))
    return { kind: "fma", operations: text.includes("::") ? text.match(/v_dual_fma/g)!.length : 1 };
  if (name.startsWith("v_")) return { kind: "otherAlu" };
  if (/^(?:buffer|global|flat|image)_load/.test(name)) return { kind: "load", numbers: numbersOf(name) };
  if (/^(?:buffer|global|flat|image)_store/.test(name)) return { kind: "store" };
  if (/^ds_(?:read|load)/.test(name)) return { kind: "sharedLoad", numbers: numbersOf(name) };
  if (/^ds_(?:write|store)/.test(name)) return { kind: "sharedStore" };
  return name === "s_barrier" ? { kind: "barrier" } : {};
}

/** Counts the hot loop of a kernel. */
export function readAmd(assembly: string): Hot {
  const instructions: Instruction[] = [];
  const starts = new Map<string, number>();
  const loops: Loop[] = [];
  for (const line of assembly.split("\n")) {
    const label = /^(BB\d+):/.exec(line);
    if (label) starts.set(label[1]!, instructions.length);
    const text = line.split(";")[0]!.trim();
    const instruction = label ? undefined : instructionOf(text);
    if (!instruction) continue;
    instructions.push(instruction);
    const target = /^s_c?branch.*\b(BB\d+)\b/.exec(text);
    const first = target ? starts.get(target[1]!) : undefined;
    if (first !== undefined) loops.push({ first, last: instructions.length - 1 });
  }
  return hottest(instructions, loops);
}
