import { printable } from '@unmask/tensor-core';
import type { Figure } from './plots/figure.js';
import type { Section } from './sections/section.js';
import { STYLE } from './style.js';
import type { Heading, Table, TableCell } from './table.js';

/** A document as one page that needs no other file and no network. */
export function renderHtml(title: string, sections: readonly Section[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${contentsOf(sections)}
${sections.map(sectionOf).join('\n')}
</main>
</body>
</html>
`;
}

/** Text that stands for itself, in elements and attributes. */
export const escapeHtml = (text: string): string => printable(text, '\n\t').replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** Links to all parts. */
function contentsOf(sections: readonly Section[]): string {
  const links = sections.map(({ title, level }, index) => `<li class="level-${level}"><a href="#part-${index}">${escapeHtml(title)}</a></li>`);
  return `<nav aria-label="Contents"><ul>${links.join('')}</ul></nav>`;
}

function sectionOf({ title, level, paragraphs, table, figures = [] }: Section, index: number): string {
  return [
    `<section id="part-${index}"><h${level}>${escapeHtml(title)}</h${level}>`,
    ...paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`),
    ...(table ? [tableOf(title, table)] : []),
    ...(figures.length > 0 ? [`<div class="figures">${figures.map(figureOf).join('\n')}</div>`] : []),
    '</section>',
  ].join('\n');
}

/** A plot; a wide one folded up, after the first. */
function figureOf({ title, svg, alt, caption, wide }: Figure, index: number): string {
  const plot = `<div role="img" aria-label="${escapeHtml(alt)}">${svg}</div><figcaption>${escapeHtml(caption)}</figcaption>`;
  if (!wide) return `<figure><h4>${escapeHtml(title)}</h4>${plot}</figure>`;
  return `<figure class="wide"><details${index === 0 ? ' open' : ''}><summary>${escapeHtml(title)}</summary>${plot}</details></figure>`;
}

function tableOf(title: string, { head, rows }: Table): string {
  const headings = head.map((heading) => `<th scope="col"${heading.number ? ' class="number"' : ''}>${cellOf(heading)}</th>`);
  const body = rows.map(({ cells, kind }) => `<tr${kind ? ` class="${kind}"` : ''}>${cells.map((cell, index) => `<td${classOf(cell, head[index])}>${cellOf(cell)}</td>`).join('')}</tr>`);
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(title)}"><table><thead><tr>${headings.join('')}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`;
}

/** Characters from which a cell is broken into lines. */
const LONG = 40;

function classOf({ text }: TableCell, { number }: Heading): string {
  if (number) return ' class="number"';
  return text.length > LONG ? ' class="long"' : '';
}

function cellOf({ text, detail, strong }: TableCell): string {
  const shown = strong ? `<strong>${escapeHtml(text)}</strong>` : escapeHtml(text);
  return detail === undefined ? shown : `${shown} <small>${escapeHtml(detail)}</small>`;
}
