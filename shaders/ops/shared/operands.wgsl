// The operands of an element-wise operation, up to three: A, B and C in storage, FA, FB and FC in arithmetic. An operand that is broadcast along
// the innermost axis has one number for a whole item. A kernel has load_first or kept_first as `first`, and so on: an operand that is the same for
// all items of an invocation is loaded once, by `hold_first`.
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

var<private> kept_a: FA;
var<private> kept_b: FB;
var<private> kept_c: FC;

fn load_first(at: vec3u) -> L {
  return L(FA(a[at.x]));
}

fn load_second(at: vec3u) -> L {
  return L(FB(b[at.y]));
}

fn load_third(at: vec3u) -> L {
  return L(FC(c[at.z]));
}

fn keep_first(at: vec3u) {
  kept_a = FA(a[at.x]);
}

fn keep_second(at: vec3u) {
  kept_b = FB(b[at.y]);
}

fn keep_third(at: vec3u) {
  kept_c = FC(c[at.z]);
}

fn keep_nothing(at: vec3u) {
}

fn kept_first(at: vec3u) -> L {
  return L(kept_a);
}

fn kept_second(at: vec3u) -> L {
  return L(kept_b);
}

fn kept_third(at: vec3u) -> L {
  return L(kept_c);
}
