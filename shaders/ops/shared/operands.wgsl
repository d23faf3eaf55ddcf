// The operands of an element-wise operation, up to three: A, B and C in storage, FA, FB and FC in arithmetic. An operand that is broadcast along
// the innermost axis has one number for a whole item.
// types: A, B, C, FA, FB, FC, L, U
@group(0) @binding(1) var<storage, read> a: array<A>;
@group(0) @binding(2) var<storage, read> b: array<B>;
@group(0) @binding(3) var<storage, read> c: array<C>;

// The bits of infinity.
const INFINITE = 0x7f800000u;

// The bits of a number without its sign: over those of infinity it is NaN. WGSL lets compilers assume that no
// number is NaN (section 15.7.2).
fn size_bits(v: L) -> U {
  return bitcast<U>(v) & U(0x7fffffffu);
}

fn first(at: vec3u) -> L {
  return L(FA(a[at.x]));
}

fn second(at: vec3u) -> L {
  return L(FB(b[at.y]));
}

fn third(at: vec3u) -> L {
  return L(FC(c[at.z]));
}
