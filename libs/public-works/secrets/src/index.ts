/**
 * secrets: where a service's secrets come from: its environment, files, or an external store.
 *
 * `EnvSecrets` reads variables, `FileSecrets` reads `<NAME>_FILE` or a mounted directory, `VaultSecrets` a HashiCorp Vault (or OpenBao)
 * KV version 2 engine over HTTP. service-host asks all that are configured, once, at boot.
 *
 * 1. A store answers only what it is asked for.
 * 2. A store that cannot be read is an error that says what to do and tells no secret.
 */
export { EnvSecrets } from './env-secrets.js';
export { FileSecrets, type FileSecretsOptions } from './file-secrets.js';
export { VaultSecrets, type VaultOptions } from './vault-secrets.js';
