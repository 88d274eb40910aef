import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian installs it. */
const CHROMIUM = '/usr/bin/chromium';

/** What the page computes: every case of the conformance suite, on cpu and on the engine. */
const PROGRAM = `
  import { BACKEND_CASES, FUSED_CASES } from './backend-cases.js';
  import { selectBackend, tf } from '@unmask/tensor-core';
  import { wasmSettings } from '@unmask/backend-onnxruntime';

  const read = (output) => [output].flat().map((tensor) => [...tensor.dataSync()]);
  const on = async (engine, compute) => {
    await (engine === 'cpu' ? selectBackend('cpu') : tf.setBackend(engine));
    return tf.tidy(() => read(compute()));
  };
  const close = (a, b) => Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-4 * (1 + Math.abs(b));

  globalThis.conformance = async (numThreads) => {
    Object.assign(wasmSettings, { wasmPaths: '/', numThreads });
    const failures = [];
    let count = 0;
    const compare = async (name, ours, reference) => {
      count++;
      const [actual, expected] = [await on('onnxruntime', ours), await on('cpu', reference)];
      if (!expected.every((values, output) => values.every((value, entry) => close(actual[output][entry], value)))) failures.push(name);
    };
    for (const [name, compute] of Object.entries(BACKEND_CASES)) await compare(name, compute, compute);
    for (const [name, make] of Object.entries(FUSED_CASES)) {
      await compare(name, () => {
        const { inputs, attributes = {} } = make();
        return tf.engine().runKernel(name.split(' ')[0], inputs, attributes);
      }, () => {
        const { inputs, reference } = make();
        return reference(inputs);
      });
    }
    return { count, failures, isolated: crossOriginIsolated };
  };
`;

/** The page, with the headers without which a browser shares no memory among threads, and onnxruntime-web's files. */
async function serve() {
  const testing = join(import.meta.dirname, '../../../../testing/src');
  const { outputFiles: [script] } = await build({
    stdin: { contents: PROGRAM, resolveDir: testing, loader: 'ts' },
    bundle: true, format: 'esm', platform: 'browser', conditions: ['@unmask/source'], write: false,
  });
  const wasm = dirname(createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
  const types: Record<string, string> = { mjs: 'text/javascript', wasm: 'application/wasm' };
  return createServer((request, response) => {
    const file = basename(request.url!);
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    response.setHeader('Content-Type', types[file.split('.').at(-1)!] ?? 'text/html');
    if (file === '') response.end('<script type="module" src="/page.mjs"></script>');
    else if (file === 'page.mjs') response.end(script.text);
    else readFile(join(wasm, file)).then((content) => response.end(content), () => response.writeHead(404).end());
  });
}

(existsSync(CHROMIUM) ? describe : describe.skip)('onnxruntime in Chromium', () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    server = await serve();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    server.close();
  });

  test.each([1, 2])('computes what cpu computes, on %d threads', async (threads) => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('globalThis.conformance');
    const { count, failures, isolated } = await page.evaluate<{ count: number; failures: string[]; isolated: boolean }>(`conformance(${threads})`);
    expect({ failures, isolated }).toEqual({ failures: [], isolated: true });
    expect(count).toBeGreaterThan(70);
    await page.close();
  });
});
