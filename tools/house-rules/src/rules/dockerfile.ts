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
