/**
 * A process that reads a parquet file, so that one that is damaged, or made to do harm, can take no more memory and time than
 * this process is given. It hands on some rows whenever it is asked.
 */
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { damage, readStretches } from './columns.js';

/**
 * @param {string} path
 * @param {number} limit
 */
async function* read(path, limit) {
  const file = await asyncBufferFromFile(path);
  yield* readStretches(file, await parquetMetadataAsync(file), limit);
}

const stretches = read(process.argv[2], Number(process.argv[3]));

process.on('message', () => {
  stretches.next().then(
    (next) => process.send?.(next.value ?? {}),
    (/** @type {Error} */ error) => process.send?.({ problem: damage(error) }),
  );
});
