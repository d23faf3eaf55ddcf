// Reads IDX files, the format of MNIST and similar data sets (Y. LeCun, C. Cortes, C. Burges, "The MNIST database"): two zero bytes, the element
// type, the number of axes, their sizes as 32-bit integers, then the elements, all big-endian.

/** Names, sizes and readers of the element types. */
const TYPES = {
  0x08: { bytes: 1, read: (view, at) => view.getUint8(at) },
  0x09: { bytes: 1, read: (view, at) => view.getInt8(at) },
  0x0b: { bytes: 2, read: (view, at) => view.getInt16(at) },
  0x0c: { bytes: 4, read: (view, at) => view.getInt32(at) },
  0x0d: { bytes: 4, read: (view, at) => view.getFloat32(at) },
  0x0e: { bytes: 8, read: (view, at) => view.getFloat64(at) },
};

/**
 * Reads the array of an IDX file.
 * @param bytes the uncompressed file, an ArrayBuffer or Uint8Array
 * @returns its shape, and its elements in row-major order
 */
export function readIdx(bytes) {
  const { buffer, byteOffset, byteLength } = ArrayBuffer.isView(bytes) ? bytes : new Uint8Array(bytes);
  const view = new DataView(buffer, byteOffset, byteLength);
  if (byteLength >= 2 && view.getUint16(0) === 0x1f8b)
    throw new Error("the file is compressed: unpack it with gunzip first");
  if (byteLength < 4 || view.getUint16(0) !== 0)
    throw new Error("this is no IDX file: it does not begin with two zeros");
  const type = TYPES[view.getUint8(2)];
  if (!type) throw new Error(`the IDX file has elements of the unknown type ${view.getUint8(2)}`);
  const axes = view.getUint8(3);
  const start = 4 + 4 * axes;
  if (byteLength < start) throw new Error(`the IDX file ends in its header of ${start} bytes`);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((product, size) => product * size, 1);
  const wanted = start + count * type.bytes;
  if (byteLength !== wanted)
    throw new Error(`the IDX file has ${byteLength} bytes, and ${wanted} for [${shape.join(", ")}]`);
  return { shape, data: Float32Array.from({ length: count }, (_, at) => type.read(view, start + at * type.bytes)) };
}

/**
 * Reads images and their labels from two IDX files, in the form that `drawDigits` returns.
 * @param images a file of count x 28 x 28 bytes
 * @param labels a file of `count` digits
 */
export function readDigits(images, labels) {
  const [pictures, digits] = [readIdx(images), readIdx(labels)];
  const [count, ...sides] = pictures.shape;
  if (sides.join() !== "28,28")
    throw new Error(`the images have the shape [${pictures.shape.join(", ")}], not [count, 28, 28]`);
  if (digits.shape.join() !== String(count))
    throw new Error(`there are ${count} images, and labels of the shape [${digits.shape.join(", ")}]`);
  return { images: pictures.data.map((value) => value / 255), labels: Uint8Array.from(digits.data), count };
}
