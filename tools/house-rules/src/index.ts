/**
 * house-rules: the repository tests itself.
 *
 * Each rule is a function from a `Repository` (paths and texts) to a list of problems, one sentence each. A rule's spec runs it over this
 * repository, where it must find nothing, and over a repository of a few lines that breaks it, where it must find exactly that.
 *
 * 1. A rule reads nothing but the repository it is given.
 * 2. A rule that cannot be broken in a test is not a rule.
 */
export { repositoryAt, repositoryOf, type Repository } from './repository.js';
export { tailOf, tailText, type Tail } from './tail.js';
