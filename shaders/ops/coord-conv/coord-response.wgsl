// The convolution of the coordinates, which is the same for every image. An invocation computes RUN channels of four cells, which share
// weights, and writes them to all images. The result y is declared in coord-residual.wgsl or no-coord-residual.wgsl.
// slots: added, coordinates_at
// constants: CHANNELS_LAST, RUN
// types: Coordinates, E
struct Response { threads: u32, @align(16) coordinates: Coordinates }

@group(0) @binding(0) var<uniform> g: Response;
@group(0) @binding(1) var<storage, read> w: array<E>;

fn thread(index: u32) {
  let a = g.coordinates;
  let runs = (a.output.channels + RUN - 1u) / RUN;
  let cells = a.output.depth * a.output.height * a.output.width;
  let fours = (cells + 3u) / 4u;
  let first = select(index / fours, index % runs, CHANNELS_LAST) * RUN;
  let first_cell = select(index % fours, index / runs, CHANNELS_LAST) * 4u;
  let taps = a.kernel_d * a.kernel_h * a.kernel_w;
  var places: array<vec3u, 4>;
  // @unroll
  for (var j = 0u; j < 4u; j++) {
    let cell = min(first_cell + j, cells - 1u);
    let row = cell / a.output.width;
    let d = row / a.output.height;
    places[j] = vec3u(d, row - d * a.output.height, cell - row * a.output.width);
  }
  var sums: array<vec4f, RUN>;
  var tap = 0u;
  for (var t = 0u; t < a.kernel_d; t++) {
    for (var r = 0u; r < a.kernel_h; r++) {
      for (var s = 0u; s < a.kernel_w; s++) {
        let reach = vec3u(t, r, s);
        let seen = transpose(mat4x4f(
          coordinates_at(places[0], reach, a), coordinates_at(places[1], reach, a),
          coordinates_at(places[2], reach, a), coordinates_at(places[3], reach, a),
        ));
        for (var c = 0u; c < a.channels; c++) {
          let channel = a.input.channels - a.channels + c;
          let values = seen[c];
          // @unroll
          for (var i = 0u; i < RUN; i++) {
            let k = min(first + i, a.output.channels - 1u);
            let at = select((k * a.input.channels + channel) * taps + tap, (tap * a.input.channels + channel) * a.output.channels + k, CHANNELS_LAST);
            sums[i] += values * f32(w[at]);
          }
        }
        tap++;
      }
    }
  }
  for (var n = 0u; n < a.batch; n++) {
    // @unroll
    for (var i = 0u; i < RUN; i++) {
      let k = first + i;
      for (var j = 0u; j < 4u; j++) {
        let cell = first_cell + j;
        if ((k < a.output.channels) & (cell < cells)) {
          let at = select((n * a.output.channels + k) * cells + cell, (n * cells + cell) * a.output.channels + k, CHANNELS_LAST);
          y[at] = E(sums[i][j] + added(at));
        }
      }
    }
  }
}
