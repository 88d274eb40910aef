import { Parameter } from './parameter.js';

/**
 * A part of a model. Properties that hold a {@link Parameter}, a Module or an array of Modules are its children, in the
 * order in which they were assigned; names are property paths, so a class written with Hugging Face's attribute names
 * has Hugging Face's parameter names.
 */
export abstract class Module {
  /** Every parameter below this module with its dotted name; one that is shared appears once, under its first name. */
  namedParameters(prefix = ''): [name: string, parameter: Parameter][] {
    const found = new Map<Parameter, string>();
    for (const [name, parameter] of this.everyName(prefix)) if (!found.has(parameter)) found.set(parameter, name);
    return [...found].map(([parameter, name]) => [name, parameter]);
  }

  /** Every dotted name under which there is a parameter: one that is shared has several. */
  everyName(prefix = ''): [name: string, parameter: Parameter][] {
    return this.namedModules(prefix).flatMap(([path, module]) =>
      Object.entries(module).flatMap(([key, child]): [string, Parameter][] => (child instanceof Parameter ? [[join(path, key), child]] : [])),
    );
  }

  /** Every parameter below this module, each once. */
  parameters(): Parameter[] {
    return this.namedParameters().map(([, parameter]) => parameter);
  }

  /** This module (under `prefix`) and every module below it with its dotted name, outer ones first. */
  namedModules(prefix = ''): [name: string, module: Module][] {
    const modules: [string, Module][] = [[prefix, this]];
    for (const [key, child] of Object.entries(this)) {
      const path = join(prefix, key);
      if (child instanceof Module) modules.push(...child.namedModules(path));
      else if (Array.isArray(child)) {
        child.forEach((item, index) => {
          if (item instanceof Module) modules.push(...item.namedModules(join(path, String(index))));
        });
      }
    }
    return modules;
  }

  /** Writes each parameter's dotted name into it; call it on the root of a finished model. */
  nameParameters(): this {
    for (const [name, parameter] of this.namedParameters()) parameter.name = name;
    return this;
  }

  /** Frees every parameter below this module. */
  dispose(): void {
    for (const parameter of this.parameters()) parameter.dispose();
  }
}

function join(prefix: string, key: string): string {
  return prefix === '' ? key : `${prefix}.${key}`;
}
