import { expect, test } from '@jest/globals';
import { buildReport } from './build-report.js';
import { reportCsv } from './csv.js';
import { storedRun } from './testing/stored-runs.js';

test('has a line for each score, with quotes where they are needed and no formulas', () => {
  const [head, ...lines] = reportCsv(buildReport({ finished: [storedRun({ model: '=1+1,"x"\u202e' }), storedRun({ model: '=1+1,"x"\u202e', task: 'cola', value: 0.25 })], failed: [], damaged: [], unfinished: [] })).trimEnd().split('\r\n');
  expect(head).toMatch(/^model,data,task,split,/);
  expect(lines.map((line) => line.slice(0, line.indexOf('accuracy')))).toEqual([`"'=1+1,""x""\\u202e",real,rte,validation,`, `"'=1+1,""x""\\u202e",real,cola,validation,`]);
  expect(lines[1]).toContain(',id3,1000,,0.005,1,0.25,0.04,examples,true,0.5,1,1386,50500,12,500,9000');
});
