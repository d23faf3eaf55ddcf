// Indexing of feature maps: [n, c, d, h, w], or with CHANNELS_LAST [n, d, h, w, c].
// constants: CHANNELS_LAST
struct Map { channels: u32, depth: u32, height: u32, width: u32 }

struct Element { n: u32, c: u32, d: u32, h: u32, w: u32 }

// The index of an element in its tensor.
fn place_of(e: Element, map: Map) -> u32 {
  if (CHANNELS_LAST) {
    return (((e.n * map.depth + e.d) * map.height + e.h) * map.width + e.w) * map.channels + e.c;
  }
  return (((e.n * map.channels + e.c) * map.depth + e.d) * map.height + e.h) * map.width + e.w;
}

// The element at an index.
fn element_at(index: u32, map: Map) -> Element {
  var rest = index;
  var e: Element;
  if (CHANNELS_LAST) {
    e.c = rest % map.channels;
    rest /= map.channels;
  }
  e.w = rest % map.width;
  rest /= map.width;
  e.h = rest % map.height;
  rest /= map.height;
  e.d = rest % map.depth;
  rest /= map.depth;
  if (!CHANNELS_LAST) {
    e.c = rest % map.channels;
    rest /= map.channels;
  }
  e.n = rest;
  return e;
}
