// The geometry of locally connected layers. Weights are [K, terms, cells], or with CHANNELS_LAST [cells, terms, K].
// constants: CHANNELS_LAST
// types: Map
struct Local {
  input: Map, output: Map,
  threads: u32, batch: u32, group_c: u32, group_k: u32,
  kernel_d: u32, kernel_h: u32, kernel_w: u32,
  stride_d: u32, stride_h: u32, stride_w: u32,
  dilation_d: u32, dilation_h: u32, dilation_w: u32,
  begin_d: u32, begin_h: u32, begin_w: u32,
}

// The distances between neighbouring weights.
struct WeightStrides { k: u32, c: u32, tap: u32, cell: u32 }

fn weight_strides(g: Local) -> WeightStrides {
  let cells = g.output.depth * g.output.height * g.output.width;
  let taps = g.kernel_d * g.kernel_h * g.kernel_w;
  if (CHANNELS_LAST) {
    let k = g.output.channels;
    return WeightStrides(1u, k, g.group_c * k, taps * g.group_c * k);
  }
  return WeightStrides(g.group_c * taps * cells, taps * cells, cells, 1u);
}

// The distances between neighbouring elements of a feature map.
struct Strides { image: u32, channel: u32, cell: u32 }

fn strides_of(map: Map) -> Strides {
  let cells = map.depth * map.height * map.width;
  return Strides(map.channels * cells, select(cells, 1u, CHANNELS_LAST), select(1u, map.channels, CHANNELS_LAST));
}
