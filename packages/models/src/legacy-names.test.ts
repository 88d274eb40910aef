import { expect, test } from '@jest/globals';
import { families } from './index.js';
import { renameLegacyLayerNorm } from './legacy-names.js';

test.each([
  ['bert.embeddings.LayerNorm.gamma', 'bert.embeddings.LayerNorm.weight'],
  ['cls.predictions.transform.LayerNorm.beta', 'cls.predictions.transform.LayerNorm.bias'],
  ['bert.encoder.layer.0.output.LayerNorm.weight', 'bert.encoder.layer.0.output.LayerNorm.weight'],
  ['layer.gamma', 'layer.gamma'],
])('%s is today %s', (old, today) => expect(renameLegacyLayerNorm(old)).toBe(today));

test.each(['bert', 'roberta', 'xlm-roberta', 'electra', 'distilbert'])('%s takes the old names', (modelType) => {
  const family = families.find((family) => family.modelType === modelType)!;
  expect(family.rename!('LayerNorm.gamma')).toBe('LayerNorm.weight');
});
