// The GPUs that Mesa's drivers compile for without hardware.

/** Chips by name: of AMD by Mesa's names for RADV_FORCE_FAMILY, of Intel with the PCI id that null-i915.c answers with. */
export const CHIPS = {
  navi21: { what: "AMD RDNA 2, Radeon RX 6800" },
  navi10: { what: "AMD RDNA 1, Radeon RX 5700" },
  gfx1100: { what: "AMD RDNA 3, Radeon RX 7900" },
  vega10: { what: "AMD GCN 5, Radeon RX Vega" },
  renoir: { what: "AMD GCN 5, in Ryzen 4000 processors" },
  vangogh: { what: "AMD RDNA 2, Steam Deck" },
  tgl: { what: "Intel Xe-LP, Tiger Lake", pci: "0x9a49" },
  adl: { what: "Intel Xe-LP, Alder Lake", pci: "0x46a6" },
  dg2: { what: "Intel Xe-HPG, Arc (its loads are not counted right)", pci: "0x56a0" },
  icl: { what: "Intel Gen11, Ice Lake", pci: "0x8a52" },
  skl: { what: "Intel Gen9, Skylake", pci: "0x1912" },
};
