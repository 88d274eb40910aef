import { methodOrder } from '../method-order.js';
import { budgetFigures } from '../plots/budgets.js';
import { costFigures } from '../plots/costs.js';
import type { Figure } from '../plots/figure.js';
import { lossFigures } from '../plots/losses.js';
import { scoreFigures } from '../plots/scores.js';
import { seriesStyles, type Styles } from '../plots/series.js';
import { unmaskedFigure } from '../plots/unmasked.js';
import type { Panel, Report } from '../report.js';
import { comparisonsSection } from './comparisons.js';
import { failureSections } from './failures.js';
import { methodsSection, overviewSection } from './overview.js';
import { publishedSections } from './published.js';
import { ratesSection, resultsSection } from './results.js';
import type { Section } from './section.js';

/** A report in sections, in the order of reading. */
export function sectionsOf(report: Report): Section[] {
  const methods = report.panels.flatMap(({ rows }) => rows.map(({ method }) => method));
  const styles = seriesStyles(methods.sort((left, right) => methodOrder(left) - methodOrder(right)));
  return [
    overviewSection(report),
    ...report.panels.flatMap((panel) => panelSections(panel, styles)),
    ...publishedSections(report.published),
    ...methodsSection(report),
    ...failureSections(report),
  ];
}

function panelSections(panel: Panel, styles: Styles): Section[] {
  return [
    resultsSection(panel),
    ...figures('Scores by task', scoreFigures(panel, styles)),
    ...figures('Score against budget', budgetFigures(panel, styles)),
    ...comparisonsSection(panel),
    ...figures('How they learned', lossFigures(panel.losses, styles)),
    ...figures('What it took', costFigures(panel, styles)),
    ...figures('Where entries were unmasked', panel.unmasked.map(unmaskedFigure)),
    ...ratesSection(panel),
  ];
}

/** Plots under a heading, on the page alone; nothing where there are none. */
function figures(title: string, shown: readonly Figure[]): Section[] {
  return shown.length === 0 ? [] : [{ title, level: 3, paragraphs: [], figures: shown }];
}
