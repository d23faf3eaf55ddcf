// The coordinates of the cells of a feature map as channels: x along the width, y along the height, z along the depth, each from -1 to 1,
// and with RADIUS the distance from the centre as the last channel.
// slots: element_at
// constants: RADIUS
// types: Map
struct Coordinates { map: Map, threads: u32 }

@group(0) @binding(0) var<uniform> g: Coordinates;
@group(0) @binding(1) var<storage, read_write> coordinates: array<f32>;

fn coordinate(at: u32, size: u32) -> f32 {
  let last = i32(size) - 1;
  return f32(2 * i32(at) - last) / f32(max(last, 1));
}

fn thread(index: u32) {
  let cell = element_at(index, g.map);
  // Axes past the map's rank have one cell, of coordinate 0.
  let place = vec3f(coordinate(cell.w, g.map.width), coordinate(cell.h, g.map.height), coordinate(cell.d, g.map.depth));
  let radius = sqrt(place.x * place.x + place.y * place.y + place.z * place.z);
  coordinates[index] = select(place[min(cell.c, 2u)], radius, RADIUS && cell.c + 1u == g.map.channels);
}
