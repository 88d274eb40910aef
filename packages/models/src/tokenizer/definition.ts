/** The parts of a tokenizer.json that are looked at here. */
export interface TokenizerDefinition {
  readonly normalizer: Component | null;
  readonly pre_tokenizer: Component | null;
  readonly decoder: Component | null;
  readonly model: { readonly type?: string; readonly vocab: object; readonly merges?: object };
  readonly added_tokens: readonly { readonly id: number; readonly content: string; readonly special?: boolean }[];
}

/** A step of a tokenizer's pipeline with its settings; a `Sequence` holds further ones. */
export interface Component {
  readonly type: string;
  readonly [setting: string]: unknown;
}

/** Where a Sequence keeps its steps, by what it is a sequence of. */
const CHILDREN = ['normalizers', 'decoders'];

/** The steps of a component, those of sequences one by one. */
export function stepsOf(component: Component | null): readonly Component[] {
  if (component === null) return [];
  const children = CHILDREN.map((name) => component[name] as readonly Component[] | undefined).find((each) => each !== undefined);
  return component.type === 'Sequence' && children ? children.flatMap(stepsOf) : [component];
}
