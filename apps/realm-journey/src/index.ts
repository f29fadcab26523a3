/** realm-journey: procedures as structured SOPs and BPMN models. Serves `journey.create_sop`; stores nothing of its own. */
export { journeyService } from './journey.manager.js';
