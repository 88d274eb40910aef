import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { buildReport } from './build-report.js';
import type { Report } from './report.js';
import { documentOf } from './testing/page.js';
import { settings, storedRun } from './testing/stored-runs.js';
import { reportHtml, reportMarkdown, writeReport } from './write-report.js';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'unmask-'))));
afterEach(() => rm(folder, { recursive: true }));

const run = () => storedRun({}, { history: [...[0.7, 0.4].map((loss, index) => ({ step: index + 1, loss, learningRate: 0.1, unmasked: 0, seconds: 1 })), { step: 5, unmaskedByTensor: { 'encoder.layer.0.attention.self.query.weight': 400, 'classifier.weight': 100 } }] });
const report = (runs = [run(), storedRun({ method: 'fft', budget: null, value: 0.8 })]) => buildReport({ finished: runs, failed: [], damaged: [], unfinished: [] });

test('writes four files, the JSON one holding the report', async () => {
  const written = await writeReport(report(), folder);
  expect((await readdir(folder)).sort()).toEqual(['report.csv', 'report.html', 'report.json', 'report.md']);
  expect(written).toContain(join(folder, 'report.html'));
  expect(JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')) as Report).toEqual(report());
});

test('the page has a labelled plot of each kind, and asks the network for nothing', () => {
  const html = reportHtml(report());
  const document = documentOf(html);
  const plots = [...document.querySelectorAll('figure [role="img"]')];
  expect(plots.length).toBe(1 + 1 + 1 + 4 + 1);
  for (const plot of plots) {
    expect(plot.querySelector('svg')).not.toBeNull();
    expect(plot.getAttribute('aria-label')).toMatch(/id3.*\d/);
  }
  expect(document.querySelectorAll('figcaption').length).toBe(plots.length);
  const links = [...document.querySelectorAll('nav a')];
  expect(links.length).toBe(document.querySelectorAll('section').length);
  for (const link of links) expect(document.querySelector(link.getAttribute('href')!)).not.toBeNull();
  expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<script|<link|@import|url\(/);
});

test('what comes from files is text on the page, in Markdown and in the table of failures', () => {
  const evil = '<img src=x onerror=alert(1)>"\'|`</svg><script>alert(1)</script>';
  const finished = [storedRun({ model: evil, method: evil, task: evil }, run()), storedRun({ model: evil, method: 'fft', budget: null, task: evil, adapterConfig: { target: evil } }), storedRun({ model: evil, method: 'fft', budget: null, task: evil })];
  const hostile = buildReport({ finished, failed: [{ folder: evil, settings: settings({ method: evil, task: evil, model: evil }), error: `${evil}\n| a | b |`, failedAt: evil }], unfinished: [evil], damaged: [] });
  const html = reportHtml(hostile);
  const document = documentOf(html);
  expect(document.querySelectorAll('script, img, [onerror]').length).toBe(0);
  expect(html).not.toMatch(/<script|<img/);
  const tables = reportMarkdown(hostile).split('\n').filter((line) => line.startsWith('|'));
  expect(reportMarkdown(hostile)).not.toMatch(/(?<!\\)<(?:script|img)/);
  expect(tables.filter((line) => line.includes('alert')).every((line) => line.endsWith(' |'))).toBe(true);
});

test('an empty list of failures says so; failures are listed with their errors', () => {
  expect(reportMarkdown(report())).toContain('## Failed runs\n\nNone.');
  const failed = buildReport({ finished: [], failed: [{ folder: 'runs/x', settings: settings({ task: 'cola', seed: 7 }), error: 'the loss is NaN', failedAt: '' }], unfinished: ['runs/y'], damaged: [] });
  expect(reportMarkdown(failed)).toMatch(/\| cola \| id3 · 1,000 \| models\/tiny \| 0.005 \| 7 \| the loss is NaN \|/);
  expect(reportMarkdown(failed)).toMatch(/\| y \|/);
});
