import type { Evaluator } from './evaluator.js';
import { TemplateError } from './lexer.js';
import { Scope } from './scope.js';
import type { Parameters } from './syntax.js';
import { Attributes, type Callable, Tuple, Undefined, type Value } from './values.js';

/** Most macros within each other. */
const DEEPEST = 200;

/** Makes something that a template can call. @param run writes its body with the names that it sees */
export function macro(name: string, parameters: Parameters, scope: Scope, evaluator: Evaluator, uses: ReadonlySet<string>, run: (scope: Scope) => string): Value {
  let depth = 0;
  const call: Callable = (positional, named) => {
    const inner = new Scope(scope);
    const others = new Map(named);
    for (const [index, { name: parameter, fallback }] of parameters.entries()) {
      const value = index < positional.length ? positional[index] : others.get(parameter);
      others.delete(parameter);
      inner.set(parameter, value ?? (value === null ? null : fallback ? evaluator.evaluate(fallback, inner) : new Undefined(`parameter '${parameter}'`)));
    }
    const more = positional.slice(parameters.length);
    const caller = others.get('caller');
    if (uses.has('caller')) others.delete('caller');
    if (more.length > 0 && !uses.has('varargs')) throw new TemplateError(`macro '${name}' takes not more than ${parameters.length} argument(s)`);
    if (others.size > 0 && !uses.has('kwargs')) throw new TemplateError(`macro '${name}' takes no keyword argument '${[...others.keys()][0]}'`);
    inner.set('varargs', new Tuple(more));
    inner.set('kwargs', new Map(others));
    inner.set('caller', caller ?? new Undefined('no caller defined, so it'));
    if (++depth > DEEPEST) throw new TemplateError(`macro '${name}' calls itself more than ${DEEPEST} times`);
    const text = run(inner);
    depth--;
    return text;
  };
  return new Attributes('Macro', (attribute) => (attribute === 'name' ? name : new Undefined(`'Macro object' has no attribute '${attribute}', so it`)), call);
}
