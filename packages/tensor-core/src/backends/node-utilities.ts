/**
 * Puts back the function of `node:util` that Node 23 dropped and every operation of tfjs-node 4.22 calls, so that
 * tfjs-node works there too (tensorflow/tfjs#8609: mended, but never released).
 */
export function restoreNodeUtilities(): void {
  const utilities = process.getBuiltinModule('node:util') as { isNullOrUndefined?: ((value: unknown) => boolean) | undefined };
  utilities.isNullOrUndefined ??= (value) => value === undefined || value === null;
}
