// Which work gets error scopes: all that may fail, and no call of a known shape. On a fake device that reports when it is told to.
import { beforeEach, describe, expect, it } from "vitest";
import { ErrorScopes } from "../../src/gpu/error-scopes.ts";
import { conv, createEngine } from "../../src/index.ts";
import { add, sgd } from "../../src/ops/index.ts";
import { fakeDevice } from "../suite/fake-device.ts";

/** A device that writes down what it is asked, and what it reports when. */
function scoped() {
  const log: string[] = [];
  let open = 0;
  const reports: ((error: GPUError | null) => void)[] = [];
  const device = {
    lost: new Promise(() => {}),
    pushErrorScope: (filter: string) => void log.push(`${"  ".repeat(open++)}${filter}`),
    popErrorScope: () => {
      log.push(`${"  ".repeat(--open)}pop`);
      return new Promise<GPUError | null>((resolve) => reports.push(resolve));
    },
  };
  const errors = new ErrorScopes(device as unknown as GPUDevice, () => {});
  /** Reports on all that was popped. */
  const report = async (what: GPUError | null = null): Promise<void> => {
    for (const resolve of reports.splice(0)) resolve(what);
    await errors.settle().catch(() => {});
  };
  return { errors, log, report, isOpen: () => open > 0 };
}

const OPENED = ["out-of-memory", "  internal", "    validation"];
const CLOSED = ["    pop", "  pop", "pop"];

describe("work on private buffers", () => {
  it("has no scopes if it creates nothing", () => {
    const { errors, log } = scoped();
    expect(errors.runPrivate("call", true, () => 7)).toBe(7);
    expect(log).toEqual([]);
  });

  it("has them from the first creation on, and until it is reported on, work after it has them too", async () => {
    const { errors, log, report, isOpen } = scoped();
    errors.runPrivate("call", true, () => {
      expect(isOpen()).toBe(false);
      errors.creating();
      expect(isOpen()).toBe(true);
      errors.creating();
    });
    expect(log.splice(0)).toEqual([...OPENED, ...CLOSED]);
    errors.runPrivate("next", true, () => expect(isOpen()).toBe(true));
    await report();
    errors.runPrivate("last", true, () => expect(isOpen()).toBe(false));
  });

  it("has them where the work that it is part of has none yet, in the order of a stack", () => {
    const { errors, log } = scoped();
    errors.runPrivate("call", true, () => errors.run("kernel", () => errors.creating()));
    const inner = [...OPENED, ...CLOSED].map((line) => `      ${line}`);
    expect(log).toEqual([...OPENED, ...inner, ...CLOSED]);
  });

  it("has them after any error", async () => {
    const { errors, report, isOpen } = scoped();
    errors.runPrivate("call", true, () => errors.creating());
    await report({ message: "forced" });
    for (let turn = 0; turn < 2; turn++) errors.runPrivate("next", true, () => expect(isOpen()).toBe(true));
  });

  it("has them for a write, which makes no later work doubtful", () => {
    const { errors, isOpen } = scoped();
    errors.runPrivate("call", true, () => errors.watch());
    errors.runPrivate("next", true, () => expect(isOpen()).toBe(false));
  });
});

it("work on buffers that the caller has always has scopes", () => {
  const { errors, log } = scoped();
  errors.runPrivate("call", false, () => {});
  errors.run("call", () => {});
  expect(log).toEqual([...OPENED, ...CLOSED, ...OPENED, ...CLOSED]);
});

describe("an eager call of a known shape", () => {
  let device: GPUDevice;
  let pushed = 0;
  beforeEach(() => {
    ({ device } = fakeDevice());
    device.pushErrorScope = () => void pushed++;
  });

  it("opens no scope, unless the caller has one of its buffers", async () => {
    using engine = await createEngine({ device, tuning: "forget" });
    const [x, w, dw] = [engine.empty([1, 4, 9, 9]), engine.empty([4, 4, 3, 3]), engine.empty([4, 4, 3, 3])];
    const scopesOf = async (call: () => unknown): Promise<number> => {
      await x.read();
      pushed = 0;
      call();
      return pushed;
    };
    const layer = (): void => {
      using y = conv(x, w, { padding: 1 });
      using z = add(y, x);
      sgd(w, dw, { learningRate: z.size });
    };
    expect(await scopesOf(layer)).toBeGreaterThan(0);
    await scopesOf(layer);
    expect(await scopesOf(layer)).toBe(0);
    expect(x.recorded).toBeDefined();
    expect(await scopesOf(layer)).toBe(0);
    expect(x.buffer).toBeDefined();
    expect(await scopesOf(layer)).toBe(6);
  });
});
