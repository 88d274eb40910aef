import type { Tokenizer } from '@unmask/models';

/**
 * The chat template of models that have none: each turn is a line with who speaks, then what is said, and an answer ends with
 * the model's end token.
 */
export const STANDARD_TEMPLATE = `{% for message in messages -%}
{{ '### ' + (message.role | capitalize) + ':\\n' }}
{%- if message.role == 'assistant' %}{% generation %}{{ (message.content or (message.tool_calls | tojson)) + (eos_token or '') }}{% endgeneration %}{{ '\\n\\n' }}
{%- else %}{{ (message.content or '') + '\\n\\n' }}{% endif -%}
{%- endfor -%}
{%- if add_generation_prompt %}{{ '### Assistant:\\n' }}{% endif %}`;

/** The tokenizer with the template that a user gave, else the checkpoint's own, else the standard one. */
export const withTemplate = (tokenizer: Tokenizer, given: string | null): Tokenizer => (given === null && tokenizer.chatTemplate !== undefined ? tokenizer : tokenizer.withChatTemplate(given ?? STANDARD_TEMPLATE));
