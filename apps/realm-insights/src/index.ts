/** realm-insights: what tables hold and where they are wrong. Serves `insights.profile`, `insights.assess_quality`, `insights.resolve_entities` and `insights.search`; stores nothing of its own. */
export { insightsService } from './insights.manager.js';
/** For the scorecard, which measures the realm's own findings. */
export { assessQuality, type QualityOptions } from './quality-assembly.js';
export { resolveEntities, type EntityOptions } from './entities-assembly.js';
export { tableSchema, type Quality } from './model/quality.schema.js';
export { PassageIndex, soughtText, type Passage } from './services/search/search-passages.js';
export { hybridAnswer } from './services/search/hybrid-answer.js';
