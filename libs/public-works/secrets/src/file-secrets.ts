import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SecretStore, SecretStoreError } from '@symphainy/ports';

export interface FileSecretsOptions {
  /** The file of each secret that has one of its own. */
  readonly files: Readonly<Record<string, string>>;
  /** A directory with one file per secret, named as the secret, as Kubernetes and Docker mount them. */
  readonly directory?: string;
}

/** Secrets in files. One newline at a file's end is no part of the secret: editors and `echo` put it there. */
export class FileSecrets implements SecretStore {
  constructor(private readonly options: FileSecretsOptions) {}

  async read(names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const found = await Promise.all(names.map(async (name) => [name, await this.one(name)] as const));
    return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== undefined));
  }

  /** A file that was named must be there; a directory holds what it holds. */
  private async one(name: string): Promise<string | undefined> {
    const { files, directory } = this.options;
    const named = Object.hasOwn(files, name) ? files[name] : undefined;
    const path = named ?? (directory === undefined ? undefined : join(directory, name));
    if (path === undefined) return undefined;
    try {
      return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' && named === undefined) return undefined;
      throw new SecretStoreError(`the file of ${name}, ${path}, cannot be read (${code ?? 'unknown reason'}): mount it, and let this user read it`);
    }
  }
}
