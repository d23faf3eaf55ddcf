// Upscales a photo by UpscalerJS on TensorFlow.js: by the kernels that come with it, then by Convoke's.
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-webgpu";
import { register, statistics, unregister } from "convoke/tfjs";

const PACKAGES = "./node_modules";
const element = (id) => document.querySelector(`#${id}`);
const status = element("status");

/** Runs and shows errors in the page. */
async function shown(run) {
  element("start").disabled = true;
  try {
    await run();
  } catch (error) {
    status.textContent = `${error.name}: ${error.message}`;
  }
  element("start").disabled = false;
}

/** Loads UpscalerJS with its network from the packages; by itself it would fetch the network from the internet. */
async function loadUpscaler() {
  globalThis.tf = tf; // where UpscalerJS looks for it
  await import(`${PACKAGES}/@upscalerjs/default-model/dist/umd/index.min.js`);
  await import(`${PACKAGES}/upscaler/dist/browser/umd/upscaler.min.js`);
  const path = `${PACKAGES}/@upscalerjs/default-model/models/model.json`;
  return new globalThis.Upscaler({ model: { ...globalThis.DefaultUpscalerJSModel, path } });
}

/** Draws the chosen photo, or one of a cat, as wide as asked for. */
async function drawInput() {
  const [file] = element("photo").files;
  const photo = new Image();
  photo.src = file ? URL.createObjectURL(file) : "../photo/images/chelsea.png";
  await photo.decode();
  const canvas = element("input");
  canvas.width = Number(element("width").value);
  canvas.height = Math.round((canvas.width * photo.height) / photo.width);
  canvas.getContext("2d").drawImage(photo, 0, 0, canvas.width, canvas.height);
  if (file) URL.revokeObjectURL(photo.src);
  return canvas;
}

/** Upscales a picture twice, the first time to compile the kernels, and shows the second result and its time. */
async function measure(upscaler, picture, id) {
  const warm = await upscaler.upscale(picture, { output: "tensor" });
  await warm.data();
  warm.dispose();
  const start = performance.now();
  const result = await upscaler.upscale(picture, { output: "tensor" });
  const values = await result.data();
  element(`${id}-time`).textContent = `${Math.round(performance.now() - start)} ms`;
  await tf.browser.toPixels(
    tf.tidy(() => result.clipByValue(0, 255).toInt()),
    element(id),
  );
  result.dispose();
  return values;
}

async function upscale(upscaler) {
  status.textContent = "Working...";
  const canvas = await drawInput();
  // As floats: TensorFlow.js' convolution on WebGPU fails on the integers of three channels.
  const picture = tf.tidy(() => tf.browser.fromPixels(canvas).toFloat());
  try {
    unregister();
    const expected = await measure(upscaler, picture, "without");
    register();
    const values = await measure(upscaler, picture, "with");
    let difference = 0;
    for (let at = 0; at < values.length; at++) difference = Math.max(difference, Math.abs(values[at] - expected[at]));
    const served = Object.values(statistics()).reduce((sum, calls) => sum + calls.served, 0);
    status.textContent =
      `The pixels, from 0 to 255, differ by ${difference.toExponential(1)} at most. ` +
      `Convoke has computed ${served} calls of kernels.`;
  } finally {
    picture.dispose();
  }
}

await shown(async () => {
  await tf.setBackend("webgpu");
  const upscaler = await loadUpscaler();
  element("start").addEventListener("click", () => void shown(() => upscale(upscaler)));
  await upscale(upscaler);
});
