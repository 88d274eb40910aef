import { printable } from '@unmask/tensor-core';
import type { Section } from './sections/section.js';
import type { Table, TableCell } from './table.js';

/** A document in GitHub's Markdown, without its plots. */
export function renderMarkdown(title: string, sections: readonly Section[]): string {
  const parts = sections.filter(({ figures }) => !figures).flatMap((section) => [
    `${'#'.repeat(section.level)} ${escapeMarkdown(section.title)}`,
    ...section.paragraphs.map(escapeMarkdown),
    ...(section.table ? [tableOf(section.table)] : []),
  ]);
  return `${[`# ${escapeMarkdown(title)}`, ...parts].join('\n\n')}\n`;
}

/** Text that stands for itself, in one line. */
export const escapeMarkdown = (text: string): string => printable(text.replace(/\s+/g, ' ')).replace(/[\\`*[\]<>|&#~]/g, '\\$&');

function tableOf({ head, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head.map(cellOf)), line(head.map(({ number }) => (number ? '---:' : '---'))), ...rows.map(({ cells }) => line(cells.map(cellOf)))].join('\n');
}

function cellOf({ text, detail, strong }: TableCell): string {
  const shown = strong ? `**${escapeMarkdown(text)}**` : escapeMarkdown(text);
  return detail === undefined ? shown : `${shown} ${escapeMarkdown(detail)}`.trim();
}
