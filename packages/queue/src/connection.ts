import { UnmaskError } from '@unmask/tensor-core';
import { Redis } from 'ioredis';

/** Milliseconds within which a server has to answer at first. */
const PATIENCE = 10_000;

/** The URL of a queue without its password, for people. */
export function placeOf(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`;
}

/** @throws UnmaskError for what is no URL of a Redis server */
export function queueUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '') {
    throw new UnmaskError('the queue is no URL of a Redis server: give redis://host:port, or rediss://user:password@host:port with TLS');
  }
  return url;
}

/**
 * Connects to a queue's server. A connection that is lost later is made again, however long that takes, and what was
 * under way is sent again.
 * @param onTrouble is told when the connection is lost, and when it is there again
 * @throws UnmaskError when there is no server, or it wants another password
 */
export async function connect(url: URL, onTrouble: (note: string) => void): Promise<Redis> {
  const probe = new Redis(url.href, { lazyConnect: true, connectTimeout: PATIENCE, commandTimeout: PATIENCE, maxRetriesPerRequest: 0, retryStrategy: () => null });
  let problem: Error | undefined;
  probe.on('error', (error) => (problem ??= error));
  try {
    await probe.connect();
    await probe.ping();
  } catch (cause) {
    throw new UnmaskError(`cannot use the queue at ${placeOf(url)} (${(problem ?? (cause as Error)).message}): check host, port and password, and that the server runs`, { code: 'not-found', cause });
  } finally {
    probe.disconnect();
  }
  const redis = new Redis(url.href, { maxRetriesPerRequest: null });
  let isLost = false;
  redis.on('error', (error) => {
    if (!isLost) onTrouble(`lost the queue at ${placeOf(url)} (${error.message}): trying again`);
    isLost = true;
  });
  redis.on('ready', () => {
    if (isLost) onTrouble(`the queue at ${placeOf(url)} is there again`);
    isLost = false;
  });
  return redis;
}
