import { didYouMean, UnmaskError } from '@unmask/tensor-core';
import { cola } from './glue/cola.js';
import { mnli } from './glue/mnli.js';
import { mrpc } from './glue/mrpc.js';
import { qnli } from './glue/qnli.js';
import { qqp } from './glue/qqp.js';
import { rte } from './glue/rte.js';
import { sst2 } from './glue/sst2.js';
import { stsb } from './glue/stsb.js';
import { addsub } from './math/addsub.js';
import { aqua } from './math/aqua.js';
import { gsm8k } from './math/gsm8k.js';
import { mathJoint } from './math/math-joint.js';
import { multiarith } from './math/multiarith.js';
import { singleeq } from './math/singleeq.js';
import { svamp } from './math/svamp.js';
import { cnnDailymail } from './summarization/cnn-dailymail.js';
import { dialogsum } from './summarization/dialogsum.js';
import { scitldr } from './summarization/scitldr.js';
import { conll2003 } from './tagging/conll2003.js';
import type { PublishedTask } from './task.js';

const all: readonly PublishedTask[] = [
  rte, mrpc, cola, sst2, stsb, qqp, mnli, qnli,
  conll2003,
  gsm8k, svamp, aqua, multiarith, singleeq, addsub, mathJoint,
  cnnDailymail, scitldr, dialogsum,
];
const tasks = new Map(all.map((task) => [task.name, task]));

/** Names that {@link getTask} knows. */
export const taskNames: string[] = [...tasks.keys()];

/** The task called `name`. @throws UnmaskError `not-found` for a name that is not in {@link taskNames} */
export function getTask(name: string): PublishedTask {
  const task = tasks.get(name);
  if (task === undefined) {
    throw new UnmaskError(`no task "${name}"${didYouMean(name, taskNames)}; use one of ${taskNames.join(', ')}`, { code: 'not-found' });
  }
  return task;
}
