/** What a template is made of. */
export type Expression =
  | { readonly kind: 'constant'; readonly value: string | number | boolean | null | { readonly float: number } }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list' | 'tuple' | 'concatenation'; readonly items: readonly Expression[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [key: Expression, value: Expression])[] }
  | { readonly kind: 'unary'; readonly operator: '-' | '+' | 'not'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: '+' | '-' | '*' | '/' | '//' | '%' | '**' | 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'comparison'; readonly first: Expression; readonly rest: readonly (readonly [operator: string, operand: Expression])[] }
  | { readonly kind: 'condition'; readonly test: Expression; readonly then: Expression; readonly otherwise: Expression | undefined }
  | { readonly kind: 'attribute'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'item'; readonly of: Expression; readonly key: Expression }
  | { readonly kind: 'slice'; readonly of: Expression; readonly bounds: readonly (Expression | undefined)[] }
  | ({ readonly kind: 'call'; readonly callee: Expression } & Arguments)
  | ({ readonly kind: 'filter'; readonly of: Expression; readonly name: string } & Arguments)
  | ({ readonly kind: 'test'; readonly of: Expression; readonly name: string; readonly negated: boolean } & Arguments);

/** The arguments of a call, of a filter or a test. */
export interface Arguments {
  /** Those in order, a list of further ones where `spread`. */
  readonly positional: readonly { readonly value: Expression; readonly spread: boolean }[];
  /** Those by name, a dict of further ones where there is no name. */
  readonly named: readonly { readonly name: string | undefined; readonly value: Expression }[];
}

/** What a value can be given to. */
export type Target = { readonly kind: 'name'; readonly name: string } | { readonly kind: 'tuple'; readonly items: readonly Target[] } | { readonly kind: 'attribute'; readonly of: string; readonly name: string };

/** A filter without what it is applied to. */
export type FilterCall = { readonly name: string } & Arguments;

/** Parameters of a macro or a call block, with their defaults. */
export type Parameters = readonly { readonly name: string; readonly fallback: Expression | undefined }[];

export type Statement =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly value: Expression }
  | { readonly kind: 'if'; readonly branches: readonly { readonly test: Expression | undefined; readonly body: Body }[] }
  | { readonly kind: 'for'; readonly target: Target; readonly over: Expression; readonly test: Expression | undefined; readonly recursive: boolean; readonly body: Body; readonly otherwise: Body }
  | { readonly kind: 'set'; readonly target: Target; readonly value: Expression }
  | { readonly kind: 'capture'; readonly target: Target; readonly filters: readonly FilterCall[]; readonly body: Body }
  | { readonly kind: 'filtered'; readonly filters: readonly FilterCall[]; readonly body: Body }
  | { readonly kind: 'with'; readonly targets: readonly Target[]; readonly values: readonly Expression[]; readonly body: Body }
  | { readonly kind: 'scope'; readonly body: Body }
  /** What the assistant wrote, as HF transformers marks it. */
  | { readonly kind: 'generation'; readonly body: Body }
  | { readonly kind: 'macro'; readonly name: string; readonly parameters: Parameters; readonly body: Body }
  | { readonly kind: 'call'; readonly parameters: Parameters; readonly call: Expression; readonly body: Body }
  | { readonly kind: 'break' | 'continue' };

export type Body = readonly Statement[];
