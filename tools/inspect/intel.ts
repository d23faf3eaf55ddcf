// Reads the assembly of Intel's GPUs as ANV prints it: a memory access is a send, with a description of its message on the next line.
import { type Hot, type Instruction, type Loop, hottest } from "./counts.ts";

/** Workgroup memory, as a surface. */
const SHARED_SURFACE = /Surface = 254|slm/i;

/** Numbers of 32 bits that a lane gets: an untyped read masks those of its four that it does not want. */
function numbersOf(message: string): number {
  const mask = /Mask = 0x([0-9a-f])/i.exec(message);
  return mask ? [1, 2, 4, 8].filter((bit) => !(Number.parseInt(mask[1]!, 16) & bit)).length : 1;
}

function sendOf(message: string): Instruction {
  const shared = SHARED_SURFACE.test(message);
  // What was spilled moves by block messages, and is counted by the compiler itself.
  if (/scratch|OWORD|block/i.test(message)) return {};
  if (/write|store/i.test(message)) return { kind: shared ? "sharedStore" : "store" };
  if (/surface read|byte scattered read|load/i.test(message))
    return { kind: shared ? "sharedLoad" : "load", numbers: numbersOf(message) };
  return /barrier/i.test(message) ? { kind: "barrier" } : {};
}

function instructionOf(name: string, text: string, message: string): Instruction {
  if (/^(?:mad|mac|dp4a)$/.test(name) && /<\d[^>]*>H?F\b|\dH?F\b/.test(text)) return { kind: "fma" };
  if (/^sends?c?$/.test(name)) return sendOf(message);
  return /^(?:sync|nop|wait|if|else|endif|while|break|cont|halt|jmpi|do)$/.test(name) ? {} : { kind: "otherAlu" };
}

/** Counts the hot loop of a kernel. */
export function readIntel(assembly: string): Hot {
  const lines: { name: string; text: string; message: string }[] = [];
  const starts = new Map<string, number>();
  const loops: Loop[] = [];
  for (const text of assembly.split("\n")) {
    const label = /^\s*(LABEL\d+):/.exec(text);
    if (label) starts.set(label[1]!, lines.length);
    const name = /^(?:\([^)]*\)\s*)?([a-z0-9]+)(?:\.[^\s(]*)?\s*\(\d+\)/.exec(text)?.[1];
    if (name === undefined) {
      if (text.includes("MsgDesc") && lines.length > 0) lines.at(-1)!.message += text;
      continue;
    }
    lines.push({ name, text, message: "" });
    const target = name === "while" ? /JIP:\s*(LABEL\d+)/.exec(text)?.[1] : undefined;
    const first = target === undefined ? undefined : starts.get(target);
    if (first !== undefined) loops.push({ first, last: lines.length - 1 });
  }
  return hottest(
    lines.map(({ name, text, message }) => instructionOf(name, text, message)),
    loops,
  );
}
