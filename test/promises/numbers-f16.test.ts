// Half precision is a storage format only: intermediate values in the workspace are float32, so that only a result can overflow a half.
// numbers-f16.browser.test.ts checks the numbers.
import { expect, test } from "vitest";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { assemble } from "../../src/kernel/assemble.ts";
import { BINDING } from "../../src/kernel/step.ts";
import { PASSES, convProblem } from "../../src/problem/problem.ts";
import { candidatesOf, stepsOf } from "../suite/candidates.ts";
import { problems } from "../suite/problems.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const OUTPUT = new RegExp(`@binding\\(${BINDING.output}\\) var<storage, read_write> \\w+: array<(\\w+)>`);

test.each(algorithms.map((algorithm) => [algorithm.name, algorithm] as const))(
  "%s writes its result as halves, and its workspace as float32",
  (_name, algorithm) => {
    const written = new Set<string>();
    // Assembled kernels do not depend on sizes, so three problems in five cover them.
    for (const [at, { descriptor, passes }] of problems.entries()) {
      const pass = PASSES[at % PASSES.length]!;
      if (!passes.includes(pass) || at % 5 > 2) continue;
      const problem = convProblem(pass, { ...descriptor, dtype: "f16" });
      const [candidate] = candidatesOf(algorithm, problem, SOFTWARE_TRAITS);
      if (!candidate) continue;
      for (const { kernel, bindings } of stepsOf(candidate.plan())) {
        const { operand } = bindings.find(({ binding }) => binding === BINDING.output)!;
        const type = OUTPUT.exec(assemble(kernel))![1]!;
        const named = kernel.aliases?.[type] ?? type;
        const isResult = operand === "y" || operand === "dx" || operand === "dw";
        expect(named, `${kernel.shaders.at(-1)?.name} to ${operand}`).toMatch(
          isResult ? /^f16$/ : /^(f32|vec4f|vec2f)$/,
        );
        written.add(operand);
      }
    }
    expect([...written]).toEqual(expect.arrayContaining(["y", "dx", "dw"]));
  },
);
