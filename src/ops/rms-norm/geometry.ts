/** The number added to a mean square unless one is given: the machine epsilon of float32, as in PyTorch. */
export const RMS_EPSILON = 2 ** -23;
