/** realm-insights: what tables hold and where they are wrong. Serves `insights.profile`; stores nothing of its own. */
export { insightsService } from './insights.manager.js';
