// Subgroup matrices where there are none: rewrites a kernel that multiplies by them so that each invocation of a subgroup computes its share of the
// sums from workgroup memory, which no invocation changes until all have multiplied.

const MATRICES = `
const SHARE = MATRIX_M * MATRIX_N / LANES;
// Where a matrix starts in workgroup memory, and the distances between its rows and columns.
struct Operand { at: u32, row: u32, column: u32 }
alias Left = Operand;
alias Right = Operand;
alias Share = array<f32, SHARE>;
var<private> lane: u32;

fn part_of(local: u32) -> vec4u {
  lane = local % LANES;
  return part_of_subgroup(local);
}

fn load_row_major(at: u32, stride: u32) -> Operand {
  return Operand(at, stride, 1u);
}

fn load_col_major(at: u32, stride: u32) -> Operand {
  return Operand(at, 1u, stride);
}

fn multiply_matrices(left: Left, right: Right, sums: Share) -> Share {
  var result = sums;
  for (var i = 0u; i < SHARE; i++) {
    let row = (lane + i * LANES) / MATRIX_N;
    let column = (lane + i * LANES) % MATRIX_N;
    for (var k = 0u; k < MATRIX_K; k++) {
      result[i] += f32(tile_a[left.at + row * left.row + k * left.column]) * f32(tile_b[right.at + k * right.row + column * right.column]);
    }
  }
  return result;
}

fn store_matrix(at: u32, sums: Share, stride: u32) {
  var cells = sums;
  for (var i = 0u; i < SHARE; i++) {
    results[at + (lane + i * LANES) / MATRIX_N * stride + (lane + i * LANES) % MATRIX_N] = cells[i];
  }
}
`;

/** Returns the WGSL of a kernel without subgroup matrices; any other as it is. */
export function withoutSubgroupMatrices(code: string): string {
  if (!code.includes("subgroupMatrixLoad")) return code;
  const rewritten = code
    .replace(/^enable chromium_experimental_subgroup_matrix;$/gm, "")
    .replace(/^diagnostic\(off,\s*chromium[^;]*;$/gm, "")
    .replace(/alias (?:Left|Right)\s*=[^;]*;/g, "")
    .replace(/subgroup_matrix_result<f32,\s*MATRIX_N,\s*MATRIX_M>/g, "Share")
    .replace("fn part_of(", "fn part_of_subgroup(")
    .replace(/subgroupMatrixLoad<\w+,\s*(row_major|col_major)>\(&\w+,\s*/g, "load_$1(")
    .replace(/subgroupMatrixStore<row_major>\(&results,\s*/g, "store_matrix(")
    .replaceAll("subgroupMatrixMultiplyAccumulate", "multiply_matrices");
  return rewritten + MATRICES;
}
