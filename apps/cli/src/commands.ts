import type { Command } from './command.js';
import { executionCommands } from './commands/execution.commands.js';
import { fileCommands } from './commands/file.commands.js';
import { governanceCommands } from './commands/governance.commands.js';
import { grantCommands } from './commands/grant.commands.js';
import { intentCommands } from './commands/intent.commands.js';
import { keyCommands } from './commands/key.commands.js';
import { lineageCommands } from './commands/lineage.commands.js';
import { policyCommands } from './commands/policy.commands.js';
import { sessionCommands } from './commands/session.commands.js';

/** Every command there is, in the order of the help. */
export const commands: readonly Command[] = [...sessionCommands, ...intentCommands, ...executionCommands, ...fileCommands, ...lineageCommands, ...grantCommands, ...governanceCommands, ...keyCommands, ...policyCommands];
