import { describe, expect, test } from '@jest/globals';
import { Embedding, Linear, Module } from '@unmask/tensor-core';
import { findTargets } from './targets.js';

/** A layer of a decoder. */
class Block extends Module {
  readonly q_proj = new Linear(1, 1);
  readonly v_proj = new Linear(1, 1);
}

/** The names of a decoder's layers. */
class Decoder extends Module {
  readonly model = Object.assign(new (class Inner extends Module {})(), { embed_tokens: new Embedding(1, 1), layers: [new Block(), new Block()] });
  readonly lm_head = new Linear(1, 1);
}

const decoder = new Decoder();
const NOTHING = { target_modules: null, exclude_modules: null, layers_to_transform: null, layers_pattern: null };
const found = (config: Partial<Parameters<typeof findTargets>[1]>) => findTargets(decoder, { ...NOTHING, ...config }, undefined, [Linear]).map(([path]) => path.replace('model.layers.', ''));

describe('findTargets', () => {
  // What PEFT 0.21 adapts under these configurations.
  test.each<[Parameters<typeof found>[0], readonly string[]]>([
    [{ target_modules: ['q_proj'] }, ['0.q_proj', '1.q_proj']],
    [{ target_modules: ['0.q_proj', 'head'] }, ['0.q_proj']],
    [{ target_modules: '.*q_proj\\Z' }, ['0.q_proj', '1.q_proj']],
    [{ target_modules: '(?i).*Q_PROJ' }, ['0.q_proj', '1.q_proj']],
    [{ target_modules: '.*(?P<which>q|v)_proj', exclude_modules: '.*(?<=layers\\.1\\.).*' }, ['0.q_proj', '0.v_proj']],
    [{ target_modules: '(?!.*lm_head).*', exclude_modules: ['v_proj'] }, ['0.q_proj', '1.q_proj']],
    [{ target_modules: 'All-Linear' }, ['0.q_proj', '0.v_proj', '1.q_proj', '1.v_proj']],
    [{ target_modules: ['q_proj', 'lm_head'] }, ['0.q_proj', '1.q_proj', 'lm_head']],
    [{ target_modules: ['q_proj', 'lm_head'], layers_to_transform: [1] }, ['1.q_proj', 'lm_head']], // a whole name counts in any layer
    [{ target_modules: ['q_proj'], layers_to_transform: 0, layers_pattern: 'layers' }, ['0.q_proj']],
    [{ target_modules: ['q_proj'], layers_to_transform: [0], layers_pattern: ['h', 'l.*s'] }, ['0.q_proj']],
  ])('%j', (config, names) => {
    expect(found(config)).toEqual(names);
  });

  test.each<[Parameters<typeof found>[0], string]>([
    [{ target_modules: '[' }, 'target_modules "[" is no regular expression: a bracket is not closed'],
    [{ target_modules: ['q_proj'], exclude_modules: '(?>q)' }, 'exclude_modules "(?>q)" has an atomic group, which is not supported: write it without'],
    [{ target_modules: ['q_proj'], layers_to_transform: [0], layers_pattern: '(' }, 'layers_pattern "(" is no regular expression'],
    [{ target_modules: ['q_proj'], layers_to_transform: [0], layers_pattern: 'h' }, 'matched 2 layers, all of which exclude_modules or layers_to_transform leave out'],
    [{ target_modules: ['k_proj'] }, 'matched none of 5 layers; did you mean "q_proj"?'],
  ])('%j is refused: %s', (config, message) => {
    expect(() => found(config)).toThrow(message);
  });
});
