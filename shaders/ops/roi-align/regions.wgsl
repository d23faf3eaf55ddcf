// Regions of maps: their bins, and the samples in these along each axis.
// slots: bounded
// constants: HALF_PIXEL
// types: G, I
@group(0) @binding(1) var<storage, read> rois: array<G>;
@group(0) @binding(2) var<storage, read> images: array<I>;

// A region along an axis: where it begins, the size of its bins, and the samples of a bin with their distance.
struct Along { start: f32, bin: f32, count: f32, step: f32 }

struct Region { image: u32, y: Along, x: Along }

// As many samples of a bin as an axis can have cells that they miss.
const MOST = 1048576.0;

fn along_of(low: f32, high: f32, bins: u32) -> Along {
  let offset = select(0.0, 0.5, HALF_PIXEL);
  let start = bounded(low) * g.scale - offset;
  var size = bounded(high) * g.scale - offset - start;
  if (!HALF_PIXEL) {
    size = max(size, 1.0);
  }
  let bin = size / f32(bins);
  let count = select(f32(g.sampling_ratio), clamp(ceil(bin), 0.0, MOST), g.sampling_ratio == 0u);
  return Along(start, bin, count, bin / max(count, 1.0));
}

fn region_at(r: u32) -> Region {
  let image = f32(images[r]);
  return Region(
    // Other values have no image.
    select(g.images, u32(image), image >= 0.0 && image < f32(g.images)),
    along_of(f32(rois[4u * r + 1u]), f32(rois[4u * r + 3u]), g.rows),
    along_of(f32(rois[4u * r]), f32(rois[4u * r + 2u]), g.columns),
  );
}

// The samples of a bin, from the first to before the last, beyond which none lies from `low` to `high`.
fn samples_between(bin: u32, a: Along, low: f32, high: f32) -> vec2f {
  let base = a.start + f32(bin) * a.bin;
  if (abs(a.step) < 1e-20) {
    return vec2f(0.0, a.count);
  }
  let ends = (vec2f(low, high) - base) / a.step;
  return clamp(vec2f(floor(min(ends.x, ends.y)) - 1.0, ceil(max(ends.x, ends.y)) + 1.0), vec2f(), vec2f(a.count));
}

// The cells of a sample, and the weight of the second one; outside, samples are 0.
struct Tap { low: u32, high: u32, weight: f32, inside: bool }

fn tap_of(bin: u32, sample: f32, a: Along, size: u32) -> Tap {
  let place = a.start + f32(bin) * a.bin + (sample + 0.5) * a.step;
  let inside = place >= -1.0 && place <= f32(size);
  let held = clamp(place, 0.0, f32(size - 1u));
  let low = u32(held);
  return Tap(low, min(low + 1u, size - 1u), held - f32(low), inside);
}
