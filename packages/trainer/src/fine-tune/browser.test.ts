import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian installs it. */
const CHROMIUM = '/usr/bin/chromium';
const MODEL = fileURLToPath(new URL('../../../models/fixtures/tiny-bert', import.meta.url));

/** What the page does, with the files of a model that it fetches: as those that a user has chosen, and as a hub's. */
const PROGRAM = `
  import { fineTune, loadTrained } from '@unmask/trainer';
  import { namesIn } from '@unmask/tensor-core';

  const rows = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? { body: 'a good day ' + index, topic: 'good' } : { body: 'no rain ' + index, topic: 'bad' }));
  const common = { text: 'body', label: 'topic', budget: 200, learningRate: 0.05, batchSize: 8, maxLength: 16, backend: 'cpu' };

  globalThis.lifeCycle = async (names) => {
    const model = await Promise.all(names.map(async (name) => new File([await (await fetch(name)).arrayBuffer()], name)));
    const trained = await fineTune({ ...common, model, data: rows, epochs: 4 });
    await trained.save('memory:out');
    await trained.merge('memory:merged');
    const { deltaVerified, versions } = trained.result;
    await trained.dispose();
    const answers = [];
    for (const [folder, options] of [['memory:out', { base: model }], ['memory:merged', {}]]) {
      const again = await loadTrained(folder, options);
      answers.push((await again.predict(['a good day', 'no rain'])).map(({ prediction }) => prediction));
      await again.dispose();
    }
    return { answers, deltaVerified, versions, files: await namesIn('memory:out') };
  };

  globalThis.fromHub = async (names) => {
    const hub = { fetch: async (address) => (address.includes('/tree/') ? Response.json(names.map((path) => ({ type: 'file', path }))) : fetch(address.replace(/^.*\\//, ''))) };
    const data = new File(['body,topic\\n' + rows.map(({ body, topic }) => body + ',' + topic + '\\n').join('')], 'mine.csv');
    const trained = await fineTune({ ...common, model: 'owner/tiny', hub, data, maxSteps: 1, out: 'memory:by-hub' });
    const { data: name, deltaVerified } = trained.result;
    await trained.dispose();
    return { name, deltaVerified, files: await namesIn('memory:by-hub') };
  };
`;

const FILES = ['delta.safetensors', 'report.md', 'result.json', 'unmask.json'];

(existsSync(CHROMIUM) ? describe : describe.skip)('in Chromium', () => {
  let browser: Browser;
  let server: Server;
  beforeAll(async () => {
    const { outputFiles: [script] } = await build({
      stdin: { contents: PROGRAM, resolveDir: import.meta.dirname, loader: 'ts' },
      bundle: true, format: 'esm', platform: 'browser', conditions: ['@unmask/source', 'browser'], write: false,
    });
    server = createServer((request, response) => {
      if (request.url === '/') response.setHeader('Content-Type', 'text/html').end('<script type="module" src="/page.mjs"></script>');
      else if (request.url === '/page.mjs') response.setHeader('Content-Type', 'text/javascript').end(script.text);
      else readFile(join(MODEL, request.url!)).then((content) => response.end(content), () => response.writeHead(404).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    server.close();
  });

  test('a model is fine-tuned, saved in memory, loaded again and merged', async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('globalThis.fromHub');
    const names = JSON.stringify((await readdir(MODEL)).filter((name) => /\.(json|safetensors)$/.test(name)));
    const { answers, ...rest } = await page.evaluate<{ answers: string[][] }>(`lifeCycle(${names})`);
    expect(answers).toEqual([['good', 'bad'], ['good', 'bad']]);
    expect(rest).toEqual({ deltaVerified: true, versions: expect.objectContaining({ browser: expect.stringContaining('Chrome') }), files: FILES });
    expect(await page.evaluate(`fromHub(${names})`)).toEqual({ name: expect.stringMatching(/^mine\.csv#/), deltaVerified: true, files: FILES });
  });
});
