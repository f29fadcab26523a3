/** Contract suites: what every adapter of a port must do, run against the real product by the adapter's own spec. */
export { busContract } from './bus.contract.js';
export { stateGraphContract } from './graph.contract.js';
export { hotStateContract } from './hot-state.contract.js';
export { objectStoreContract } from './objects.contract.js';
export { secretStoreContract, type SecretStoreUnderTest } from './secrets.contract.js';
export { embedderContract, type EmbedderUnderTest } from './embedder.contract.js';
