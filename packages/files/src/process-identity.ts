import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** One process among those of all machines and containers. */
export interface ProcessIdentity {
  readonly host: string;
  /** Of the running kernel, new at each start of the machine; empty where none is to be had. */
  readonly boot: string;
  /** Within which process numbers count: a container has its own; empty where there are none. */
  readonly namespace: string;
  readonly process: number;
  /** When it started, in ticks since the machine did, which tells it from a later process of the same number; empty where it is not to be had. */
  readonly started: string;
}

/** The process that runs this. */
export function thisProcess(): ProcessIdentity {
  return {
    host: hostname(),
    boot: orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: orEmpty(() => readlinkSync('/proc/self/ns/pid')),
    process: process.pid,
    started: recordOf(process.pid)?.started ?? '',
  };
}

/** Whether a process lives, as far as that can be told from here: not for one elsewhere, and not for certain without its start. */
export function isAlive(identity: ProcessIdentity): boolean | undefined {
  const own = thisProcess();
  if (identity.host !== own.host || identity.boot !== own.boot || identity.namespace !== own.namespace) return undefined;
  if (!hasNumber(identity.process)) return false;
  const record = recordOf(identity.process);
  if (!record || identity.started === '') return undefined;
  return record.started === identity.started && !DEAD_STATES.has(record.state);
}

/** Of processes that have ended and whose parents have not asked for their exit codes yet. */
const DEAD_STATES = new Set(['Z', 'X']);

/** State and start of a process by `/proc`, if it shows the processes that this one's numbers mean. */
function recordOf(number: number): { state: string; started: string } | undefined {
  if (orEmpty(() => readlinkSync('/proc/self')) !== String(process.pid)) return undefined;
  const text = orEmpty(() => readFileSync(`/proc/${number}/stat`, 'latin1'));
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // from the third on: the second, a name, may hold anything
  return fields.length > 19 ? { state: fields[0], started: fields[19] } : undefined;
}

function hasNumber(number: number): boolean {
  try {
    process.kill(number, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
