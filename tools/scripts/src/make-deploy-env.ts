// `npm run -s deploy:env > .env`: secrets for docker-compose.yml on standard output, the API keys of the sample people and the public keys for symphainy-verify on standard error, once.
import { evidenceKeys, makeSecrets } from '@symphainy/launcher';
import { makeCertificates } from '@symphainy/servers-local';
import { deployEnv, TLS_SERVERS } from './deploy-env.js';

const secrets = makeSecrets();
makeCertificates(TLS_SERVERS, Date.now()).then((tls) => process.stdout.write(deployEnv(secrets, tls)), (error: unknown) => {
  throw error;
});
for (const { tenant_id, user_id, key } of secrets.api_keys) process.stderr.write(`${tenant_id}/${user_id}: ${key}\n`);
process.stderr.write(evidenceKeys(secrets));
