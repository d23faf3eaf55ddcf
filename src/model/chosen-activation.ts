// On software adapters the convolutions of a model share kernels, whatever their activations: one more kernel takes as long to compile as hundreds of
// runs, and a uniform that chooses among the activations costs next to nothing. Results are the same to the last bit.
import hardSwishShader from "../../shaders/lib/activation/hard-swish.wgsl";
import noneShader from "../../shaders/lib/activation/none.wgsl";
import reluShader from "../../shaders/lib/activation/relu.wgsl";
import relu6Shader from "../../shaders/lib/activation/relu6.wgsl";
import outputChannelsShader from "../../shaders/lib/output-channels.wgsl";
import chosenActivationShader from "../../shaders/model/chosen-activation.wgsl";
import type { Step } from "../kernel/step.ts";
import type { Uniforms } from "../kernel/uniforms.ts";

/** The activations that the kernel chooses among, by the uniform that chooses them. */
const CHOICES = [noneShader, reluShader, relu6Shader, hardSwishShader];

/** Returns a step whose activation is chosen by a uniform, or the step itself if it has no such activation. */
export function withChosenActivation<Name extends string>(step: Step<Name>): Step<Name> {
  const { shaders, constants } = step.kernel;
  const activation = CHOICES.findIndex((shader) => shaders.includes(shader));
  if (activation < 0 || !shaders.includes(outputChannelsShader)) return step;
  const others = shaders.filter((shader) => shader !== CHOICES[activation] && shader !== outputChannelsShader);
  const yChannels = { ...(step.uniforms["yChannels"] as Uniforms), activation };
  return {
    ...step,
    // The last shader names the kernel.
    kernel: {
      ...step.kernel,
      shaders: [chosenActivationShader, ...others],
      constants: { ...constants, PARAMETER: { f32: 0 } },
    },
    uniforms: { ...step.uniforms, yChannels },
  };
}
