// Operands: the names of the buffers that a plan reads and writes.

/**
 * The buffers of a plan: the tensors of the pass, its epilogue and its activation gradient (`gate`: what the derivative is computed from).
 * `workspace` is scratch memory, whose contents before and after a run mean nothing. `prepared` holds what the plan computes from one
 * operand alone (packed or transformed weights, which are kept with their tensor). `padded` is the gradient of a padded input, until the
 * steps of the passes are joined and it is placed in the workspace.
 */
export type Operand = TensorOperand | "workspace" | "prepared" | "padded";
export type TensorOperand = "x" | "w" | "y" | "dx" | "dw" | "dy" | "db" | "bias" | "residual" | "gate";
