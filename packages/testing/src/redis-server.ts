import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Whether there is a redis-server on this machine, as Debian's package of this name brings it. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/** A Redis server for tests, on the loopback. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** Kills it as a failing machine would. */
  kill(): Promise<void>;
}

/** A port of the loopback that nobody has. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Starts a Redis server and waits until it answers.
 * @param folder for its files
 * @param options of its command line, as `--appendonly yes`
 */
export async function startRedis(folder: string, options: readonly string[] = ['--save', ''], port?: number): Promise<RedisServer> {
  const chosen = port ?? (await freePort());
  const server = spawn('redis-server', ['--port', String(chosen), '--bind', '127.0.0.1', '--dir', folder, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  let log = '';
  await new Promise<void>((resolve, reject) => {
    server.stdout.on('data', (text: Buffer) => {
      log += text.toString();
      if (log.includes('Ready to accept connections')) resolve();
    });
    server.on('exit', () => reject(new Error(`redis-server has ended:\n${log}`)));
  });
  return {
    port: chosen,
    url: `redis://127.0.0.1:${chosen}`,
    async kill() {
      server.removeAllListeners('exit');
      const exit = once(server, 'exit');
      server.kill('SIGKILL');
      await exit;
    },
  };
}
