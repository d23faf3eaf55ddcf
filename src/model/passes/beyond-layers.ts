// The passes for graphs of more than layers: normalisations, arithmetic, padding and moves. Loaded for such graphs only.
import { chooseLayouts } from "./choose-layouts.ts";
import { dropIdentities } from "./drop-identities.ts";
import { foldAffine } from "./fold-affine.ts";
import { foldConstants } from "./fold-constants.ts";
import { foldPadding } from "./fold-padding.ts";
import { joinMoves } from "./join-moves.ts";
import { recogniseActivations } from "./recognise-activations.ts";
import { recogniseLayers } from "./recognise-layers.ts";
import type { Pass } from "./rewriting.ts";

export const PASSES: readonly Pass[] = [
  foldConstants,
  chooseLayouts,
  joinMoves,
  dropIdentities,
  recogniseActivations,
  recogniseLayers,
  foldPadding,
  foldAffine,
];
