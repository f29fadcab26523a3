import type { Command } from '../command.js';

export const sessionCommands: readonly Command[] = [
  { path: 'me', summary: 'Who the key belongs to', run: ({ client }) => client().me() },
  { path: 'sessions create', summary: 'Open a session', run: ({ client }) => client().sessions.create() },
  { path: 'sessions list', summary: 'The caller’s sessions, newest first', run: ({ client }) => client().sessions.list() },
  { path: 'sessions close', words: ['session'], summary: 'Close a session; its records stay', run: ({ client, words }) => client().sessions.close(words['session'] ?? '') },
  { path: 'sessions validate', words: ['session'], summary: 'Check the chain, grammar, policy and attribution of everything in a session', run: ({ client, words }) => client().sessions.validate(words['session'] ?? '') },
];
