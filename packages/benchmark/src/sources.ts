import type { HubOptions } from '@unmask/hub';
import { getTask, type PublishedTask } from '@unmask/tasks';
import { UnmaskError } from '@unmask/tensor-core';
import type { TaskData } from '@unmask/trainer';
import { loadTaskData } from './data.js';
import { dataFingerprint, type Fingerprints, modelFingerprint } from './fingerprints.js';
import type { RunSettings } from './settings.js';

/** What a run that was planned elsewhere has to find on the machine that carries it out. */
export interface Planned {
  readonly fingerprints: Fingerprints;
  /** Folders in which its model may be, besides where the settings say. */
  readonly models: readonly string[];
  /** Data folders in which its data may be, besides where the settings say. */
  readonly data: readonly string[];
}

/** What a run is made from. */
export interface Sources {
  /** Where the model is on this machine. */
  readonly model: string;
  readonly data: TaskData;
}

/**
 * The model and the data of a run.
 * @param planned where they have to be those of another machine
 * @throws UnmaskError `unfit` when this machine has no such model or data; what loading the data throws
 */
export async function findSources(task: PublishedTask, settings: RunSettings, hub: HubOptions, planned?: Planned): Promise<Sources> {
  const load = (source: string) => loadTaskData(task, { ...settings, data: source }, hub);
  if (!planned) return { model: settings.model, data: await load(settings.data) };
  const { fingerprints, models, data } = planned;
  const folders = ['hub', 'synthetic'].includes(settings.data) ? [] : data;
  return {
    model: await firstThatFits('model', [settings.model, ...models], async (source) => ((await modelFingerprint(source, hub)) === fingerprints.model ? source : undefined)),
    data: await firstThatFits(`data of ${task.name}`, [settings.data, ...folders], async (source) => {
      const loaded = await load(source);
      return dataFingerprint(loaded) === fingerprints.data ? loaded : undefined;
    }),
  };
}

/** The fingerprints of a run's model and data, for machines that are to carry it out. @throws UnmaskError when they are not to be had */
export async function fingerprintsOf(settings: RunSettings, hub: HubOptions = {}): Promise<Fingerprints> {
  const { model, data } = await findSources(getTask(settings.task), settings, hub);
  return { model: await modelFingerprint(model, hub), data: dataFingerprint(data) };
}

async function firstThatFits<T>(what: string, places: readonly string[], look: (place: string) => Promise<T | undefined>): Promise<T> {
  const problems: string[] = [];
  for (const place of places) {
    try {
      const found = await look(place);
      if (found !== undefined) return found;
      problems.push(`${place} holds another`);
    } catch (error) {
      if (!UnmaskError.isInstance(error)) throw error;
      problems.push(error.message);
    }
  }
  throw new UnmaskError(`this machine has not the ${what} that the run was planned with: ${problems.join('; ')}`, { code: 'unfit' });
}
