import { join } from 'node:path';
import { writeWhole } from '@unmask/tensor-core';
import { ensureWritableFolder } from '@unmask/trainer';
import { reportCsv } from './csv.js';
import { renderHtml } from './html.js';
import { renderMarkdown } from './markdown.js';
import type { Report } from './report.js';
import { sectionsOf } from './sections/document.js';

const TITLE = 'Results of fine-tuning';

/** A report as Markdown: its tables, without plots. */
export const reportMarkdown = (report: Report): string => renderMarkdown(TITLE, sectionsOf(report));

/** A report as one HTML page, with plots. */
export const reportHtml = (report: Report): string => renderHtml(TITLE, sectionsOf(report));

/**
 * Writes `report.md`, `report.csv`, `report.json` and `report.html`.
 * @returns their paths
 * @throws UnmaskError when nothing can be written to the folder
 */
export async function writeReport(report: Report, folder: string): Promise<string[]> {
  await ensureWritableFolder(folder);
  const sections = sectionsOf(report);
  const files = {
    'report.md': renderMarkdown(TITLE, sections),
    'report.csv': reportCsv(report),
    'report.json': `${JSON.stringify(report, null, 2)}\n`,
    'report.html': renderHtml(TITLE, sections),
  };
  return Promise.all(Object.entries(files).map(async ([name, content]) => {
    const path = join(folder, name);
    await writeWhole(path, content);
    return path;
  }));
}
