/** The engine that `selectBackend` chose. */
export interface SelectedBackend {
  /** One of the names that `selectBackend` takes. */
  readonly name: string;
  /** One line for people: the engine, and why none of the faster ones that are installed. */
  readonly message: string;
  /** What to type for one that is many times as fast, where that is missing; part of the message. */
  readonly remedy?: string;
}

/** Why an engine cannot be used. */
export interface Problem {
  /** In a few words. */
  readonly why: string;
  /** Whether its package is not installed. */
  readonly missing: boolean;
}

/** An engine that `auto` tried before the one that it took. */
export interface PassedOver extends Problem {
  readonly name: string;
}

/** The engine that everybody should have. */
const FAST = { name: 'onnxruntime', install: 'npm install @unmask/backend-onnxruntime' };

/**
 * What is said of a choice. Engines that nobody has installed are no news, but for the one that is many times as fast as those after it.
 * @param note what the engine itself has to say
 */
export function chosen(name: string, note: string | undefined, passedOver: readonly PassedOver[]): SelectedBackend {
  const withoutFast = passedOver.some((each) => each.name === FAST.name && each.missing) && name !== 'tfjs-node';
  const reasons = passedOver.filter(({ missing }) => !missing).map((each) => `no ${each.name}: ${each.why}`);
  const remedy = withoutFast ? { remedy: FAST.install } : {};
  const parts = [...(withoutFast ? [`${FAST.name} is many times as fast: ${FAST.install}`] : []), ...reasons];
  return { name, message: `engine: ${name}${note ? `, ${note}` : ''}${parts.length === 0 ? '' : ` (${parts.join('; ')})`}`, ...remedy };
}
