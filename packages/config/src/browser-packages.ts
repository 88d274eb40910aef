/** Packages that run in browsers too, without the scope of their names. */
const PACKAGES = ['tensor-core', 'importance', 'optimizers', 'id3', 'models', 'adapters', 'tasks', 'trainer'];

/** A program that has all of them. */
export const withBrowserPackages = PACKAGES.map((name, index) => `export * as package${index} from '@unmask/${name}';`).join('\n');
