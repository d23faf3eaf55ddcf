// One level of merging: an invocation merges up to 64 parts of an owner into one.
// slots: merged
struct Merge { parts: u32, left: u32, threads: u32 }

@group(0) @binding(0) var<uniform> g: Merge;
@group(0) @binding(1) var<storage, read_write> results: array<vec4f>;
@group(0) @binding(2) var<storage, read> given: array<vec4f>;

fn thread(index: u32) {
  let owner = index / g.left;
  let part = index - owner * g.left;
  var whole = given[owner * g.parts + part];
  for (var other = part + g.left; other < g.parts; other += g.left) {
    whole = merged(whole, given[owner * g.parts + other]);
  }
  results[index] = whole;
}
