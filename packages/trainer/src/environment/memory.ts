import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Starts a new measurement of peak memory, where the system allows it (Linux); elsewhere {@link peakMemoryMB} goes on
 * reporting the process's peak since its start.
 */
export function resetPeakMemory(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Not Linux, or not permitted: the peak then covers the whole process, which overstates, never understates.
  }
}

/** Highest resident memory of this process since {@link resetPeakMemory}, in 2²⁰ bytes. */
export function peakMemoryMB(): number {
  try {
    const match = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (match) return Number(match[1]) / 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS / 1024;
}
