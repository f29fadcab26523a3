import type { StepTask } from '@symphainy/realm-sdk';
import type { CopyLibrary } from './services/mainframe/copybook/copy-statements.js';
import { decodeTextFile } from './text/decoded-text.js';

/** Of an intent that names a copybook. */
interface CopybookNamed {
  readonly copybook: string;
  readonly library: readonly { readonly member: string; readonly copybook: string }[];
}

/** The copybook's text and those of the members that it copies. */
export async function copybookTexts<P extends CopybookNamed>(step: StepTask<P>): Promise<{ text: string; members: CopyLibrary }> {
  const { copybook, library } = step.payload;
  const textOf = async (reference: string): Promise<string> => decodeTextFile(await (await step.read(reference)).bytes()).text;
  const members = await Promise.all(library.map(async (one) => [one.member.toUpperCase(), await textOf(one.copybook)] as const));
  return { text: await textOf(copybook), members: new Map(members) };
}
