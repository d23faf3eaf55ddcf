// The buffers that a plan works on, by name.

/**
 * The buffers a plan works on: the tensors of a pass, and those of its epilogue and of its prologue (`gate`: what the derivative of an
 * activation is computed from). `workspace` is scratch memory: its contents before and after a run mean nothing. `prepared` holds what
 * the plan makes of one operand alone (packed, transformed): of weights it is kept with their tensor. `padded` is the gradient of
 * a padded input, until the plan is joined and it gets its place in the workspace.
 */
export type Operand = TensorOperand | "workspace" | "prepared" | "padded";
export type TensorOperand = "x" | "w" | "y" | "dx" | "dw" | "dy" | "db" | "bias" | "residual" | "gate";
