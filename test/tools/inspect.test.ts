// What `npm run inspect` counts in assembly, and its command line. The assembly is cut from real kernels; no driver is needed.
import { describe, expect, it } from "vitest";
import { readAmd } from "../../tools/inspect/amd.ts";
import type { Compiled } from "../../tools/inspect/gpu.ts";
import { readIntel } from "../../tools/inspect/intel.ts";
import { parseOptions } from "../../tools/inspect/options.ts";
import { faultsOf } from "../../tools/inspect/report.ts";

describe("the assembly of AMD", () => {
  // Two loops: the inner one multiplies, the outer one fills workgroup memory.
  const RDNA2 = `
BB0:
	v_mov_b32_e32 v1, 0                                         ; 7e020280
BB1:
	buffer_load_dwordx4 v[4:7], v1, s[8:11], 0 offen            ; e0381000 80020401
	s_waitcnt vmcnt(0)                                          ; bf8c3f70
	ds_write_b128 v2, v[4:7]                                    ; db7c0000 00000402
	s_barrier                                                   ; bf8a0000
BB2:
	ds_read_b128 v[8:11], v3                                    ; dbfc0000 08000003
	ds_read2_b32 v[12:13], v3 offset0:1 offset1:2               ; d8dc0201 0c000003
	v_fmac_f32_e32 v14, v8, v12                                 ; 561c1908
	v_fma_f32 v15, v9, v13, v15                                 ; d54b000f 043e1b09
	v_add_nc_u32_e32 v3, 16, v3                                 ; 4a060690
	s_cbranch_scc0 BB2                                          ; bf84fff8
BB3:
	s_cbranch_scc0 BB1                                          ; bf84fff0
BB4:
	buffer_store_dword v14, v1, s[8:11], 0 offen                ; e0701000 80020e01
	s_endpgm                                                    ; bf810000
`;

  it("is counted in the innermost loop that multiplies", () => {
    const { counts, isLoop } = readAmd(RDNA2);
    expect(isLoop).toBe(true);
    expect(counts).toMatchObject({
      fma: 2,
      otherAlu: 1,
      loads: 0,
      sharedLoads: 2,
      sharedLoadedNumbers: 6,
      barriers: 0,
    });
  });

  it("is counted as a whole without loops", () => {
    const { counts, isLoop } = readAmd(RDNA2.replaceAll(/\ts_cbranch.*\n/g, ""));
    expect(isLoop).toBe(false);
    expect(counts).toMatchObject({
      fma: 2,
      otherAlu: 2,
      loads: 1,
      loadedNumbers: 4,
      stores: 1,
      sharedStores: 1,
      barriers: 1,
    });
  });

  it("has two operations in an instruction of RDNA 3 that pairs them", () => {
    const pair = "BB0:\n\tv_dual_fmac_f32 v1, v2, v3 :: v_dual_fmac_f32 v4, v5, v6 ; c8000000\n\ts_endpgm";
    const mixed = "BB0:\n\tv_dual_mul_f32 v1, v2, v3 :: v_dual_fmac_f32 v4, v5, v6 ; c8000000\n\ts_endpgm";
    expect(readAmd(pair).counts).toMatchObject({ fma: 2, otherAlu: 0 });
    expect(readAmd(mixed).counts).toMatchObject({ fma: 1, otherAlu: 0 });
  });
});

it("the assembly of Intel has its loads in the descriptions of messages", () => {
  const XE = `
LABEL1:
send(16)        g20UD           g44UD           nullUD          0x041c50fe                0x00000000
                            dp data 1 MsgDesc: (untyped surface read, Surface = 254, SIMD16, Mask = 0x0) mlen 2 ex_mlen 0 rlen 8 { align1 1H $0 };
send(16)        g28UD           g46UD           nullUD          0x04205e02                0x00000000
                            dp data 1 MsgDesc: (untyped surface read, Surface = 2, SIMD16, Mask = 0xe) mlen 2 ex_mlen 0 rlen 2 { align1 1H $1 };
send(16)        g116UD          g118UD          nullUD          0x022803fd                0x00000000
                            data MsgDesc: (DC OWORD block read, bti 253, owords = 4, aligned = 0) mlen 1 ex_mlen 0 rlen 2 { align1 WE_all 1H @4 $1 };
sync nop(1)                     null<0,1,0>UB                   { align1 WE_all 1N $0.dst };
mad(16)         g60<1>F         g60<8,8,1>F     g20<8,8,1>F     g28<1,1,1>F { align1 1H compacted };
mad(16)         g62<1>D         g62<8,8,1>D     g20<8,8,1>D     g28<1,1,1>D { align1 1H compacted };
add(16)         g44<1>D         g44<8,8,1>D     64D             { align1 1H compacted };
while(16)       JIP:  LABEL1                                    { align1 1H };
`;
  const { counts, isLoop } = readIntel(XE);
  expect(isLoop).toBe(true);
  expect(counts).toMatchObject({
    fma: 1,
    otherAlu: 2,
    loads: 1,
    loadedNumbers: 1,
    sharedLoads: 1,
    sharedLoadedNumbers: 4,
  });
});

describe("the limits", () => {
  const compiled = { spills: 0, fills: 0, scratchBytes: 0 } as Compiled;

  it("are kept by a small kernel that stays in registers", () => {
    expect(faultsOf({ sourceBytes: 24_000, outcome: { milliseconds: 400, compiled } })).toEqual([]);
  });

  it("are broken by a spill, by much source and by slow compiling, each named", () => {
    const outcome = { milliseconds: 401, compiled: { ...compiled, spills: 3, scratchBytes: 12 } };
    const faults = faultsOf({ sourceBytes: 24_001, outcome });
    expect(faults).toEqual(["spills 3:0 registers, 12 B of scratch", "24.0 kB of source", "401 ms to compile"]);
  });
});

describe("the command line", () => {
  it("has layers, batches and candidates to show", () => {
    const options = parseOptions(["--chip", "tgl", "--layers", "L1,L8", "--batch", "1,16", "--top", "3"]);
    expect(options).toMatchObject({ suite: "layers", layers: ["L1", "L8"], batches: [1, 16], top: 3, files: [] });
  });

  it.each([
    [["--layers", "L99"], /--layers is "L99", expected one of L1,/],
    [["--batch", "0"], /--batch is "0", expected an integer/],
    [["--class", "matrox"], /--class is "matrox", expected one of software,/],
    [["--variant", "f4x3"], /--variant needs --algorithm/],
    [["--layer", "L1"], /Unknown option '--layer'/],
  ])("refuses %j", (argv, message) => {
    expect(() => parseOptions(argv)).toThrow(message);
  });
});
