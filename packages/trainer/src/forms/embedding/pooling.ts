import type { TokenInputs } from '@unmask/models';
import { hostValues, joinPath, readJsonFile, readText, record, takeToken, tf, UnmaskError } from '@unmask/tensor-core';

/** How the vector of a text is made of those of its tokens (sentence-transformers' modules). */
export interface Pooling {
  /** Of all tokens their mean, or the first token's vector. */
  readonly mode: 'mean' | 'cls';
  /** Whether the vector is then made one of length 1. */
  readonly normalizes: boolean;
}

/** Of models that nobody has made for sentences. */
const STANDARD: Pooling = { mode: 'mean', normalizes: true };

/** The fields of 1_Pooling/config.json that say how. */
const MODES = {
  pooling_mode_mean_tokens: 'mean', pooling_mode_cls_token: 'cls', pooling_mode_max_tokens: 'max', pooling_mode_mean_sqrt_len_tokens: 'mean_sqrt_len', pooling_mode_weightedmean_tokens: 'weightedmean', pooling_mode_lasttoken: 'lasttoken',
} as const;

/**
 * What modules.json and 1_Pooling/config.json of a folder say; the mean, made one of length 1, where there are none.
 * @throws UnmaskError for modules and ways of pooling that are not known
 */
export async function readPooling(folder: string): Promise<Pooling> {
  const modules = await modulesIn(joinPath(folder, 'modules.json'));
  if (!modules) return STANDARD;
  const kinds = (modules as readonly { readonly type?: unknown; readonly path?: unknown }[]).map(({ type, path }) => ({ kind: String(type).split('.').at(-1)!, path: String(path) }));
  const unknown = kinds.find(({ kind }) => !['Transformer', 'Pooling', 'Normalize'].includes(kind));
  if (unknown) throw new UnmaskError(`${joinPath(folder, 'modules.json')} has a module ${unknown.kind}, which is not supported: Transformer, Pooling and Normalize are`, { code: 'unsupported' });
  const pooling = kinds.find(({ kind }) => kind === 'Pooling');
  return { mode: pooling ? await modeIn(joinPath(folder, pooling.path, 'config.json')) : STANDARD.mode, normalizes: kinds.some(({ kind }) => kind === 'Normalize') };
}

/** @throws UnmaskError when the file holds no list */
async function modulesIn(path: string): Promise<readonly unknown[] | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  try {
    const modules: unknown = JSON.parse(text);
    if (Array.isArray(modules) && modules.every((each) => typeof each === 'object' && each !== null)) return modules as unknown[];
  } catch {
    // the same advice
  }
  throw new UnmaskError(`${path} is no list of modules: download the model again`, { code: 'bad-file' });
}

async function modeIn(path: string): Promise<Pooling['mode']> {
  const config = (await readJsonFile(path)) ?? {};
  const flagged = Object.entries(MODES).filter(([field]) => config[field] === true).map(([, mode]) => mode);
  const modes: readonly unknown[] = typeof config.pooling_mode === 'string' ? [config.pooling_mode] : flagged;
  const [mode] = modes;
  if (modes.length === 1 && (mode === 'mean' || mode === 'cls')) return mode;
  throw new UnmaskError(`${path} asks for the pooling ${modes.map(String).join(' with ') || 'of nothing'}, which is not supported: mean and cls are`, { code: 'unsupported' });
}

/** The files of sentence-transformers that say how vectors are made, by their names in a folder. @param maxLength tokens of a text */
export function poolingFiles({ mode, normalizes }: Pooling, size: number, maxLength: number): Readonly<Record<string, unknown>> {
  const type = (name: string) => `sentence_transformers.models.${name}`;
  const modules = [
    { idx: 0, name: '0', path: '', type: type('Transformer') },
    { idx: 1, name: '1', path: '1_Pooling', type: type('Pooling') },
    ...(normalizes ? [{ idx: 2, name: '2', path: '2_Normalize', type: type('Normalize') }] : []),
  ];
  const modes = Object.fromEntries(Object.entries(MODES).map(([field, name]) => [field, name === mode]));
  return {
    'modules.json': modules,
    '1_Pooling/config.json': { word_embedding_dimension: size, ...modes },
    'sentence_bert_config.json': { max_seq_length: maxLength, do_lower_case: false },
  };
}

/** The vectors of texts. @param hidden states of the tokens [B, T, h] @returns [B, h] */
export function pooled(hidden: tf.Tensor, { attentionMask }: Pick<TokenInputs, 'attentionMask'>, { mode, normalizes }: Pooling): tf.Tensor {
  const vectors = mode === 'cls' ? takeToken(hidden, 0) : meanOfTokens(hidden, attentionMask);
  return normalizes ? ofLengthOne(vectors) : vectors;
}

/** Σ hidden / number of tokens, over the tokens that are no padding. */
function meanOfTokens(hidden: tf.Tensor, attentionMask: tf.Tensor): tf.Tensor {
  const [batch, columns] = attentionMask.shape as [number, number];
  const mask = attentionMask.dataSync<'int32'>();
  const shares = new Float32Array(mask.length);
  for (let row = 0; row < batch; row++) {
    const tokens = mask.subarray(row * columns, (row + 1) * columns);
    const count = tokens.reduce((sum, mark) => sum + Math.min(1, mark), 0);
    tokens.forEach((mark, column) => (shares[row * columns + column] = mark === 0 ? 0 : 1 / count));
  }
  return tf.tidy(() => {
    const weights = tf.tensor3d(shares, [batch, 1, columns]);
    const mean = tf.squeeze(tf.matMul(weights, hidden), [1]); // [B, h]
    return record(mean, [hidden], [weights], (dy, [saved]) => [tf.matMul(saved, tf.expandDims(dy, 1), true)]);
  });
}

/** x / ‖x‖, row by row; dx = (dy − y·⟨y, dy⟩) / ‖x‖. Lengths below 10⁻¹² count as that, as in PyTorch. */
function ofLengthOne(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const norms = tf.maximum(tf.norm(x, 2, 1, true), 1e-12); // [B, 1]
    const y = tf.div(x, norms);
    return record(y, [x], [y, norms], (dy, [unit, lengths]) => [tf.div(tf.sub(dy, tf.mul(unit, tf.sum(tf.mul(unit, dy), 1, true))), lengths)]);
  });
}

/** Copies of vectors' values, as a matrix of rows. @param vectors [B, h] */
export const rowsOf = (vectors: tf.Tensor): Float32Array => hostValues(vectors).slice();
