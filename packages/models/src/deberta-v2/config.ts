import { UnmaskError } from '@unmask/tensor-core';
import { readBertConfig, type BertConfig } from '../bert/index.js';
import { ConfigReader } from '../config.js';
import { readActivation, type Activation } from '../layers/activations.js';

/** How the distance of two tokens enters their attention. */
export interface RelativeAttentionConfig {
  /** Which scores there are beside content to content: content to position, position to content; one at least. */
  readonly terms: readonly ('c2p' | 'p2c')[];
  /** Rows of the table for each direction: distances from −span to span − 1, or buckets of them. */
  readonly span: number;
  /** Distances beyond half of this many share buckets that widen logarithmically; undefined without buckets. */
  readonly buckets: number | undefined;
  /** Where the logarithmic buckets end. */
  readonly maxDistance: number;
  /** Whether positions go through the projections of the content instead of some of their own. */
  readonly shareProjections: boolean;
  /** Whether the table is normalised. */
  readonly normalized: boolean;
}

/** The fields of config.json that shape a DeBERTa-v2 or v3 (HF transformers, configuration_deberta_v2.py), beside BERT's. */
export interface DebertaV2Config extends BertConfig {
  /** Size of the word vectors. */
  readonly embeddingSize: number;
  /** Whether absolute positions are added to the word vectors. */
  readonly absolutePositions: boolean;
  readonly relativeAttention: RelativeAttentionConfig | undefined;
  /** Factor of every score: 1/√(d·(1 + number of terms)). */
  readonly scale: number;
  readonly poolerActivation: Activation;
  readonly poolerDropout: number;
  /** Whether the masked language model has the head that HF transformers first gave it, or that of pre-training. */
  readonly legacyHead: boolean;
}

/** @throws UnmaskError naming a field that is missing or out of range */
export function parseDebertaV2Config(config: unknown): DebertaV2Config {
  const read = new ConfigReader(config);
  if (read.count('conv_kernel_size', 0) > 0) {
    throw new UnmaskError('config.json: "conv_kernel_size" asks for the convolution of DeBERTa-v2 xlarge and xxlarge, which is not supported: take a DeBERTa-v3 or a smaller v2', { code: 'unsupported' });
  }
  const common = readBertConfig(read);
  const { hiddenSize, heads, hiddenDropout } = common;
  const terms = read.choices('pos_att_type', ['c2p', 'p2c']);
  return {
    ...common,
    typeVocabSize: read.count('type_vocab_size', 0),
    layerNormEpsilon: read.fraction('layer_norm_eps', 1e-7),
    classifierDropout: read.fraction('cls_dropout', hiddenDropout),
    causal: false,
    embeddingSize: read.optionalSize('embedding_size') ?? hiddenSize,
    absolutePositions: read.flag('position_biased_input', true),
    relativeAttention: read.flag('relative_attention', false) && terms.length > 0 ? parseRelativeAttention(read, terms) : undefined,
    scale: 1 / Math.sqrt((hiddenSize / heads) * (1 + terms.length)),
    poolerActivation: readActivation(read, 'pooler_hidden_act'),
    poolerDropout: read.fraction('pooler_dropout', 0),
    legacyHead: read.flag('legacy', true),
  };
}

function parseRelativeAttention(read: ConfigReader, terms: RelativeAttentionConfig['terms']): RelativeAttentionConfig {
  const buckets = read.optionalSize('position_buckets');
  const maxDistance = read.optionalSize('max_relative_positions') ?? read.size('max_position_embeddings');
  if (buckets !== undefined && (buckets < 2 || maxDistance - 1 <= buckets / 2)) {
    throw new UnmaskError(`config.json: "position_buckets" is ${buckets}, expected from 2 up to twice the largest relative position, ${maxDistance - 1}`, { code: 'bad-file' });
  }
  return {
    terms,
    span: buckets ?? maxDistance,
    buckets,
    maxDistance,
    shareProjections: read.flag('share_att_key', false),
    normalized: read.choice('norm_rel_ebd', ['none', 'layer_norm'], 'none') === 'layer_norm',
  };
}
