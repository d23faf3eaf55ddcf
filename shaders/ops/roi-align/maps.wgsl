// The maps of region alignment: channels, which invocations compute in runs, and cells.
// constants: CHANNELS_LAST
struct RoiAlign {
  threads: u32, images: u32, channels: u32,
  // Runs of channels, and regions.
  runs: u32, regions: u32,
  height: u32, width: u32, rows: u32, columns: u32,
  // Samples of a bin along each axis, or 0.
  sampling_ratio: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> g: RoiAlign;
// The distance of the channels of a map with so many cells, and that of its cells.
fn channel_step(cells: u32) -> u32 {
  return select(cells, 1u, CHANNELS_LAST);
}

fn cell_step() -> u32 {
  return select(1u, g.channels, CHANNELS_LAST);
}

// The first channel of a run, and the distance of its channels. Channels last, neighbouring invocations have neighbouring channels.
fn run_first(run: u32, length: u32) -> u32 {
  return select(run * length, run, CHANNELS_LAST);
}

fn run_step() -> u32 {
  return select(1u, g.runs, CHANNELS_LAST);
}

// Where the tables (tables.wgsl) of a row and of a column of bins are, and those of a row and of a column of cells.
fn rows_at(r: u32, row: u32) -> u32 {
  return g.regions + (r * g.rows + row) * (g.height + 2u);
}

fn columns_at(r: u32, column: u32) -> u32 {
  return rows_at(g.regions, 0u) + (r * g.columns + column) * (g.width + 2u);
}

fn cell_rows_at(r: u32, row: u32) -> u32 {
  return columns_at(g.regions, 0u) + (r * g.height + row) * 2u;
}

fn cell_columns_at(r: u32, column: u32) -> u32 {
  return cell_rows_at(g.regions, 0u) + (r * g.width + column) * 2u;
}
