/** The names of today for layer normalisation, whose weight and bias checkpoints from TensorFlow call `gamma` and `beta`. */
export function renameLegacyLayerNorm(name: string): string {
  return name.replace(/LayerNorm\.gamma$/, 'LayerNorm.weight').replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
}
