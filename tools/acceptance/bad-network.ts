import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Random } from '@unmask/tensor-core';
import { freePort } from '@unmask/testing/redis-server';

/** Forwards connections, a little at a time, and cuts all of them every now and then. */
export async function badNetwork(port: number, random: Random): Promise<{ readonly port: number; cuts: () => number; stop: () => void }> {
  const own = await freePort();
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((from) => {
    const to = connect(port, '127.0.0.1');
    for (const [one, other] of [[from, to], [to, from]] as const) {
      sockets.add(one);
      one.on('data', (text) => {
        one.pause();
        setTimeout(() => (other.destroyed || other.write(text), one.resume()), 2 + 20 * random.uniform());
      });
      one.on('error', () => undefined).on('close', () => (sockets.delete(one), other.destroy()));
    }
  }).listen(own, '127.0.0.1');
  await once(server, 'listening');
  let cuts = 0;
  let timer: NodeJS.Timeout;
  const cut = () => {
    cuts += sockets.size / 2;
    for (const socket of sockets) socket.destroy();
    timer = setTimeout(cut, 500 + 4000 * random.uniform());
  };
  timer = setTimeout(cut, 3000);
  return { port: own, cuts: () => cuts, stop: () => (clearTimeout(timer), server.close()) };
}
