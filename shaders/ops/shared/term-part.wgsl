// A part of a sum.
// types: P
@group(0) @binding(1) var<storage, read> parts: array<P>;

fn term(at: u32) -> P {
  return parts[at];
}
