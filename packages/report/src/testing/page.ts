import { parseHTML } from 'linkedom';

/** What tests need of an element. */
export interface PageElement {
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement> & { readonly length: number };
  getAttribute(name: string): string | null;
}

/** The document of a page's HTML. */
export const documentOf = (html: string): PageElement => (parseHTML(html) as unknown as { document: PageElement }).document;
