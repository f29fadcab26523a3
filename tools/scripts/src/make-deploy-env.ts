// `npm run -s deploy:env > .env`: secrets for docker-compose.yml on standard output, the API keys of the sample people and the public keys for symphainy-verify on standard error, once.
import { evidenceKeys, makeSecrets } from '@symphainy/launcher';
import { deployEnv } from './deploy-env.js';

const secrets = makeSecrets();
process.stdout.write(deployEnv(secrets));
for (const { tenant_id, user_id, key } of secrets.api_keys) process.stderr.write(`${tenant_id}/${user_id}: ${key}\n`);
process.stderr.write(evidenceKeys(secrets));
