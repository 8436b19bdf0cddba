/** OpenAPI: documents from endpoint objects, their older form, their HTTP answer, and the page that shows them. */
export { compactDocument } from './compact.ts'
export { type DocsOptions, docsRoutes } from './docs-page.ts'
export { buildDocument } from './document.ts'
export { downgrade } from './downgrade.ts'
export { type SpecForm, specForm, specResponse, specText } from './spec-response.ts'
export type { DocumentInput, DocumentService, OpenApiDocument, OpenApiVersion } from './types.ts'
