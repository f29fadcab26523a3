/** The recipe of the images: several stages, a pinned major of Node, no development packages, no root. */
export function checkDockerfile(text: string): string[] {
  const instructions = text.split('\n').filter((line) => /^[A-Z]+ /.test(line));
  const last = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM ')));
  const install = instructions.find((line) => line.includes('npm ci') && line.includes('--omit=dev'));
  const user = last.find((line) => line.startsWith('USER '));
  return [
    ...(instructions.filter((line) => line.startsWith('FROM ')).length >= 2 ? [] : ['builds and runs in one stage']),
    ...(/^ARG NODE=node:24-[a-z]+-slim$/m.test(text) ? [] : ['does not start from a slim Node 24']),
    ...(install === undefined ? ['installs development packages'] : []),
    ...(user === undefined || /USER (root|0)\b/.test(user) ? ['runs as root'] : []),
    ...(last.some((line) => line.startsWith('ENTRYPOINT ["node"')) ? [] : ['does not run node itself: signals would not reach it']),
    ...(instructions.some((line) => /^(ENV|ARG) .*(PASSWORD|SECRET|TOKEN|_KEY)/.test(line)) ? ['holds a secret'] : []),
  ].map((problem) => `deploy/docker/Dockerfile: ${problem}`);
}

/** What git does not keep (state, secrets, logs) must not come into the images' context: a line for each, in Docker's words. */
export function checkContext(gitignore: string, dockerignore: string): string[] {
  const kept = linesOf(dockerignore).map((line) => line.replace(/^\*\*\//, ''));
  return linesOf(gitignore)
    .filter((line) => !kept.some((known) => line === known || line.startsWith(`${known}/`)))
    .map((line) => `.dockerignore: lets in ${line}`);
}

const linesOf = (text: string): string[] => text.split('\n').map((line) => line.trim().replace(/\/$/, '')).filter((line) => line !== '' && !line.startsWith('#'));
