import { camelCase } from './names.js';

/** The files of a new adapter method, by their paths from the root: it scales outputs of layers, until someone writes what it is to do. */
export function adapterFiles(name: string): Readonly<Record<string, string>> {
  const method = camelCase(name);
  const Class = method[0].toUpperCase() + method.slice(1);
  const TYPE = name.replaceAll('-', '_').toUpperCase();
  const folder = `packages/adapters/src/methods/${name}`;
  return {
    [`${folder}/config.ts`]: `import type { ConfigFields, PeftConfig, TargetConfig } from '../../config.js';

/** The configuration of ${name} (where it is from: file and paper). */
export interface ${Class}Config extends PeftConfig, TargetConfig {
  readonly peft_type: '${TYPE}';
  /** What it is, its range and its default. */
  readonly strength: number;
}

/** @throws UnmaskError naming a field that is out of range */
export function parse${Class}Config(fields: ConfigFields): ${Class}Config {
  return {
    ...fields.common('${TYPE}'),
    peft_type: '${TYPE}',
    ...fields.targets(),
    strength: fields.number('strength', 1),
  };
}
`,
    [`${folder}/${name}.ts`]: `import { add, type Linear, multiply, Parameter, tf } from '@unmask/tensor-core';
import { LayerAdapter } from '../../method.js';
import type { ${Class}Config } from './config.js';

/** y = (1 + strength·a)·(W·x + b) with a [out], which starts at zero (the equation and where it is from). */
export class ${Class}Layer extends LayerAdapter {
  /** [out], under the name that it has in files. */
  readonly ${method}: Parameter;
  readonly #config: ${Class}Config;

  constructor({ outFeatures }: Linear, config: ${Class}Config) {
    super();
    this.${method} = new Parameter([outFeatures]);
    this.#config = config;
  }

  /** […, in] → […, out] */
  override forward(x: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
    const output = own(x);
    return add(output, multiply(multiply(output, this.${method}), tf.scalar(this.#config.strength)));
  }
}
`,
    [`${folder}/index.ts`]: `import { Linear } from '@unmask/tensor-core';
import { configFor, defineAdapter } from '../../method.js';
import { findTargets } from '../../targets.js';
import { type ${Class}Config, parse${Class}Config } from './config.js';
import { ${Class}Layer } from './${name}.js';

export type { ${Class}Config } from './config.js';

/** What it is (authors and year). */
export const ${method} = defineAdapter<${Class}Config>({
  type: '${TYPE}',
  summary: 'what it is, in a few words',
  prefix: '${method}',
  parse: parse${Class}Config,
  attach: ({ model }, config) => ({
    layers: new Map(findTargets(model, config, undefined, [Linear]).map(([path, layer]) => [path, new ${Class}Layer(layer, config)])),
  }),
});

/** Its configuration; what is left out has its default. */
export const ${method}Config = configFor(${method});
`,
    [`${folder}/configurations.ts`]: `import type { Configuration } from '../../conformance.js';

export const configurations: readonly Configuration[] = [
  { name: '${name}', config: { peft_type: '${TYPE}', target_modules: 'all-linear' }, mergeable: false },
];
`,
    [`${folder}/${name}.test.ts`]: `import { expect, test } from '@jest/globals';
import { ${method} } from './index.js';

test('computes its equation, on numbers worked out by hand', () => {
  expect(${method}.summary).toBe('to be written');
});

test('computes what the reference implementation computes', () => {
  expect(${method}.summary).toBe('to be written');
});
`,
    [`${folder}/README.md`]: `# ${Class}

What it is (authors, [year](https://arxiv.org)), and its equation.

\`\`\`ts
import { getPeftModel } from '@unmask/adapters';
import { loadModel } from '@unmask/models';
import { Random, selectBackend } from '@unmask/tensor-core';

await selectBackend('auto');
const random = new Random(1);
const base = await loadModel('packages/models/fixtures/tiny-bert', { head: { kind: 'classification', labels: 2 }, random });
const model = getPeftModel(base, { peft_type: '${TYPE}', target_modules: 'all-linear', task_type: 'SEQ_CLS' }, { random });
console.log(model.describeTrainableParameters());
\`\`\`

Beside LoRA: what it is better at, and what it costs.
`,
    [`.changeset/${name}.md`]: `---
'@unmask/adapters': minor
---

The adapter ${name}: what it is, in a sentence.
`,
  };
}
