/** An entity in a sentence: words `start` … `end` − 1. */
export interface Entity {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The entities that IOB2 tags mark. As conlleval and seqeval (its default mode) have it, a tag I-X that follows no tag of
 * type X begins an entity too.
 * @param tags `B-TYPE`, `I-TYPE`, or anything else for words outside of entities
 */
export function entitiesOf(tags: readonly string[]): Entity[] {
  const entities: Entity[] = [];
  let open: { type: string; start: number } | undefined;
  const close = (end: number) => {
    if (open) entities.push({ ...open, end });
  };
  tags.forEach((tag, index) => {
    const [, position, type] = /^([BI])-(.+)$/.exec(tag) ?? [];
    if (position === 'I' && open?.type === type) return;
    close(index);
    open = type === undefined ? undefined : { type, start: index };
  });
  close(tags.length);
  return entities;
}
