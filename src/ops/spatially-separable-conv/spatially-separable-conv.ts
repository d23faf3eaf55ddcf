// Convolution with kernels that are outer products of 1-D kernels, axis by axis, and its gradients, as image processing does with Gaussian,
// Sobel and box filters (Gonzalez and Woods, Digital Image Processing, 4th edition, section 3.4, "Separable filter kernels"). R + S
// multiply-adds a cell where the 2-D kernel takes R * S. `separate` computes the 1-D kernels of a 2-D one.
import { refuse } from "../../base/error.ts";
import { pick } from "../../base/pick.ts";
import { checkOptions } from "../../base/validate.ts";
import { run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import type { Step } from "../../kernel/step.ts";
import { Workspace } from "../../kernel/workspace.ts";
import { checkLike, checkMap, describeMap } from "../shared/feature-map.ts";
import { elementsOf } from "../shared/geometry/feature-map.ts";
import { partialSums, sumSteps } from "../shared/sum-parts.ts";
import { type AxisPasses, SPATIALLY_SEPARABLE_KEYS, type SpatiallySeparableOptions, axisPassesOf } from "./geometry.ts";
import { type Stored, adjointStep, filterStep, inWorkspace, kernelGradientStep, kernelSums } from "./steps.ts";

/**
 * Convolves each channel with the outer product of 1-D kernels, one pass along each axis. Results between passes are float32.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @param kernels one for each spatial axis in order (2-D: first down the columns, then along the rows): [cells] for all channels, or
 * [C, cells], channels last [cells, C]
 * @returns a new tensor [N, C, ...output], or [N, ...output, C]
 * @throws ConvError naming the invalid argument
 * @example
 * const gaussian = engine.tensor([0.25, 0.5, 0.25], [3]);
 * const blurred = spatiallySeparableConv(x, [gaussian, gaussian], { padding: 1, paddingMode: "reflect" });
 */
export function spatiallySeparableConv(
  x: Tensor,
  kernels: readonly Tensor[],
  options: SpatiallySeparableOptions = {},
): Tensor {
  const { tensor, axes, inputs, names } = check(x, kernels, options);
  const { passes } = axes;
  const { dtype } = tensor;
  const y = describeMap(passes.at(-1)!.to, dtype);
  return run({
    name: "spatiallySeparableConv",
    inputs: { x: tensor, ...inputs },
    results: { y },
    parameters: axes.problem,
    recipe: () => {
      const workspace = new Workspace();
      const maps: Stored[] = [
        { range: whole("x", tensor), dtype },
        ...passes.slice(0, -1).map(({ to }) => inWorkspace(workspace.numbers(elementsOf(to)))),
        { range: whole("y", y), dtype },
      ];
      const steps = passes.map((pass, at) =>
        filterStep(axes, pass, dtype, {
          from: maps[at]!,
          weights: whole(names[at]!, inputs[names[at]!]!),
          to: maps[at + 1]!,
        }),
      );
      return { steps, workspaceBytes: workspace.bytes };
    },
  }).y;
}

/** The gradients of `spatiallySeparableConv`. */
export interface SpatiallySeparableGradients {
  dx: Tensor;
  dkernels: Tensor[];
}

/**
 * The gradients of `spatiallySeparableConv`. All passes but the last are computed again.
 *
 * @param dy the gradient of the result of `spatiallySeparableConv`
 * @param x its input
 * @param kernels its kernels
 * @returns new tensors: dx in the shape of x, and dkernels in the shapes of the kernels
 * @throws ConvError naming the invalid argument
 * @example
 * const { dx, dkernels } = spatiallySeparableConvBackward(dy, x, [vertical, horizontal], { padding: 1 });
 */
export function spatiallySeparableConvBackward(
  dy: Tensor,
  x: Tensor,
  kernels: readonly Tensor[],
  options: SpatiallySeparableOptions = {},
): SpatiallySeparableGradients {
  const { tensor, axes, inputs, names } = check(x, kernels, options);
  const { passes } = axes;
  const { layout, dtype } = tensor;
  const gradient = checkLike("dy", dy, describeMap(passes.at(-1)!.to, dtype), "the result of this convolution");
  const dkernels = Object.fromEntries(
    names.map((name, at) => [`dkernel${at}`, { shape: inputs[name]!.shape, layout, dtype }]),
  );
  const created: Record<string, Tensor> = run({
    name: "spatiallySeparableConvBackward",
    inputs: { x: tensor, ...inputs, dy: gradient },
    results: { dx: { shape: tensor.shape, layout, dtype }, ...dkernels },
    parameters: axes.problem,
    recipe: () => {
      const workspace = new Workspace();
      const between = (): Stored[] =>
        passes.slice(0, -1).map(({ to }) => inWorkspace(workspace.numbers(elementsOf(to))));
      // The maps before each pass and after the last, and their gradients.
      const maps: Stored[] = [{ range: whole("x", tensor), dtype }, ...between()];
      const gradients: Stored[] = [
        { range: whole("dx", tensor), dtype },
        ...between(),
        { range: whole("dy", gradient), dtype },
      ];
      const weights = names.map((name) => whole(name, inputs[name]!));
      const steps: Step<string>[] = passes
        .slice(0, -1)
        .map((pass, at) =>
          filterStep(axes, pass, dtype, { from: maps[at]!, weights: weights[at]!, to: maps[at + 1]! }),
        );
      // All passes use the rest of the workspace in turn for their partial sums.
      const free = workspace.bytes;
      let workspaceBytes = free;
      for (let at = passes.length - 1; at >= 0; at--) {
        const pass = passes[at]!;
        const sums = kernelSums(axes, pass);
        const rest = new Workspace(free);
        const partial = partialSums(rest, sums);
        const dkernel = `dkernel${at}`;
        steps.push(
          kernelGradientStep(axes, pass, maps[at]!, gradients[at + 1]!, partial),
          ...sumSteps(rest, sums, partial, whole(dkernel, dkernels[dkernel]!), dtype),
          adjointStep(axes, pass, dtype, { from: gradients[at + 1]!, weights: weights[at]!, to: gradients[at]! }),
        );
        workspaceBytes = Math.max(workspaceBytes, rest.bytes);
      }
      return { steps, workspaceBytes };
    },
  });
  return { dx: created["dx"]!, dkernels: names.map((_, at) => created[`dkernel${at}`]!) };
}

/** Checks the arguments common to both calls. The kernels are inputs under the names that they have in errors. */
function check(
  x: Tensor,
  kernels: readonly Tensor[],
  options: SpatiallySeparableOptions,
): { tensor: Tensor; axes: AxisPasses; inputs: Record<string, Tensor>; names: readonly string[] } {
  checkOptions("options", options, SPATIALLY_SEPARABLE_KEYS);
  const { tensor, map } = checkMap("x", x);
  if (!Array.isArray(kernels)) refuse("invalid-argument", "kernels", kernels, "an array of tensors");
  const checked = Array.from(kernels, (kernel: unknown, at) => checkTensor(`kernels[${at}]`, kernel));
  const names = checked.map((_, at) => `kernels[${at}]`);
  checked.forEach(({ dtype }, at) => {
    if (dtype !== tensor.dtype) refuse("shape-mismatch", `${names[at]}.dtype`, dtype, `"${tensor.dtype}", as x`);
  });
  const axes = axisPassesOf(
    map,
    checked.map(({ shape }) => shape),
    pick(options, SPATIALLY_SEPARABLE_KEYS),
  );
  return { tensor, axes, inputs: Object.fromEntries(checked.map((kernel, at) => [names[at], kernel])), names };
}
