// Fused multiply-adds in CHAINS independent chains an invocation, and nothing beside them. Factor and addend come from memory, so that no
// compiler knows them; they are 1, so that a chain counts its steps, exactly, and what was not computed shows in the sum.
const STEPS = 16u;

@group(0) @binding(0) var<storage, read> numbers: array<f32, 3>; // factor, addend, rounds
@group(0) @binding(1) var<storage, read_write> results: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let factor = vec4f(numbers[0]);
  let addend = vec4f(numbers[1]);
  let rounds = u32(numbers[2]);
  var chains: array<vec4f, CHAINS>;
  // @unroll
  for (var chain = 0u; chain < CHAINS; chain++) {
    chains[chain] = vec4f(f32(id.x % 16u + chain)) + vec4f(0.0, 1.0, 2.0, 3.0);
  }
  for (var round = 0u; round < rounds; round++) {
    // @unroll
    for (var step = 0u; step < STEPS; step++) {
      // @unroll
      for (var chain = 0u; chain < CHAINS; chain++) {
        chains[chain] = fma(chains[chain], factor, addend);
      }
    }
  }
  var sum = vec4f(0.0);
  // @unroll
  for (var chain = 0u; chain < CHAINS; chain++) {
    sum += chains[chain];
  }
  results[id.x] = sum;
}
