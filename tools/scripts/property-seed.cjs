// Property tests draw the same examples in every run, so that a red run can be run again. Explore with another seed:
//   PROPERTY_SEED=$RANDOM npm test -- --only unit
const { configureGlobal } = require('fast-check');

configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 20261121) });
