import type * as FileSystem from 'node:fs';
import { builtin } from '@unmask/tensor-core';

const files = builtin<typeof FileSystem>('node:fs');

/**
 * Starts a new measurement of peak memory, where the system allows it (Linux); elsewhere {@link peakMemoryMB} goes on
 * reporting the process's peak since its start.
 */
export function resetPeakMemory(): void {
  try {
    files?.writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Not Linux, or not permitted: the peak then covers the whole process, which overstates, never understates.
  }
}

/** Highest resident memory of this process since {@link resetPeakMemory}, in 2²⁰ bytes; 0 in a browser, which does not tell. */
export function peakMemoryMB(): number {
  if (!files) return 0;
  try {
    const match = /^VmHWM:\s+(\d+) kB/m.exec(files.readFileSync('/proc/self/status', 'utf8'));
    if (match) return Number(match[1]) / 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS / 1024;
}
