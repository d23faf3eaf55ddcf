// The limits of compatibility mode that differ from WebGPU's defaults and concern compute shaders.
export const COMPATIBILITY = {
  maxComputeInvocationsPerWorkgroup: 128,
  maxComputeWorkgroupSizeX: 128,
  maxComputeWorkgroupSizeY: 128,
  maxUniformBufferBindingSize: 16_384,
};
