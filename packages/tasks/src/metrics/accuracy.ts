import { meanOf } from './metric.js';

/** Share of equal entries, 0 … 1. */
export const accuracy = meanOf((prediction: number, label: number) => Number(prediction === label));
