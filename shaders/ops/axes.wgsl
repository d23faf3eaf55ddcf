// The axes that elements lie along, outermost first, and how they number sets and parameters (src/ops/geometry/normalisation.ts).
struct Axes { size: vec4u, sets: vec4u, parameters: vec4u }

struct Indices { in_set: u32, parameter: u32 }

fn indices_at(place: u32, axes: Axes) -> Indices {
  let z = place / axes.size.w;
  let y = z / axes.size.z;
  let x = y / axes.size.y;
  let at = vec4u(x, y - x * axes.size.y, z - y * axes.size.z, place - z * axes.size.w);
  return Indices(dot(at, axes.sets), dot(at, axes.parameters));
}
