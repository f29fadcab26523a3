import { type EnvContract, EnvContractError } from '@symphainy/kernel';
import { type SecretStore, SecretStoreError } from '@symphainy/ports';
import { EnvSecrets, FileSecrets, VaultSecrets } from '@symphainy/secrets';

type Source = Readonly<Record<string, string | undefined>>;
type AnyContract = EnvContract<Record<string, unknown>>;

/** What of the environment names secrets rather than holding them. */
const PLACES = { directory: 'SECRETS_DIR', vaultUrl: 'SECRETS_VAULT_URL', vaultMount: 'SECRETS_VAULT_MOUNT', vaultPath: 'SECRETS_VAULT_PATH', vaultToken: 'SECRETS_VAULT_TOKEN' } as const;

const secretNames = (contract: AnyContract): string[] => Object.entries(contract).filter(([, variable]) => variable.sensitive).map(([name]) => name);

const fileVariable = (name: string): string => `${name}_FILE`;

/**
 * The environment with every secret of the contract in its place: from the variable itself, from the file that `<NAME>_FILE` names, from
 * the directory SECRETS_DIR, or from Vault. A secret given in two places is refused: which one holds would be anybody's guess.
 * Rejects with EnvContractError, or SecretStoreError.
 */
export async function withSecrets(contract: AnyContract, source: Source, service: string): Promise<Source> {
  const names = secretNames(contract);
  const local = await merged(names, [new EnvSecrets(source), filesOf(names, source)]);
  const vault = vaultOf({ ...source, ...local }, service);
  // The store's own token is never in the store.
  return { ...source, ...local, ...(vault === undefined ? {} : await merged(names.filter((name) => local[name] === undefined && name !== PLACES.vaultToken), [vault])) };
}

/** Variables that hold a secret or say where one lies: a process forgets them once they are read, so that no child of it inherits any. */
export const secretVariables = (contract: AnyContract): string[] => secretNames(contract).flatMap((name) => [name, fileVariable(name)]);

/**
 * Secrets that a service is told the names of while it runs: all begin with `prefix`, and are read anew each time, from the same places. Rejects with SecretStoreError, also
 * for a name that the service may not ask for.
 */
export function namedSecrets(prefix: string, source: Source, service: string): SecretStore {
  const vault = vaultOf(source, service);
  return {
    read: async (names) => {
      const foreign = names.find((name) => !new RegExp(`^${prefix}[A-Z0-9_]+$`).test(name));
      if (foreign !== undefined) throw new SecretStoreError(`${service} may ask for secrets that begin with ${prefix}, and for no others`);
      const stores = [...(vault === undefined ? [] : [vault]), filesOf(names, source), new EnvSecrets(source)];
      return Object.assign({}, ...(await Promise.all(stores.map((store) => store.read(names))))) as Readonly<Record<string, string>>;
    },
  };
}

async function merged(names: readonly string[], stores: readonly SecretStore[]): Promise<Readonly<Record<string, string>>> {
  const all = await Promise.all(stores.map((store) => store.read(names)));
  const twice = names.filter((name) => all.filter((found) => found[name] !== undefined).length > 1);
  if (twice.length > 0) throw new EnvContractError(twice.map((variable) => ({ variable, problem: `is given both as a variable and in a file: leave one of them out` })));
  return Object.assign({}, ...all) as Readonly<Record<string, string>>;
}

function filesOf(names: readonly string[], source: Source): FileSecrets {
  const files = Object.fromEntries(names.flatMap((name) => (source[fileVariable(name)] ? [[name, source[fileVariable(name)]!]] : [])));
  const directory = source[PLACES.directory];
  return new FileSecrets({ files, ...(directory ? { directory } : {}) });
}

function vaultOf(source: Source, service: string): VaultSecrets | undefined {
  const url = source[PLACES.vaultUrl];
  if (!url) return undefined;
  const token = source[PLACES.vaultToken];
  if (!token) throw new EnvContractError([{ variable: PLACES.vaultToken, problem: `is required with ${PLACES.vaultUrl}` }]);
  return new VaultSecrets({ url, token, mount: source[PLACES.vaultMount] || 'secret', path: source[PLACES.vaultPath] || `symphainy/${service}` });
}
