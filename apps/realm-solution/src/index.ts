/**
 * realm-solution: reports whose every statement can be shown, and chains across realms. Serves `solution.synthesize`,
 * `solution.check_report`, `solution.procedure_dossier` and `cross_realm.document_dossier`; stores nothing of its own.
 */
export { solutionService } from './solution.manager.js';
